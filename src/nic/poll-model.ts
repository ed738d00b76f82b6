/** What a poll model is, and what it needs of a merge engine. */
import type { PacketTable } from '../packet/table.ts';
import type { TimeSummary } from './histogram.ts';

export interface PollTarget {
  /** Takes the received packets `table.rows[from … to-1]`. */
  receive(from: number, to: number): void;
  flushAll(reason: number): void;
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
  /** How long packets were held, arrival to delivery; null where the model has no clock. Valid after `finish`. */
  holdTimes(): TimeSummary | null;
}
