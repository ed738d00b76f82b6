/**
 * Where linux-gro keeps what it holds: in the core if kernels may take packets for it (wasm/gro-held.ts), and then they
 * are told where everything stands.
 */
import type { Core, Kernels } from '../capture/core.ts';
import type { TakePolls } from './counted-polls.ts';
import type { CoreSlots, EngineCounters, SkbSink } from './engine.ts';
import { HELD_STRIDE, SLOT, SLOT_WORDS } from './gro-rules.ts';
import { takeUsual } from './take-usual.ts';

/** Words that the engine shares with kernels. */
export const WORD = {
  SLOTS: 0,
  HEADERS: 1,
  LAST_SLOTS: 2,
  ORDER: 3,
  IN_USE: 4,
  BUCKETS: 5,
  PER_BUCKET: 6,
  MAX_SIZE: 7,
  /** Flags that finish an skb, and whether a smaller segment does not. */
  FINISHING: 8,
  ANY_SIZE: 9,
  /** Flags of packets that are never held. */
  NEVER_HELD: 10,
  /** 1 where nobody wants more of the skbs than their number. */
  COUNTS_ONLY: 11,
  HELD_SKBS: 12,
  TICK: 13,
  /** 1 where replays of the same packets come after. */
  WRITES_MARKS: 14,
  /** What is not compared of the word of flags and window, in memory order; what is of the ACK number; 1: a timestamp may differ. */
  IGNORED_BITS: 15,
  ACK_BITS: 16,
  ANY_STAMP: 17,
} as const;
/** In the flow word of a free slot: no flow has this index. */
export const EMPTY = -2;

/** Two cache lines. */
const WORDS = 32;

/** A power of two. */
export const LAST_SLOTS = 1024;

export interface GroRoom {
  /** Null where they lie on the heap. */
  readonly core: Core | null;
  readonly words: Int32Array;
  /** Where a flow was held last, to be looked at first; flows far apart share an entry. */
  readonly lastSlot: Int32Array;
  /** Slot numbers of each bucket: those in use, held longest first, then the free ones. */
  readonly order: Int32Array;
  readonly inUse: Int32Array;
  readonly slots: Int32Array;
  /** Headers of the first packet of each slot. */
  readonly held: DataView;
}

/** Of the options of linux-gro, what says whether kernels may take packets, and how many skbs are held. */
interface RoomOptions {
  readonly buckets: number;
  readonly perBucket: number;
  readonly verifyChecksums: boolean;
  readonly equalSizes?: boolean;
}

/** What the engine holds. */
export function reserveGroRoom(
  core: Core | null,
  { buckets, perBucket, verifyChecksums, equalSizes }: RoomOptions,
): GroRoom {
  const fitsCore = !verifyChecksums && equalSizes !== true;
  const slotCount = buckets * perBucket;
  const words = WORDS + LAST_SLOTS + (buckets + slotCount) + slotCount * SLOT_WORDS;
  const bytes = 4 * words + slotCount * HELD_STRIDE;
  const room = fitsCore ? (core?.reserve(bytes) ?? null) : null;
  const { buffer, byteOffset } = room ?? new Uint8Array(bytes);
  let at = byteOffset;
  const next = (length: number): Int32Array => {
    const array = new Int32Array(buffer, at, length);
    at += array.byteLength;
    return array;
  };
  const own = {
    words: next(WORDS),
    slots: next(slotCount * SLOT_WORDS),
    lastSlot: next(LAST_SLOTS),
    order: next(slotCount),
    inUse: next(buckets),
  };
  // The first places of all buckets lie together, as most have few skbs: a large table then touches little memory.
  for (let slot = 0; slot < slotCount; slot++) {
    own.order[(slot % buckets) * perBucket + Math.floor(slot / buckets)] = slot;
    own.slots[slot * SLOT_WORDS + SLOT.FLOW] = EMPTY;
  }
  const held = new DataView(buffer, at, slotCount * HELD_STRIDE);
  const { slots, lastSlot, order, inUse } = own;
  own.words.set([slots, held, lastSlot, order, inUse].map((array) => array.byteOffset));
  own.words[WORD.BUCKETS] = buckets;
  own.words[WORD.PER_BUCKET] = perBucket;
  return { core: room === null ? null : core, held, ...own };
}

/**
 * Lets kernels take packets from the given one on; they return the first that is left over. Null without core.
 * @param endFilled delivers a finished skb
 */
export function takeLinuxGro(
  { core, words, slots, lastSlot }: GroRoom,
  counters: EngineCounters,
  { holdTaken, endedInCore }: SkbSink,
  endFilled: (slot: number) => void,
): ((kernels: Kernels, from: number, to: number) => number) | null {
  if (core === null) return null;
  const engine = words.byteOffset;
  if (endedInCore !== undefined) {
    words[WORD.COUNTS_ONLY] = 1;
    return (kernels, from, to) => {
      const next = kernels.mergeLinuxGro(engine, from, to);
      const ended = kernels.endedSkbs();
      counters.aggregated += next - from;
      counters.flushed += ended;
      endedInCore(ended);
      return next;
    };
  }
  const held: CoreSlots = { slots: slots.byteOffset, lastSlots: lastSlot.byteOffset };
  words[WORD.WRITES_MARKS] = holdTaken === undefined ? 0 : 1;
  const told = holdTaken === undefined ? null : (from: number, to: number) => holdTaken(from, to, held);
  return (kernels, from, to) => {
    const take = (first: number) => kernels.mergeLinuxGro(engine, first, to);
    return takeUsual(counters, from, take, kernels.finishedSkb, endFilled, told);
  };
}

/** Ends all held skbs at once, and returns how many; null without core, and where the sink wants more than their number. */
export function endLinuxGro({ core, words }: GroRoom, { endedInCore }: SkbSink): (() => number) | null {
  if (core === null || endedInCore === undefined) return null;
  return () => {
    const ended = core.kernels.endHeldSkbs(words.byteOffset);
    endedInCore(ended);
    return ended;
  };
}

/** The same as `takeLinuxGro` of whole polls, for a sink that only counts. */
export function takeLinuxGroPolls({ words }: GroRoom): TakePolls {
  return (kernels, { byteOffset }, first, count, waived) =>
    kernels.countLinuxGroPolls(words.byteOffset, byteOffset, first, count, waived);
}
