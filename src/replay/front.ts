/**
 * The choice among settings with several objectives: the Pareto front, its knee, and whether the knee is worth a
 * change. Every objective is a number, 0 or more, of which less is better.
 */
import type { TuneVerdict } from './tune-result.ts';

export type Objectives = readonly number[];

/** Assumed: what a person would call a difference. */
export const WORTH_SHARE = 0.05;
export const WORTH_DISTANCE = 0.05;
/** Assumed: the least difference, as a share of the best value, that counts as a whole one. */
export const LEAST_RANGE_SHARE = 0.25;

/** Whether `a` is as good as `b` in all objectives and better in one. */
function dominates(a: Objectives, b: Objectives): boolean {
  return a.every((value, index) => value <= b[index]!) && a.some((value, index) => value < b[index]!);
}

/** Indices of what nothing dominates; null entries cannot be judged and are left out. */
export function paretoFront(all: readonly (Objectives | null)[]): number[] {
  return all.flatMap((one, index) =>
    one !== null && !all.some((other) => other !== null && dominates(other, one)) ? [index] : [],
  );
}

/**
 * Distance from the best corner of the front: each objective counts 0 at the front's best and 1 at its worst. Where
 * the two are near, 1 stands for a larger difference, so that nothing small is blown up.
 */
export function distanceFromBest(front: readonly Objectives[]): (one: Objectives) => number {
  const bounds = (front[0] ?? []).map((_, index) => {
    const values = front.map((one) => one[index]!);
    const best = Math.min(...values);
    return { best, range: Math.max(Math.max(...values) - best, LEAST_RANGE_SHARE * best) };
  });
  return (one) =>
    Math.hypot(...bounds.map(({ best, range }, index) => (range > 0 ? (one[index]! - best) / range : 0)));
}

/**
 * The knee is the point of the front nearest to its best corner. It is worth the change from the first setting if
 * that stands farther away, and if one objective gets better by a share that counts; or if that cannot be judged.
 */
export function judge(
  all: readonly (Objectives | null)[],
): TuneVerdict & { readonly front: readonly number[] } {
  const front = paretoFront(all);
  const base = all[0] ?? null;
  if (front.length === 0) return { knee: null, advice: null, front };
  const distance = distanceFromBest(front.map((index) => all[index]!));
  const knee = front.reduce((best, next) => (distance(all[next]!) < distance(all[best]!) ? next : best));
  const advice = base === null || isWorth(base, all[knee]!, distance) ? knee : null;
  return { knee, advice, front };
}

/** Whether to go from `base` to `other`, by the distances of one front. */
export function isWorth(base: Objectives, other: Objectives, distance: (one: Objectives) => number): boolean {
  const gains = base.some((value, index) => value - other[index]! >= WORTH_SHARE * Math.abs(value));
  return gains && distance(base) - distance(other) >= WORTH_DISTANCE;
}
