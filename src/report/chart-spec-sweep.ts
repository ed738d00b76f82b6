/** The charts of a sweep, as plain data: lines over one parameter, a map of two. */
import type { ConfigurationResult } from '../replay/result.ts';
import type { SweepParameter, SweepRecord } from '../replay/sweep-result.ts';
import type { XyAxis, XyChartSpec } from './chart-spec-xy.ts';
import { type Quantity, titleOf } from './quantities.ts';

export interface HeatMapSpec {
  /** File name without extension. */
  readonly name: string;
  /** For captions and alternative texts; not drawn. */
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly columns: readonly string[];
  /** From the bottom up. */
  readonly rows: readonly string[];
  /** By row, then column; null where there is none. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Quantity and unit of the values. */
  readonly valueLabel: string;
  readonly decimals: number;
}

/** Units of the options that are numbers. */
const UNITS: Readonly<Record<string, string>> = {
  'rx-usecs': 'µs',
  'irq-latency': 'µs',
  'rx-frames': 'packets',
  'max-aggr': 'packets',
  weight: 'packets',
  'max-desc': 'sessions',
  ring: 'descriptors',
  mtu: 'bytes',
  'frag-size': 'bytes',
  'gro-max-size': 'bytes',
  'cpu-ghz': 'GHz',
};

/** One parameter: a line for each configuration. Null where none of them has the quantity. */
export function sweepLines(record: SweepRecord, quantity: Quantity, stem: string): XyChartSpec | null {
  const [parameter] = record.parameters;
  if (parameter === undefined || record.parameters.length !== 1) return null;
  const places = record.points.map(({ values }) => values[0]!);
  const { axis, positions } = parameterAxis(parameter.name, places);
  const names = record.points[0]?.configurations.map(({ name }) => name) ?? [];
  const series = names.map((name) => ({
    role: name,
    label: name,
    joined: true,
    points: record.points.map(({ configurations }, index) => ({
      x: positions[index]!,
      y: quantityIn(configurations, name, quantity),
    })),
  }));
  if (series.every(({ points }) => points.every(({ y }) => y === null))) return null;
  return {
    name: `${stem}-${quantity.id}`,
    title: `${titleOf(quantity)} over ${parameter.name}`,
    x: axis,
    y: { label: titleOf(quantity), scale: 'linear', ticks: null, fromZero: true },
    series,
  };
}

/** Two parameters, one configuration: the first goes up, the second to the right. */
export function sweepMap(
  record: SweepRecord,
  quantity: Quantity,
  stem: string,
  configuration: ConfigurationResult['name'],
): HeatMapSpec | null {
  const [up, right] = record.parameters;
  if (up === undefined || right === undefined) return null;
  const found = new Map(
    record.points.map(({ values, configurations }) => [
      values.join('\n'),
      quantityIn(configurations, configuration, quantity),
    ]),
  );
  const values = up.values.map((row) =>
    right.values.map((column) => found.get([row, column].join('\n')) ?? null),
  );
  if (values.every((row) => row.every((value) => value === null))) return null;
  return {
    name: `${stem}-${quantity.id}-${configuration.toLowerCase()}`,
    title: `${titleOf(quantity)} of ${configuration} over ${up.name} and ${right.name}`,
    xLabel: parameterLabel(right),
    yLabel: parameterLabel(up),
    columns: right.values,
    rows: up.values,
    values,
    valueLabel: `${titleOf(quantity)}, ${configuration}`,
    decimals: quantity.decimals,
  };
}

function quantityIn(
  configurations: readonly ConfigurationResult[],
  name: ConfigurationResult['name'],
  { of }: Quantity,
): number | null {
  const one = configurations.find((configuration) => configuration.name === name);
  return one === undefined ? null : of(one);
}

function parameterLabel({ name }: Pick<SweepParameter, 'name'>): string {
  const unit = UNITS[name];
  return unit === undefined ? name : `${name} (${unit})`;
}

/** Numbers stand where they belong, doublings at equal distances, and names in their order. */
function parameterAxis(name: string, values: readonly string[]): { axis: XyAxis; positions: number[] } {
  const label = parameterLabel({ name });
  const numbers = values.map((value) => (/^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN));
  const ticks = values.map((value, index) => ({ at: numbers[index]!, label: value }));
  if (isGeometric(numbers)) {
    return { axis: { label, scale: 'log', ticks, fromZero: false }, positions: numbers };
  }
  if (numbers.every((number, index) => index === 0 || number > numbers[index - 1]!)) {
    return { axis: { label, scale: 'linear', ticks: null, fromZero: false }, positions: numbers };
  }
  const positions = values.map((_, index) => index);
  const named = values.map((value, at) => ({ at, label: value }));
  return { axis: { label, scale: 'linear', ticks: named, fromZero: false }, positions };
}

/** Three numbers or more, each the same multiple of the one before. */
function isGeometric(numbers: readonly number[]): boolean {
  const [first, second] = numbers;
  if (numbers.length < 3 || first === undefined || second === undefined || !(first > 0)) return false;
  const ratio = second / first;
  return (
    ratio > 1 &&
    numbers.every((number, index) => index === 0 || Math.abs(number / numbers[index - 1]! / ratio - 1) < 0.01)
  );
}
