import { type Core, reserveDoubles } from '../capture/core.ts';

/**
 * Log-linear histogram of times: bounded memory however many values, quantiles within 0.4 % (128 buckets an
 * octave, of which the middle is reported), exact below 128 ns. Mean and maximum are exact.
 */
export interface Histogram {
  readonly buckets: Float64Array;
  count: number;
  sumNs: number;
  maxNs: number;
}

export interface TimeSummary {
  readonly count: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

const SUB_BITS = 7;
const SUB_BUCKETS = 1 << SUB_BITS;
/** Times up to 2^47 ns, 39 hours. */
const OCTAVES = 40;
const INT_BITS = 31;
const INT_LIMIT = 2 ** INT_BITS;
/** Larger times lose these low bits, which no bucket tells apart. */
const SHIFT_BITS = 16;

export function createHistogram(core: Core | null = null): Histogram {
  const buckets = reserveDoubles(core, (OCTAVES + 1) * SUB_BUCKETS);
  return { buckets, count: 0, sumNs: 0, maxNs: 0 };
}

/** Takes a time of 0 ns or more; fractions of a nanosecond count in mean and maximum only. */
export function addTime(histogram: Histogram, valueNs: number): void {
  histogram.count++;
  histogram.sumNs += valueNs;
  if (valueNs > histogram.maxNs) histogram.maxNs = valueNs;
  histogram.buckets[bucketOf(valueNs)]! += 1;
}

/** Null without values. */
export function summarise(histogram: Histogram): TimeSummary | null {
  const { count, sumNs, maxNs } = histogram;
  if (count === 0) return null;
  const p50Ns = quantile(histogram, 0.5);
  return { count, meanNs: sumNs / count, p50Ns, p99Ns: quantile(histogram, 0.99), maxNs };
}

/** The bucket of the smallest time with at least `share` of all at or below it. */
function quantile({ buckets, count, maxNs }: Histogram, share: number): number {
  const rank = Math.ceil(share * count);
  let seen = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    seen += buckets[bucket]!;
    if (seen >= rank) return Math.min(middleOf(bucket), maxNs);
  }
  return maxNs;
}

function bucketOf(valueNs: number): number {
  let value = valueNs;
  let octave = 0;
  if (value >= INT_LIMIT) {
    value = Math.min(value / 2 ** SHIFT_BITS, INT_LIMIT - 1);
    octave = SHIFT_BITS;
  }
  const whole = value | 0;
  if (whole < SUB_BUCKETS) return whole;
  const shift = INT_BITS - Math.clz32(whole) - SUB_BITS;
  octave += shift + 1;
  return octave * SUB_BUCKETS + (whole >> shift) - SUB_BUCKETS;
}

function middleOf(bucket: number): number {
  const octave = Math.floor(bucket / SUB_BUCKETS);
  const low = bucket % SUB_BUCKETS;
  if (octave <= 1) return bucket;
  return (SUB_BUCKETS + low + 0.5) * 2 ** (octave - 1) - 0.5;
}
