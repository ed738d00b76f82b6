/** What a poll model is, and what it needs of a merge engine. */
import type { Core, CoreMerge } from '../capture/core.ts';
import type { PacketTable } from '../packet/table.ts';
import type { Histogram, TimeSummary } from './histogram.ts';

/** For the core, which may run a lane whose sink wants no more of its skbs than this. */
export interface CoreTarget {
  readonly core: Core;
  readonly merge: CoreMerge;
  /**
   * Packets that the core took from the ring, if it merges into slots but for those that went alone; skbs that left a slot; and how
   * many went alone because none was free.
   */
  count(packets: number, flushed: number, alone: number, noDesc: number): void;
  /** Skbs left the driver: so many entries of the core's log, until a lane runs there again. It took packets up to `next`. */
  deliver(entries: number, next: number): void;
  /** Where every skb and every poll is looked at: the core will take packets from here on. */
  readonly begin?: ((from: number) => void) | undefined;
  /** Of the block that wasm/explain-lane.ts then looks at. */
  readonly explained?: number | undefined;
}

export interface PollTarget {
  /** Takes the received packets `table.rows[from … to-1]`. */
  receive(from: number, to: number): void;
  flushAll(reason: number): void;
  /** Left out where the core does not know the engine, or the sink wants more. */
  readonly usual?: CoreTarget | undefined;
  /** A clock tick begins: what is held already counts as old. Left out with `flushOld`. */
  readonly beginTick?: (() => void) | undefined;
  /** Delivers what is old. Left out where nothing stays held beyond the end of a poll. */
  readonly flushOld?: ((reason: number) => void) | undefined;
}

export interface FlushReasons {
  readonly pollEnd: number;
  readonly captureEnd: number;
}

export interface PollModel {
  /** Feeds the received rows of the block. */
  run(table: PacketTable): void;
  /** Ends the last poll with the reason "capture end". */
  finish(): void;
  /** Polls that held a packet, so far. */
  polls(): number;
  /** Received packets that no poll took because the ring was full, so far. */
  dropped(): number;
  /** Interrupts that were served, so far; null where the model has none. */
  interrupts(): number | null;
  /** The times that packets were held so far; stays empty where the model has no clock. */
  readonly holds: Histogram;
  /** How long packets were held, arrival to delivery; null where the model has no clock. Valid after `finish`. */
  holdTimes(): TimeSummary | null;
}
