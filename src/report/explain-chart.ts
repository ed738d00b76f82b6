/** The charts of `analyze explain` as plain data: lying bars in groups, one group for each engine. Drawn by chart-lying-bars.ts. */
import type { EngineExplanation, ExplainRecord, WhatIf } from '../replay/explain-result.ts';
import type { ChartSeries } from './chart-spec.ts';
import { fixed } from './format.ts';

export interface ExplainChartSpec {
  /** File name without extension. */
  readonly name: 'explain-reasons' | 'explain-what-if';
  /** For captions and alternative texts; not drawn. */
  readonly title: string;
  /** Quantity and unit of the value axis, which starts at 0. */
  readonly axisLabel: string;
  /** Largest value of the axis; null: as the bars need it. */
  readonly axisMax: number | null;
  /** One for each line, from the top; headings of groups have no bars. */
  readonly labels: readonly string[];
  readonly headings: readonly boolean[];
  /** Series of one stack stand on each other. */
  readonly series: readonly ChartSeries[];
  /** What stands at the right of each line; beside the headings stands what it is. */
  readonly notes: readonly string[];
  readonly noteHeading: string;
}

/** Reasons with fewer packets stand together. */
const MOST_REASONS = 8;

interface Line {
  readonly label: string;
  readonly heading: boolean;
  readonly values: readonly (number | null)[];
  readonly note: string;
}

export function explainChartSpecs(record: ExplainRecord): ExplainChartSpec[] {
  const engines = record.engines.filter(({ packets }) => packets > 0);
  if (engines.length === 0) return [];
  const rated = engines.filter(({ lroRate, whatIfs }) => lroRate !== null && whatIfs.length > 0);
  return rated.length === 0 ? [reasonsChart(engines)] : [reasonsChart(engines), whatIfChart(rated)];
}

/** Where the packets went: a bar is all packets of a reason, its light part the skbs that they became. */
function reasonsChart(engines: readonly EngineExplanation[]): ExplainChartSpec {
  const lines = engines.flatMap((engine): Line[] => [
    heading(engine.engine, 2),
    ...shownReasons(engine).map(({ label, packets, skbs }) => ({
      label,
      heading: false,
      values: [(100 * skbs) / engine.packets, (100 * (packets - skbs)) / engine.packets],
      note: fixed(packets / skbs, 1, ''),
    })),
  ]);
  return {
    name: 'explain-reasons',
    title: 'Packets by the reason for which their skb was delivered, and the skbs that they became',
    axisLabel: 'Share of packets received (%)',
    axisMax: 100,
    ...columns(lines, [
      { role: 'delivered', label: 'skbs delivered' },
      { role: 'merged', label: 'merged into them' },
    ]),
    noteHeading: 'packets/skb',
  };
}

function shownReasons({ reasons }: EngineExplanation): { label: string; packets: number; skbs: number }[] {
  const all = reasons.map(({ reason, packets, skbs }) => ({ label: reason as string, packets, skbs }));
  if (all.length <= MOST_REASONS) return all;
  const rest = all.slice(MOST_REASONS - 1);
  const sum = (value: (row: (typeof rest)[number]) => number): number =>
    rest.reduce((total, row) => total + value(row), 0);
  return [
    ...all.slice(0, MOST_REASONS - 1),
    { label: `${rest.length} others`, packets: sum((row) => row.packets), skbs: sum((row) => row.skbs) },
  ];
}

/** The rate as it is and without each obstacle; the upper bound, far away in most captures, is left out. */
function whatIfChart(engines: readonly EngineExplanation[]): ExplainChartSpec {
  const lines = engines.flatMap((engine): Line[] => [
    heading(engine.engine, 1),
    { label: 'as it is', heading: false, values: [engine.lroRate], note: '' },
    ...engine.whatIfs
      .filter(({ upperBound, gain }) => !upperBound && Math.abs(gain ?? 0) >= 0.005)
      .map((whatIf) => ({
        label: `without ${shortName(whatIf)}`,
        heading: false,
        values: [whatIf.lroRate],
        note: `${(whatIf.gain ?? 0) > 0 ? '+' : ''}${fixed(whatIf.gain, 2, '')}`,
      })),
  ]);
  return {
    name: 'explain-what-if',
    title: 'TCP data packets per skb, as it is and with one obstacle gone',
    axisLabel: 'LRO rate (packets per skb)',
    axisMax: null,
    ...columns(lines, [{ role: 'value', label: 'packets per skb' }]),
    noteHeading: 'gain',
  };
}

function shortName({ without }: WhatIf): string {
  return without.length <= 2 ? without.join(', ') : `${without.length} of these`;
}

function heading(label: string, series: number): Line {
  return { label, heading: true, values: Array<null>(series).fill(null), note: '' };
}

function columns(
  lines: readonly Line[],
  series: readonly Pick<ChartSeries, 'role' | 'label'>[],
): Pick<ExplainChartSpec, 'labels' | 'headings' | 'series' | 'notes'> {
  return {
    labels: lines.map(({ label }) => label),
    headings: lines.map((line) => line.heading),
    series: series.map((one, index) => ({
      ...one,
      stack: 'all',
      values: lines.map(({ values }) => values[index] ?? null),
    })),
    notes: lines.map(({ note }) => note),
  };
}
