/**
 * Intervals for ratios of sums over slices of time, by leaving out one slice at a time (Efron and Tibshirani, An
 * Introduction to the Bootstrap, 1993, ch. 11). What it assumes: the traffic is stationary, and slices are long enough
 * to be independent of each other.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Numerator and denominator of each slice; the quantity is the ratio of their sums, times `scale`. */
export interface SlicedRatio {
  readonly numerators: readonly number[];
  readonly denominators: readonly number[];
  readonly scale: number;
}

/** The quantity without each slice in turn, less that of all, and the value of all. */
export interface Jackknife {
  readonly value: number;
  readonly leftOut: readonly number[];
}

/** Fewer slices with a denominator tell nothing. */
export const FEWEST_SLICES = 10;

/** Standard normal quantile of 97.5 %. */
const Z = 1.959964;

/** Null where too few slices have a denominator. */
export function jackknife({ numerators, denominators, scale }: SlicedRatio): Jackknife | null {
  if (denominators.filter((value) => value > 0).length < FEWEST_SLICES) return null;
  const above = sum(numerators);
  const below = sum(denominators);
  return {
    value: (scale * above) / below,
    leftOut: numerators.map((value, index) => (scale * (above - value)) / (below - denominators[index]!)),
  };
}

/** 95 % interval of one quantity, about its value. */
export function intervalOf({ value, leftOut }: Jackknife): Interval {
  return around(value, Math.sqrt(varianceOf(leftOut)), leftOut.length - 1);
}

/**
 * 95 % interval of `b` less `a`. `paired`: slice i of both is about the same packets, so that what both do alike
 * falls out.
 */
export function intervalOfDifference(a: Jackknife, b: Jackknife, paired: boolean): Interval {
  const difference = b.value - a.value;
  if (paired) {
    const leftOut = b.leftOut.map((value, index) => value - a.leftOut[index]!);
    return around(difference, Math.sqrt(varianceOf(leftOut)), leftOut.length - 1);
  }
  const ofA = varianceOf(a.leftOut);
  const ofB = varianceOf(b.leftOut);
  const total = ofA + ofB;
  if (total === 0) return { low: difference, high: difference };
  // Degrees of freedom by Welch and Satterthwaite.
  const freedom = total ** 2 / (ofA ** 2 / (a.leftOut.length - 1) + ofB ** 2 / (b.leftOut.length - 1));
  return around(difference, Math.sqrt(total), freedom);
}

/** Correlation of each slice's share in the quantity with that of the next: far from 0, intervals are too narrow. */
export function neighbourCorrelation({ leftOut }: Jackknife): number {
  const mean = sum(leftOut) / leftOut.length;
  const about = leftOut.map((value) => value - mean);
  const squares = sum(about.map((value) => value * value));
  if (squares === 0) return 0;
  return sum(about.slice(1).map((value, index) => value * about[index]!)) / squares;
}

/** Tukey's jackknife estimate of the variance. */
function varianceOf(leftOut: readonly number[]): number {
  const n = leftOut.length;
  const mean = sum(leftOut) / n;
  return ((n - 1) / n) * sum(leftOut.map((value) => (value - mean) ** 2));
}

function around(value: number, standardError: number, freedom: number): Interval {
  const half = studentQuantile(freedom) * standardError;
  return { low: value - half, high: value + half };
}

/** Student's t at 97.5 % (Abramowitz and Stegun 26.7.5); within 0.001 from 9 degrees of freedom on. */
export function studentQuantile(freedom: number): number {
  const terms = [
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
  ];
  return terms.reduce((total, term, index) => total + term / freedom ** (index + 1), Z);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
