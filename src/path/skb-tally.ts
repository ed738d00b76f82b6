/**
 * Skbs by their size. Those of a capture come in few sizes, so that what follows from the size alone is worked out
 * once for many of them: when somebody wants the counts, or another size needs the place.
 */
import { type Core, reserveDoubles, reserveWords } from '../capture/core.ts';

/** Places; a size has one of them. */
const PLACES = 4096;
const WORDS_OF_SIZE = 3;

export interface SkbTally {
  /** Segments, payload bytes and frame bytes of each place. */
  readonly sizes: Int32Array;
  /** Skbs that are not counted yet. */
  readonly skbs: Float64Array;
  /** What the owner keeps of each size. */
  readonly marks: Int32Array;
  /** Places that have a size. */
  readonly taken: number[];
}

/** Counts so many skbs of a size, which may be none. Returns its mark. */
export type CountSkbs = (segments: number, payloadBytes: number, frameBytes: number, times: number) => number;

export function createSkbTally(core: Core | null = null): SkbTally {
  return {
    sizes: reserveWords(core, WORDS_OF_SIZE * PLACES).fill(-1),
    skbs: reserveDoubles(core, PLACES),
    marks: reserveWords(core, PLACES),
    taken: [],
  };
}

/** The place of a size, which is its own from now on. */
export function placeOf(
  tally: SkbTally,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  count: CountSkbs,
): number {
  const { sizes } = tally;
  const place = (frameBytes * 31 + segments) & (PLACES - 1);
  const at = WORDS_OF_SIZE * place;
  if (sizes[at] === segments && sizes[at + 1] === payloadBytes && sizes[at + 2] === frameBytes) return place;
  if (sizes[at]! < 0) tally.taken.push(place);
  settle(tally, place, count);
  sizes[at] = segments;
  sizes[at + 1] = payloadBytes;
  sizes[at + 2] = frameBytes;
  tally.marks[place] = count(segments, payloadBytes, frameBytes, 0);
  return place;
}

/** Has all skbs counted. */
export function settleAll(tally: SkbTally, count: CountSkbs): void {
  for (const place of tally.taken) settle(tally, place, count);
}

function settle({ sizes, skbs }: SkbTally, place: number, count: CountSkbs): void {
  const times = skbs[place]!;
  if (times === 0) return;
  skbs[place] = 0;
  const at = WORDS_OF_SIZE * place;
  count(sizes[at]!, sizes[at + 1]!, sizes[at + 2]!, times);
}
