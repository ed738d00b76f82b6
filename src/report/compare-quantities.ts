/** What `analyze compare` sets side by side, and which slices of time it can tell the variation of each from. */
import type {
  ConfigurationName,
  ConfigurationResult,
  ResultRecord,
  SlicedConfiguration,
  SlicedResult,
} from '../replay/result.ts';
import type { SlicedRatio } from './jackknife.ts';
import { QUANTITIES, type Quantity } from './quantities.ts';

export interface ComparedQuantity {
  /** Null: of the capture, whatever is done with it. */
  readonly configuration: ConfigurationName | null;
  readonly id: string;
  readonly name: string;
  readonly unit: string | null;
  readonly decimals: number;
  readonly more: Quantity['more'];
  readonly value: number | null;
  /** Null where slices do not tell it. */
  readonly ratio: SlicedRatio | null;
}

type Ratio = (sliced: SlicedConfiguration, all: SlicedResult) => SlicedRatio | null;

const ratio = (
  numerators: readonly number[] | null,
  denominators: readonly number[] | null,
  scale = 1,
): SlicedRatio | null =>
  numerators === null || denominators === null ? null : { numerators, denominators, scale };

/** How many there were in all, as the rate of each slice times the whole time. */
const total = (counts: readonly number[] | null, { lengthsNs }: SlicedResult): SlicedRatio | null =>
  ratio(
    counts,
    lengthsNs,
    lengthsNs.reduce((sum, length) => sum + length, 0),
  );

/** By the id of the quantity. Quantiles and maxima are no ratios of sums. */
const RATIOS: Readonly<Record<string, Ratio>> = {
  'lro-rate': ({ dataPackets, dataSkbs }) => ratio(dataPackets, dataSkbs),
  throughput: ({ predictedNs }, { goodputBytes }) => ratio(goodputBytes, predictedNs, 8000),
  domain0: ({ domain0Cycles }, { goodputBytes }) => ratio(domain0Cycles, goodputBytes),
  domainU: ({ domainUCycles }, { goodputBytes }) => ratio(domainUCycles, goodputBytes),
  unexplained: ({ unexplainedDomainUCycles }, { goodputBytes }) =>
    ratio(unexplainedDomainUCycles, goodputBytes),
  'latency-mean': ({ heldNs, heldPackets }) => ratio(heldNs, heldPackets, 1e-3),
  polls: ({ polls }, all) => total(polls, all),
  interrupts: ({ interrupts }, all) => total(interrupts, all),
  dropped: ({ dropped }, all) => total(dropped, all),
};

/** A ratio of sums stands for the quantity where it comes out as near as this to it. */
const NEAR = 0.01;

/** Ids that a comparison may have, but for `reason-…` with the name of a reason. */
export const COMPARED_IDS: readonly string[] = ['goodput', ...QUANTITIES.map(({ id }) => id)];

/** `reasons`: which reasons to tell of a configuration; those that it lacks occurred never. */
export function comparedQuantities(
  record: ResultRecord,
  reasons: (name: ConfigurationName) => readonly string[],
): ComparedQuantity[] {
  const { slices } = record;
  const goodput: ComparedQuantity = {
    configuration: null,
    id: 'goodput',
    name: 'Captured goodput',
    unit: 'Mbps',
    decimals: 2,
    more: null,
    value: record.throughput.capturedGoodputMbps,
    ratio: slices === null ? null : ratio(slices.goodputBytes, slices.lengthsNs, 8000),
  };
  return [
    goodput,
    ...record.configurations.flatMap((one) => ofConfiguration(one, slices, reasons(one.name))),
  ].map(onlyTrue);
}

function ofConfiguration(
  one: ConfigurationResult,
  slices: SlicedResult | null,
  wanted: readonly string[],
): ComparedQuantity[] {
  const sliced = slices?.configurations.find(({ name }) => name === one.name);
  const at = (make: Ratio | undefined): SlicedRatio | null =>
    slices === null || sliced === undefined ? null : (make?.(sliced, slices) ?? null);
  const numbers = QUANTITIES.map(
    ({ id, name, unit, decimals, more, of }): ComparedQuantity => ({
      configuration: one.name,
      id,
      name,
      unit,
      decimals,
      more,
      value: of(one),
      ratio: at(RATIOS[id]),
    }),
  );
  const delivered = one.reasons.reduce((sum, { skbs }) => sum + skbs, 0);
  const reasons = wanted.map(
    (reason): ComparedQuantity => ({
      configuration: one.name,
      id: `reason-${reason}`,
      name: `Skbs by ${reason}`,
      unit: '%',
      decimals: 1,
      more: null,
      value:
        delivered === 0
          ? null
          : (100 * (one.reasons.find((row) => row.reason === reason)?.skbs ?? 0)) / delivered,
      ratio: at(({ reasons: known, skbs }) =>
        ratio(known.find((row) => row.reason === reason)?.skbs ?? skbs.map(() => 0), skbs, 100),
      ),
    }),
  );
  return [...numbers, ...reasons];
}

/** Drops slices that do not add up to the quantity, as with a law that is no sum over time. */
function onlyTrue(quantity: ComparedQuantity): ComparedQuantity {
  const { value, ratio: sliced } = quantity;
  if (value === null || sliced === null) return { ...quantity, ratio: null };
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const told = (sliced.scale * sum(sliced.numerators)) / sum(sliced.denominators);
  return Math.abs(told - value) <= NEAR * Math.abs(value) ? quantity : { ...quantity, ratio: null };
}
