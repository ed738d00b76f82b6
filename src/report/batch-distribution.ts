/** How LRO rate and savings are distributed over the captures of a batch, and which captures stand out. */
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';

/** A capture of a batch; `name` is that of its report. */
export interface NamedRecord {
  readonly name: string;
  readonly record: ResultRecord;
}

/** A capture of a batch without a result. */
export interface MissingCapture {
  readonly name: string;
  /** Name of the file. */
  readonly file: string;
  readonly reason: string;
}

export interface Spread {
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

export interface CaptureValue {
  readonly name: string;
  readonly value: number;
}

export interface Distribution {
  readonly quantity: BatchQuantity;
  readonly configuration: ConfigurationResult['name'];
  /** Captures that have the quantity, by its value, then name. */
  readonly values: readonly CaptureValue[];
  /** Null without any. */
  readonly spread: Spread | null;
  /** Lowest first. */
  readonly outliers: readonly CaptureValue[];
}

export interface BatchQuantity {
  readonly id: 'lro-rate' | 'domain0-saved' | 'throughput-gained';
  readonly name: string;
  readonly unit: string;
  readonly of: (row: ConfigurationResult, base: ConfigurationResult) => number | null;
}

export const BATCH_QUANTITIES: readonly BatchQuantity[] = [
  { id: 'lro-rate', name: 'LRO rate', unit: 'packets', of: ({ lroRate }) => lroRate },
  {
    id: 'domain0-saved',
    name: 'Domain0 cycles saved',
    unit: '%',
    of: (row, base) => percentLess(row.domain0.cyclesPerByte, base.domain0.cyclesPerByte),
  },
  {
    id: 'throughput-gained',
    name: 'Throughput gained',
    unit: '%',
    of: (row, base) => negated(percentLess(row.predictedThroughputMbps, base.predictedThroughputMbps)),
  },
];

/** An outlier is further than this many distances between the quartiles from the nearer of them (Tukey's fences, 1977). */
export const FENCE = 1.5;
/** With fewer captures quartiles say too little to call one an outlier. */
export const LEAST_FOR_OUTLIERS = 5;

/** For each quantity, the configurations but the first, which the savings are against. */
export function batchDistributions(captures: readonly NamedRecord[]): Distribution[] {
  const names = captures[0]?.record.configurations.slice(1).map(({ name }) => name) ?? [];
  return BATCH_QUANTITIES.flatMap((quantity) =>
    names.map((configuration) => distribution(captures, quantity, configuration)),
  );
}

function distribution(
  captures: readonly NamedRecord[],
  quantity: BatchQuantity,
  configuration: ConfigurationResult['name'],
): Distribution {
  const values = captures
    .flatMap(({ name, record: { configurations } }): CaptureValue[] => {
      const [base] = configurations;
      const row = configurations.find((one) => one.name === configuration);
      const value = row === undefined || base === undefined ? null : quantity.of(row, base);
      return value === null ? [] : [{ name, value }];
    })
    .sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1));
  const spread = spreadOf(values.map(({ value }) => value));
  return { quantity, configuration, values, spread, outliers: outliersAmong(values, spread) };
}

function spreadOf(sorted: readonly number[]): Spread | null {
  if (sorted.length === 0) return null;
  const [minimum, lowerQuartile, median, upperQuartile, maximum] = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    quantile(sorted, share),
  ) as [number, number, number, number, number];
  return { minimum, lowerQuartile, median, upperQuartile, maximum };
}

/** Linear between the two values next to it (type 7 of Hyndman and Fan, 1996), as most programs have it. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at % 1) * (sorted[Math.ceil(at)]! - below);
}

function outliersAmong(values: readonly CaptureValue[], spread: Spread | null): CaptureValue[] {
  if (spread === null || values.length < LEAST_FOR_OUTLIERS) return [];
  const { low, high } = fencesOf(spread);
  return values.filter(({ value }) => value < low || value > high);
}

/** What is beyond them is an outlier. */
export function fencesOf({ lowerQuartile, upperQuartile }: Spread): {
  readonly low: number;
  readonly high: number;
} {
  const reach = FENCE * (upperQuartile - lowerQuartile);
  return { low: lowerQuartile - reach, high: upperQuartile + reach };
}

function percentLess(value: number | null, base: number | null): number | null {
  return value === null || base === null || base === 0 ? null : 100 * (1 - value / base);
}

function negated(value: number | null): number | null {
  return value === null ? null : -value;
}
