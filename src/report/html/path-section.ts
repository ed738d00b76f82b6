/** Where the cycles go: the path by stage, its copies and its operations. */
import type { ResultRecord } from '../../replay/result.ts';
import type { BarChartSpec } from '../chart-spec.ts';
import { type PathSummary, pathSummaries } from '../path-summary.ts';
import { COPIES, type PathRow, PER_SKB } from '../path-tables.ts';
import { DOMAINS, stageRows } from '../stages.ts';
import { type Column, tableHtml, textCell } from './markup.ts';
import { chartHtml, column, numberCell } from './results-section.ts';

export function pathSection(record: ResultRecord, charts: readonly BarChartSpec[]): string {
  const names = record.configurations.map(({ name }) => name);
  const summaries = pathSummaries(record);
  const first = (label: string): Column => ({ label, unit: null, term: null, kind: 'text' });
  const columns = (label: string, term: string, unit: string): Column[] => [
    first(label),
    ...names.map((name) => column(term, name, unit)),
  ];
  const pathTable = (caption: string, label: string, term: string, rows: readonly PathRow[]): string =>
    tableHtml({
      caption,
      columns: columns(label, term, term === 'copies' ? 'copies' : 'per skb'),
      rows: occurring(rows, summaries).map(([name, of]) => [
        textCell(name.replace(/^ +/, '– ')),
        ...summaries.map((one) => numberCell(of(one), 3)),
      ]),
    });
  const stages = DOMAINS.map((domain) => {
    const rows = stageRows(record, domain).filter(({ values }) => values.some((value) => value !== 0));
    const totals = record.configurations.map((one) => (domain === 'Domain0' ? one.domain0 : one.domainU));
    return tableHtml({
      caption: domain === 'Domain0' ? 'Driver domain (Domain0)' : 'Guest (DomainU)',
      columns: columns('Stage', 'cycles-total', 'cycles/byte'),
      rows: rows.map(({ stage, values }) => [
        textCell(stage === 'unexplained' ? 'unexplained, not in the total' : stage, `stage-${stage}`),
        ...values.map((value) => numberCell(value, 2, `stage-${stage}`)),
      ]),
      closing: [[textCell('total'), ...totals.map(({ cyclesPerByte }) => numberCell(cyclesPerByte, 2))]],
    });
  });
  return `<section aria-labelledby="path"><h2 id="path">Where the cycles go</h2>
<div class="card wide">${chartHtml(charts.find(({ name }) => name === 'cycles-by-stage')!)}</div>
<div class="pair">${stages.join('\n')}</div>
<div class="pair">${pathTable('Copies of a payload byte', 'Where', 'copies', COPIES)}
${pathTable('Operations for each skb', 'What', 'per-skb', PER_SKB)}</div>
</section>`;
}

function occurring(rows: readonly PathRow[], summaries: readonly PathSummary[]): readonly PathRow[] {
  return rows.filter(([, of]) => summaries.some((one) => (of(one) ?? 0) !== 0));
}
