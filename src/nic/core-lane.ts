/** A lane of a poll model in the core (wasm/lane.ts): its block of numbers, and the log of what it delivered. */
import type { CoreTarget, FlushReasons } from './poll-model.ts';

/** Doubles of a lane; words stand behind them. */
const DOUBLES = 18;
const WORDS = 36;
/** Indices of words. */
const FLUSHED = 9;
const LOGGED = 10;
const ALONE = 11;
const NO_DESC = 12;
const MAX_DESC = 20;

/** The log must hold what one packet brings about, whichever sessions are open. */
const MOST_SLOTS = 256;
/** Packets that the core is not asked about after many that it left over. */
const MOST_SKIPPED = 64;

export interface CoreLane {
  readonly address: number;
  readonly doubles: Float64Array;
  readonly words: Int32Array;
}

/** With the words that all poll models share; null where there is no room, or too many sessions. */
export function reserveLane({ core, merge, explained }: CoreTarget, reasons: FlushReasons): CoreLane | null {
  if (merge.maxDesc > MOST_SLOTS) return null;
  const room = core.reserve(8 * DOUBLES + 4 * WORDS);
  if (room === null) return null;
  const { byteOffset } = room;
  const words = new Int32Array(core.buffer, byteOffset + 8 * DOUBLES, WORDS);
  words.set(
    [
      merge.maxDesc,
      merge.maxAggr,
      merge.lengthLimit,
      reasons.pollEnd,
      merge.slots?.byteOffset ?? 0,
      merge.gro?.byteOffset ?? 0,
      explained ?? 0,
    ],
    MAX_DESC,
  );
  return { address: byteOffset, doubles: new Float64Array(core.buffer, byteOffset, DOUBLES), words };
}

/** Takes usual packets from the given one on; returns the first that it leaves over. */
export type TakeUsual = (from: number, to: number) => number;

/**
 * @param run lets the kernel take packets, and returns the first that it leaves over
 * @param dropped packets lost at a full ring so far
 */
export function createTakeUsual(
  usual: CoreTarget,
  { words }: CoreLane,
  run: TakeUsual,
  dropped: () => number = () => 0,
): TakeUsual {
  let skip = 0;
  let skipped = 0;
  return (from, to) => {
    // What an engine does not take for usual comes in long runs, as a connection without timestamps.
    if (skipped < skip) {
      skipped++;
      return from;
    }
    words[FLUSHED] = 0;
    words[LOGGED] = 0;
    words[ALONE] = 0;
    words[NO_DESC] = 0;
    usual.begin?.(from);
    const lost = dropped();
    const next = run(from, to);
    const taken = next - from - (dropped() - lost);
    usual.count(taken, words[FLUSHED]!, words[ALONE]!, words[NO_DESC]!);
    usual.deliver(words[LOGGED]!, next);
    skipped = 0;
    skip = next > from ? 0 : Math.min(2 * skip + 1, MOST_SKIPPED);
    return next;
  };
}
