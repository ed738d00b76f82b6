/**
 * What a chart shows, as plain data: tested as data, drawn by chart-render.ts and written by other writers.
 * How it looks (colours, sizes, fonts) is not in here.
 */
import type { ResultRecord, StageName } from '../replay/result.ts';
import { type DomainName, stageRows } from './stages.ts';

/**
 * What a series stands for; a writer gives each role its look, the same in every chart. `unexplained` is set apart
 * from what the model accounts for.
 */
export type SeriesRole =
  | 'value'
  | 'domain0'
  | 'domainU'
  | 'unexplained'
  | 'mean'
  | 'p50'
  | 'p99'
  | 'max'
  | 'delivered'
  | 'merged'
  | StageName;

export interface ChartSeries {
  readonly role: SeriesRole;
  readonly label: string;
  /** One value for each label of the chart, in the unit of the axis; null where there is none. */
  readonly values: readonly (number | null)[];
  /** Series with the same stack stand on each other, in their order; the others stand side by side. */
  readonly stack: string;
}

export interface ReferenceLine {
  readonly label: string;
  /** In the unit of the axis. */
  readonly value: number;
}

export interface BarChartSpec {
  /** File name without extension. */
  readonly name: 'throughput' | 'lro-rate' | 'cycles-per-byte' | 'cycles-by-stage' | 'latency';
  /** For captions and alternative texts; not drawn. */
  readonly title: string;
  /** Quantity and unit of the value axis, which starts at 0. */
  readonly axisLabel: string;
  /** One for each group of bars. */
  readonly labels: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly referenceLines: readonly ReferenceLine[];
  /** Decimals of the numbers written at the bars. */
  readonly decimals: number;
  /** Numbers at every bar, at the top of each stack, or nowhere. */
  readonly written: 'bars' | 'stacks' | 'nothing';
  /** Names of stacks, written below each of them; null where the keys are enough. */
  readonly stackLabels: Readonly<Record<string, string>> | null;
}

/** The three charts of the study, in the order of its tables, then cycles by stage and latency. */
export function chartSpecs(record: ResultRecord): BarChartSpec[] {
  return [
    throughputChart(record),
    lroRateChart(record),
    cyclesChart(record),
    stagesChart(record),
    latencyChart(record),
  ];
}

function throughputChart({ configurations, throughput, options }: ResultRecord): BarChartSpec {
  const captured = throughput.capturedGoodputMbps;
  return {
    name: 'throughput',
    title: `Throughput predicted by the law "${options.law}", and goodput of the capture`,
    axisLabel: 'Throughput (Mbps)',
    labels: configurations.map((row) => row.name),
    series: [
      {
        role: 'value',
        label: 'predicted',
        values: configurations.map((row) => row.predictedThroughputMbps),
        stack: 'value',
      },
    ],
    referenceLines: captured === null ? [] : [{ label: 'captured goodput', value: captured }],
    decimals: 2,
    written: 'bars',
    stackLabels: null,
  };
}

function lroRateChart({ configurations }: ResultRecord): BarChartSpec {
  return {
    name: 'lro-rate',
    title: 'TCP data packets per skb',
    axisLabel: 'LRO rate (packets)',
    labels: configurations.map((row) => row.name),
    series: [
      {
        role: 'value',
        label: 'packets per skb',
        values: configurations.map((row) => row.lroRate),
        stack: 'value',
      },
    ],
    referenceLines: [],
    decimals: 2,
    written: 'bars',
    stackLabels: null,
  };
}

function cyclesChart({ configurations }: ResultRecord): BarChartSpec {
  const unexplained = configurations.map((row) => row.unexplainedDomainUCyclesPerByte);
  const residual: ChartSeries = {
    role: 'unexplained',
    label: 'unexplained',
    values: unexplained,
    stack: 'domainU',
  };
  return {
    name: 'cycles-per-byte',
    title: 'CPU cycles per byte of goodput in each domain',
    axisLabel: 'CPU cycles per byte',
    labels: configurations.map((row) => row.name),
    series: [
      {
        role: 'domain0',
        label: 'Domain0',
        values: configurations.map((row) => row.domain0.cyclesPerByte),
        stack: 'domain0',
      },
      {
        role: 'domainU',
        label: 'DomainU',
        values: configurations.map((row) => row.domainU.cyclesPerByte),
        stack: 'domainU',
      },
      ...(unexplained.some((value) => value !== null) ? [residual] : []),
    ],
    referenceLines: [],
    decimals: 2,
    written: 'bars',
    stackLabels: null,
  };
}

/** A stack for each domain; stages that cost nothing in any configuration are left out. */
function stagesChart(record: ResultRecord): BarChartSpec {
  const seriesOf = (domain: DomainName): ChartSeries[] =>
    stageRows(record, domain)
      .filter(({ values }) => values.some((value) => value !== 0))
      .map(({ stage, values }) => ({ role: stage, label: stage, values, stack: domain }));
  return {
    name: 'cycles-by-stage',
    title: 'CPU cycles per byte of goodput in each domain, by stage of the receive path',
    axisLabel: 'CPU cycles per byte',
    labels: record.configurations.map((row) => row.name),
    series: [...seriesOf('Domain0'), ...seriesOf('DomainU')],
    referenceLines: [],
    decimals: 2,
    written: 'stacks',
    stackLabels: { Domain0: 'Dom0', DomainU: 'DomU' },
  };
}

/** Wider numbers than this would run into those of the bars beside them. */
const LARGEST_WRITTEN_US = 999.5;

function latencyChart({ configurations }: ResultRecord): BarChartSpec {
  const quantiles = [
    ['mean', 'meanUs'],
    ['p50', 'p50Us'],
    ['p99', 'p99Us'],
    ['max', 'maxUs'],
  ] as const;
  const series = quantiles.map(([role, key]) => ({
    role,
    label: role,
    values: configurations.map((row) => row.latency?.[key] ?? null),
    stack: role,
  }));
  const small = series.every(({ values }) => values.every((value) => (value ?? 0) < LARGEST_WRITTEN_US));
  return {
    name: 'latency',
    title: 'How long packets are held, from arrival at the NIC to delivery by the driver',
    axisLabel: 'Arrival to delivery (µs)',
    labels: configurations.map((row) => row.name),
    series,
    referenceLines: [],
    decimals: 0,
    written: small ? 'bars' : 'nothing',
    stackLabels: null,
  };
}
