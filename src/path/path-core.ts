/**
 * Skbs that a lane of the core delivered pass a path there (wasm/path.ts), as far as it has places for their sizes. What
 * changes is copied in before and out after each call; the tally lies there anyway.
 */
import { type Core, reserveDoubles } from '../capture/core.ts';
import type { GuestState } from './guest.ts';
import type { Netback, NetbackState } from './netback.ts';
import type { SkbTally } from './skb-tally.ts';

const DOUBLES = 3;
const WORDS = 7;
/** Index of the words that do not change. */
const FIXED_WORDS = 2;

/** Takes entries of the core's log from the given one on; returns the first that it leaves over. */
export type PassSkbs = (from: number, to: number) => number;

/** Null where the core has no room. */
export function createPassSkbs(
  core: Core,
  netback: Netback,
  batch: NetbackState,
  guest: GuestState,
  { sizes, skbs, marks }: SkbTally,
): PassSkbs | null {
  const doubles = reserveDoubles(core, DOUBLES + Math.ceil(WORDS / 2));
  const arrays = [sizes, skbs, marks];
  if ([doubles, ...arrays].some(({ buffer }) => buffer !== core.buffer)) return null;
  const words = new Int32Array(core.buffer, doubles.byteOffset + 8 * DOUBLES, WORDS);
  const fixed = [netback.inThread, netback.carriesSegmentSize].map(Number);
  words.set([...fixed, ...arrays.map((array) => array.byteOffset)], FIXED_WORDS);
  return (from, to) => {
    doubles[0] = batch.hypercalls;
    doubles[1] = guest.inRow;
    doubles[2] = guest.acks;
    words[0] = batch.pending;
    words[1] = batch.pendingSkbs;
    const next = core.kernels.passSkbs(doubles.byteOffset, from, to);
    batch.hypercalls = doubles[0]!;
    guest.inRow = doubles[1]!;
    guest.acks = doubles[2]!;
    batch.pending = words[0]!;
    batch.pendingSkbs = words[1]!;
    return next;
  };
}
