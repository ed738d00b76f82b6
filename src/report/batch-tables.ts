/** The distributions of a batch as CSV, and as text for a terminal. */
import {
  type Distribution,
  FENCE,
  LEAST_FOR_OUTLIERS,
  type MissingCapture,
  type Spread,
} from './batch-distribution.ts';
import { notAFormula, type TextFile, table } from './csv.ts';
import { fixed, printable } from './format.ts';
import { count, INDENT, renderTable, wrap } from './text-table.ts';

const SPREAD: readonly (readonly [keyof Spread, string])[] = [
  ['minimum', 'Min'],
  ['lowerQuartile', 'Lower quartile'],
  ['median', 'Median'],
  ['upperQuartile', 'Upper quartile'],
  ['maximum', 'Max'],
];

/** A row for each quantity and configuration; outliers in one cell, separated by semicolons. */
export function batchCsv(distributions: readonly Distribution[]): TextFile {
  const header = ['Quantity', 'Config', 'Captures', ...SPREAD.map(([, title]) => title), 'Outliers'];
  const rows = distributions.map(({ quantity, configuration, values, spread, outliers }) => [
    `${quantity.name} (${quantity.unit})`,
    configuration,
    String(values.length),
    ...SPREAD.map(([key]) => fixed(spread?.[key] ?? null, 2, '')),
    notAFormula(outliers.map(({ name }) => name).join('; ')),
  ]);
  return { name: 'batch.csv', text: table(header, rows) };
}

const SHOWN_OUTLIERS = 10;

export function renderBatch(
  captures: number,
  distributions: readonly Distribution[],
  missing: readonly MissingCapture[] = [],
): string {
  const spreads = renderTable({
    header: [
      `Over ${count(captures, 'capture')}`,
      'captures',
      // Quartiles by their number, so that the table fits 100 columns.
      ...['min', 'quartile 1', 'median', 'quartile 3', 'max'],
    ],
    rows: distributions.map(({ quantity, configuration, values, spread }) => [
      `${quantity.name}, ${configuration} (${quantity.unit})`,
      String(values.length),
      ...SPREAD.map(([key]) => fixed(spread?.[key] ?? null, 2, '-')),
    ]),
  });
  return `\n${[spreads, ...outlierLines(captures, distributions), ...missingLines(missing)].join('\n\n')}\n`;
}

function outlierLines(captures: number, distributions: readonly Distribution[]): string[] {
  if (captures < LEAST_FOR_OUTLIERS) return [];
  const rule = `further than ${FENCE} × the distance between the quartiles from the nearer one`;
  const lines = distributions
    .filter(({ outliers }) => outliers.length > 0)
    .map(({ quantity, configuration, outliers }) => {
      const named = outliers
        .slice(0, SHOWN_OUTLIERS)
        .map(({ name, value }) => `${printable(name)} ${fixed(value, 2, '')}`);
      const more = outliers.length - named.length;
      const rest = more === 0 ? '' : `, and ${more} more (batch.csv)`;
      return wrap(`${quantity.name}, ${configuration}: ${named.join(', ')}${rest}`, INDENT);
    });
  return [[`Outliers: ${rule}`, ...(lines.length === 0 ? [`${INDENT}none`] : lines)].join('\n')];
}

/** All of them: somebody has to look at each. */
function missingLines(missing: readonly MissingCapture[]): string[] {
  if (missing.length === 0) return [];
  const lines = missing.map(({ name, reason }) => wrap(printable(`${name}: ${reason}`), INDENT));
  return [['Not in these numbers', ...lines].join('\n')];
}
