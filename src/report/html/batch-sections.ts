/** The distributions of a batch, the captures that stand out in them, and those without a result. */
import {
  type CaptureValue,
  type Distribution,
  FENCE,
  fencesOf,
  LEAST_FOR_OUTLIERS,
  type MissingCapture,
  type NamedRecord,
  type Spread,
} from '../batch-distribution.ts';
import { fixed, grouped } from '../format.ts';
import { captureCell, mainReason, shownName, textColumn } from './batch-page.ts';
import { batchTerm } from './batch-terms.ts';
import { type Cell, escapeHtml, tableHtml, textCell } from './markup.ts';
import type { PackedXy } from './page-data.ts';
import { chartHtml, column, countCell, numberCell } from './results-section.ts';

const SPREAD: readonly (readonly [keyof Spread, string])[] = [
  ['minimum', 'Min'],
  ['lowerQuartile', 'Q1'],
  ['median', 'Median'],
  ['upperQuartile', 'Q3'],
  ['maximum', 'Max'],
];

export function distributionsSection(
  distributions: readonly Distribution[],
  charts: readonly PackedXy[],
): string {
  const cards = charts.map((chart) => {
    const own = distributions.filter(({ quantity }) => chart.name === `batch-${quantity.id}`);
    const { name, unit } = own[0]!.quantity;
    return `<article class="card"><h3>${escapeHtml(name)}</h3>${chartHtml(chart)}${spreadTable(own, unit)}</article>`;
  });
  const content =
    cards.length === 0
      ? '<p>No capture has TCP data that could merge.</p>'
      : `<div class="cards">${cards.join('\n')}</div>`;
  return `<section aria-labelledby="spread"><h2 id="spread">How the captures differ</h2>
${content}</section>`;
}

function spreadTable(distributions: readonly Distribution[], unit: string): string {
  return tableHtml({
    caption: `Over the captures, in ${unit}; Q1 and Q3 are the quartiles`,
    columns: [
      textColumn('Configuration'),
      column('captures', 'Captures', null),
      ...SPREAD.map(([, title]) => ({ ...column('', title, null), term: null })),
    ],
    rows: distributions.map(({ quantity, configuration, values, spread }) => [
      textCell(configuration),
      countCell(values.length),
      ...SPREAD.map(([key]) => numberCell(spread?.[key] ?? null, 2, batchTerm(quantity, key))),
    ]),
  });
}

/** Of each distribution, those furthest out; the table of all captures marks every one. */
const SHOWN_OUTLIERS = 25;

export function outliersSection(
  captures: readonly NamedRecord[],
  distributions: readonly Distribution[],
): string {
  const byName = new Map(captures.map((one) => [one.name, one]));
  const rows = distributions.flatMap((distribution) =>
    furthest(distribution)
      .slice(0, SHOWN_OUTLIERS)
      .map((outlier) => outlierRow(byName.get(outlier.name)!, distribution, outlier)),
  );
  const all = distributions.reduce((sum, { outliers }) => sum + outliers.length, 0);
  const rest =
    all === rows.length
      ? ''
      : `<p class="aside">Shown are the ${SHOWN_OUTLIERS} furthest out for each quantity and configuration, ${grouped(rows.length)} of ${grouped(all)}. The table of all captures marks every one.</p>`;
  return `<section class="outliers" aria-labelledby="outliers"><h2 id="outliers">Captures that stand out</h2>
${rows.length === 0 ? `<p>${noneBecause(captures.length)}</p>` : outlierTable(rows)}${rest}
</section>`;
}

function noneBecause(captures: number): string {
  return captures < LEAST_FOR_OUTLIERS
    ? `With fewer than ${LEAST_FOR_OUTLIERS} captures none can be called an outlier.`
    : `None: no capture is further than ${FENCE} × the distance between the quartiles from the nearer of them.`;
}

function outlierTable(rows: readonly (readonly Cell[])[]): string {
  return tableHtml({
    caption: `Further than ${FENCE} × the distance between the quartiles from the nearer of them`,
    columns: [
      textColumn('Capture'),
      textColumn('Stands out by'),
      { ...column('', 'Value', null), term: null },
      { ...column('', 'Median', null), term: null },
      { ...column('', 'Fence', null), term: null },
      textColumn('Why'),
      textColumn('Main reason of its packets', 'most-packets-reason'),
    ],
    rows,
  });
}

/** Those furthest beyond the fences first. */
function furthest({ outliers, spread }: Distribution): CaptureValue[] {
  if (spread === null) return [];
  const beyond = ({ value }: CaptureValue): number => Math.abs(value - fenceAt(spread, value));
  return [...outliers].sort((a, b) => beyond(b) - beyond(a));
}

function fenceAt(spread: Spread, value: number): number {
  const { low, high } = fencesOf(spread);
  return value < low ? low : high;
}

function outlierRow(
  capture: NamedRecord,
  { quantity, configuration, spread }: Distribution,
  { value }: CaptureValue,
): Cell[] {
  const { lowerQuartile, median, upperQuartile } = spread!;
  const [side, from] = value > upperQuartile ? ['above', upperQuartile] : ['below', lowerQuartile];
  const distance = upperQuartile - lowerQuartile;
  const why =
    distance === 0
      ? `${side} ${fixed(from, 2, '')}, which at least half of the captures have`
      : `${fixed(Math.abs(value - from) / distance, 1, '')} × the distance between the quartiles (${fixed(distance, 2, '')}) ${side} ${fixed(from, 2, '')}`;
  const row = capture.record.configurations.find(({ name }) => name === configuration);
  return [
    captureCell(capture),
    textCell(`${quantity.name} (${quantity.unit}), ${configuration}`),
    numberCell(value, 2, batchTerm(quantity, 'value')),
    numberCell(median, 2, batchTerm(quantity, 'median')),
    numberCell(fenceAt(spread!, value), 2, batchTerm(quantity, 'fence')),
    textCell(why),
    textCell(mainReason(row)),
  ];
}

/** Nothing where every capture has a result. */
export function missingSection(missing: readonly MissingCapture[]): string {
  if (missing.length === 0) return '';
  const table = tableHtml({
    caption: 'Captures without a result',
    columns: [textColumn('Capture'), textColumn('Why')],
    rows: missing.map(({ name, file, reason }) => [textCell(shownName(name, file)), textCell(reason)]),
  });
  return `<section aria-labelledby="missing"><h2 id="missing">Not in these numbers</h2>
${table}</section>`;
}
