/** The results of the study: each chart beside the table of its numbers. */
import type { ConfigurationResult, ResultRecord } from '../../replay/result.ts';
import type { BarChartSpec } from '../chart-spec.ts';
import type { XyChartSpec } from '../chart-spec-xy.ts';
import { fixed, grouped, percentChange } from '../format.ts';
import { QUANTITIES, quantityOf } from '../quantities.ts';
import { type Cell, type Column, escapeHtml, tableHtml, textCell } from './markup.ts';

const NAME: Column = { label: 'Configuration', unit: null, term: null, kind: 'text' };

export function numberCell(value: number | null, decimals: number, term?: string): Cell {
  return { text: fixed(value, decimals, '–'), value, ...(term === undefined ? {} : { term }) };
}

export function column(term: string, label: string, unit: string | null): Column {
  return { label, unit, term, kind: 'number' };
}

export function resultsSection(record: ResultRecord, charts: readonly BarChartSpec[]): string {
  const chart = (name: BarChartSpec['name']): string => chartHtml(charts.find((spec) => spec.name === name)!);
  const latency = record.configurations.some((one) => one.latency !== null)
    ? [['Latency', chart('latency') + latencyTable(record)]]
    : [];
  const cards = [
    ['Throughput', chart('throughput') + throughputTable(record)],
    ['LRO rate', chart('lro-rate') + lroRateTable(record)],
    ['Cycles per byte', chart('cycles-per-byte') + cyclesTable(record)],
    ...latency,
  ];
  const all = cards.map(([title, content]) => `<article class="card"><h3>${title}</h3>${content}</article>`);
  return `<section aria-labelledby="results"><h2 id="results">Results</h2>
<div class="cards">${all.join('\n')}</div>
${countersTable(record)}
</section>`;
}

/** The room of a chart; what it shows stands in a table beside it, too. */
export function chartHtml({ name, title }: Pick<BarChartSpec | XyChartSpec, 'name' | 'title'>): string {
  return `<figure class="chart" data-chart="${name}"><div class="legend"></div>
<div class="plot"><canvas role="img" tabindex="0" aria-label="Chart: ${escapeHtml(title)}. Arrow keys step through its values."></canvas></div>
<noscript><p>The chart needs JavaScript; its numbers are in the table.</p></noscript></figure>`;
}

function throughputTable({ configurations, throughput }: ResultRecord): string {
  const base = configurations.find(({ name }) => name === 'Xen')?.predictedThroughputMbps ?? null;
  const { capturedGoodputMbps: captured } = throughput;
  return tableHtml({
    caption: 'Predicted throughput',
    columns: [NAME, column('throughput', 'Throughput', 'Mbps'), column('change', 'Against Xen', '%')],
    rows: configurations.map(({ name, predictedThroughputMbps: mbps }) => [
      textCell(name),
      numberCell(mbps, 2),
      name === 'Xen' ? textCell('') : changeCell(base, mbps),
    ]),
    closing: [[textCell('captured goodput'), numberCell(captured, 2, 'captured-goodput'), textCell('')]],
  });
}

function changeCell(base: number | null, mbps: number | null): Cell {
  const text = percentChange(base, mbps);
  return { text: text ?? '–', value: text === null ? null : (mbps! / base! - 1) * 100 };
}

function lroRateTable({ configurations }: ResultRecord): string {
  return tableHtml({
    caption: 'Packets for each skb',
    columns: [
      NAME,
      column('lro-rate', 'LRO rate', 'packets/skb'),
      column('per-flush', 'Aggregated ÷ flushed', 'packets/skb'),
    ],
    rows: configurations.map((one) => [
      textCell(one.name),
      numberCell(one.lroRate, 2),
      numberCell(one.aggregatedPerFlushed, 2),
    ]),
  });
}

function cyclesTable({ configurations }: ResultRecord): string {
  return quantitiesTable('CPU cycles for each byte of goodput', configurations, 2, [
    'domain0',
    'domainU',
    'unexplained',
  ]);
}

function latencyTable({ configurations }: ResultRecord): string {
  return quantitiesTable('Held, from arrival to delivery', configurations, 1, [
    'latency-mean',
    'latency-p50',
    'latency-p99',
    'latency-max',
  ]);
}

function quantitiesTable(
  caption: string,
  configurations: readonly ConfigurationResult[],
  decimals: number,
  ids: readonly string[],
): string {
  const quantities = ids
    .map(quantityOf)
    .filter(({ id, of }) => id !== 'unexplained' || configurations.some((one) => of(one) !== null));
  return tableHtml({
    caption,
    columns: [NAME, ...quantities.map(({ id, name, unit }) => column(id, shortName(name), unit))],
    rows: configurations.map((one) => [
      textCell(one.name),
      ...quantities.map(({ of }) => numberCell(of(one), decimals)),
    ]),
  });
}

function shortName(name: string): string {
  return name.replace(/^Latency /, '').replace(/^Unexplained DomainU$/, 'Unexplained');
}

function countersTable({ configurations }: ResultRecord): string {
  const counters = QUANTITIES.filter(({ id }) => ['polls', 'interrupts', 'dropped'].includes(id));
  const count = (value: number | null): Cell => countCell(value);
  return tableHtml({
    caption: 'What was counted',
    columns: [
      NAME,
      { ...NAME, label: 'Merge engine' },
      column('data-packets', 'Data packets', null),
      column('data-skbs', 'Data skbs', null),
      ...counters.map(({ id, name }) => column(id, name, null)),
    ],
    rows: configurations.map((one) => [
      textCell(one.name),
      textCell(one.engine),
      count(one.counters.dataPackets),
      count(one.counters.dataSkbs),
      ...counters.map(({ of }) => count(of(one))),
    ]),
  });
}

/** A whole number with its thousands set apart. */
export function countCell(value: number | null, term?: string): Cell {
  const text = value === null ? '–' : grouped(value);
  return { text, value, ...(term === undefined ? {} : { term }) };
}
