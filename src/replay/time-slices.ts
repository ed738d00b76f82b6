/**
 * Sums over slices of equal time, in one pass over a capture whose length is not known before: a slice is short at
 * first, and whenever there are too many, each two become one.
 */
import type { PacketTable } from '../packet/table.ts';
import { splitByTime } from './split-by-time.ts';

export const FEWEST_SLICES = 10;
const MOST_SLICES = 2 * FEWEST_SLICES;
const FIRST_LENGTH_NS = 100_000;

export interface TimeSlicer {
  /** Hands on the received rows of the block. */
  add(table: PacketTable): void;
  /** `total`: the sums at the end of the run. Null where the capture is shorter than the fewest slices. */
  finish(total: Float64Array): Sliced | null;
}

/** 10 to 20 slices; the last is half as long to half as long again as the others. */
export interface Sliced {
  readonly lengthsNs: readonly number[];
  /** What was added in each slice. */
  readonly added: readonly Float64Array[];
}

/** `take` takes the received rows of a slice; `sums` are those so far, in an array of their own. */
export function createTimeSlicer(take: (table: PacketTable) => void, sums: () => Float64Array): TimeSlicer {
  let ends: Float64Array[] = [];
  let lengthNs = FIRST_LENGTH_NS;
  let startNs = Number.NaN;
  let lastNs = Number.NEGATIVE_INFINITY;

  function endSlice(): void {
    ends.push(sums());
    if (ends.length < MOST_SLICES) return;
    ends = ends.filter((_, index) => index % 2 === 1);
    lengthNs *= 2;
  }

  return {
    add(table) {
      const { rows, timeNs, received } = table;
      if (received === 0) return;
      if (Number.isNaN(startNs)) startNs = timeNs[rows[0]!]!;
      lastNs = Math.max(lastNs, timeNs[rows[received - 1]!]!);
      splitByTime(table, {
        edgeNs: () => startNs + (ends.length + 1) * lengthNs,
        pass: endSlice,
        take: () => take(table),
      });
    },
    finish(total) {
      const restNs = lastNs - startNs - ends.length * lengthNs;
      const kept = restNs < lengthNs / 2 ? ends.slice(0, -1) : ends;
      if (kept.length + 1 < FEWEST_SLICES) return null;
      const lastLengthNs = lastNs - startNs - kept.length * lengthNs;
      return {
        lengthsNs: [...kept.map(() => lengthNs), lastLengthNs],
        added: [...kept, total].map((end, index) => {
          const before = kept[index - 1];
          return before === undefined ? end : end.map((sum, at) => sum - before[at]!);
        }),
      };
    },
  };
}
