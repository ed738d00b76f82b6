import type { CoreMerge } from '../capture/core.ts';
import type { PacketTable } from '../packet/table.ts';
import type { ObstacleSet } from './obstacle.ts';

/**
 * The merge engine interface. An engine is pure and clock-free: it is told which packets arrive and where
 * a poll ends, and hands skbs to its sink with the reason each was flushed.
 */

/** What an engine knows of an skb that it held. One object per engine, filled again for each delivery. */
export interface HeldSkb {
  /** Which of the engine's slots held it: tells a recording sink which members it collected. */
  slot: number;
  /** Wire packets merged into it, 1 or more; all of them carry payload. */
  segments: number;
  /** Packets without payload that it took in besides; few engines do that. */
  pureAcks: number;
  /** TCP payload carried. */
  payloadBytes: number;
  /** Frame length: link header, IP and TCP header of the first packet, all payload. */
  frameBytes: number;
  /** Payload bytes of a segment as recorded in the skb. */
  gsoSize: number;
  /** IP length field of the delivered header; of the innermost one in a tunnel. */
  ipLength: number;
  /** Flow index. */
  flow: number;
  /** Fields of the delivered header that differ from the first packet's (signed 32 bit where 32 bit wide). */
  ack: number;
  window: number;
  tsecr: number;
  /** Whether `tsecr` is to be written into the header. */
  hasTimestamp: boolean;
  /** Whether `tsval` is as well: engines that keep the first packet's leave it alone. */
  tsval: number;
  hasNewTsval: boolean;
  /** TCP flags of later packets that are added to those of the first. */
  addedFlags: number;
}

/** Where a packet's headers stand in the bytes of its block: the table has no columns for what is inside a tunnel. */
export interface SegmentPlace {
  /** The IP header next to the TCP header. */
  ipAt: number;
  tcpAt: number;
  payloadBytes: number;
  /** The packet's payload goes before all that is held, and its headers replace the held ones. */
  before?: boolean;
}

/** For an engine to fill and hand out again and again. */
export function createHeldSkb(): HeldSkb {
  return {
    slot: 0,
    segments: 0,
    pureAcks: 0,
    payloadBytes: 0,
    frameBytes: 0,
    gsoSize: 0,
    ipLength: 0,
    flow: 0,
    ack: 0,
    window: 0,
    tsecr: 0,
    hasTimestamp: false,
    tsval: 0,
    hasNewTsval: false,
    addedFlags: 0,
  };
}

/** Where an engine whose sessions lie in the core holds what it holds: addresses there. */
export interface CoreSlots {
  /** 64 bytes a slot, that begin with the flow. */
  readonly slots: number;
  /** Slots by the last bits of the flow; 0 where there is no such table. */
  readonly lastSlots: number;
}

export interface SkbSink {
  /**
   * A packet opened (`first`) or joined the held skb of `slot`. Left out by sinks that only count. `place` is valid
   * during the call.
   */
  readonly hold?: ((slot: number, row: number, first: boolean, place: SegmentPlace) => void) | undefined;
  /**
   * The core took `rows[from … to-1]` into skbs that are all held at the time of the call. With `hold` and without this the
   * core takes none.
   */
  readonly holdTaken?: ((from: number, to: number, held: CoreSlots) => void) | undefined;
  /**
   * For a sink that only counts skbs with payload: the core ended so many of them, which `deliverHeld` is not told of. Nothing
   * but their number has to be right.
   */
  readonly endedInCore?: ((skbs: number) => void) | undefined;
  /** A held skb leaves its slot. `reason` is an index into REASONS. */
  readonly deliverHeld: (skb: HeldSkb, reason: number) => void;
  /** A packet that went past the engine, or through it without being held. */
  readonly deliverAlone: (row: number, reason: number) => void;
}

/** For polls that end without delivering what is young. The engine has no clock: it is told when time has passed. */
export interface Aging {
  /** What is held from now on is younger than what is held now. */
  beginTick(): void;
  /** Delivers what was first held before the last `beginTick`. */
  flushOld(reason: number): void;
}

export interface EngineCounters {
  /** Packets that entered a slot. */
  aggregated: number;
  /** Skbs that left a slot. */
  flushed: number;
  /** Packets for which no slot was free. */
  noDesc: number;
}

export interface Engine {
  /** Takes the received packets `table.rows[from … to-1]` in order. */
  receive(from: number, to: number): void;
  /** Delivers everything held, with the given reason (`poll-end` or `capture-end`). */
  flushAll(reason: number): void;
  /**
   * Takes so many polls that lie in one block, of which each has four words: its first packet, the one after it, obstacles met, and
   * a number; passes over those that did not meet `waived`, and delivers all at the end of each other, but for one whose number is
   * below 0, which goes on. Returns the sum of the other numbers. Left out where the sink wants more of skbs than how many there are,
   * or without core.
   */
  readonly takePolls?: ((polls: Int32Array, count: number, waived: ObstacleSet) => number) | undefined;
  /** Where an skb may stay held beyond the end of a poll; left out where none may. */
  readonly aging?: Aging;
  readonly counters: EngineCounters;
  /** Left out where the core cannot merge as this engine does, or has no room for its sessions. */
  readonly inCore?: CoreMerge | undefined;
}

/** Builds an engine that reads packets from `table` and delivers to `sink`. */
export type EngineFactory<Options> = (table: PacketTable, options: Options, sink: SkbSink) => Engine;

/** For an engine that merges nothing. */
export const NO_MERGE: CoreMerge = {
  slots: null,
  gro: null,
  maxDesc: 0,
  maxAggr: 0,
  lengthLimit: 0,
};
