/** The numbers of a figure as a booktabs table, units in the header. */
import type { HeatMapSpec } from './chart-spec-sweep.ts';
import type { XyChartSpec } from './chart-spec-xy.ts';
import type { Figure } from './figure.ts';
import { figureData } from './figure-data.ts';
import { decimalsFor, fixed } from './format.ts';
import { tex } from './tex-escape.ts';

export interface TexTable {
  /** Over the columns; empty where there is nothing to say. */
  readonly spanning: readonly { readonly text: string; readonly columns: number }[];
  readonly header: readonly string[];
  /** Already TeX. */
  readonly rows: readonly (readonly string[])[];
  /** How many columns at the left hold names. */
  readonly names: number;
  /** A sentence below the table, null where nothing is left out. */
  readonly note: string | null;
}

const MOST_ROWS = 40;
const MOST_COLUMNS = 5;

/** Lines of TeX. */
export function booktabs({ spanning, header, rows, names, note }: TexTable): string[] {
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  const spans = spanning.map(({ text, columns }) => `\\multicolumn{${columns}}{c}{${tex(text)}}`);
  let at = 1;
  const rules = spanning.map(({ text, columns }) => {
    const from = at;
    at += columns;
    return text === '' ? '' : `\\cmidrule(lr){${from}-${at - 1}}`;
  });
  const columns = header.map((_, index) => (index < names ? 'l' : 'r')).join('');
  return [
    `\\begin{tabular}{@{}${columns}@{}}`,
    '\\toprule',
    ...(spans.length === 0 ? [] : [line(spans), rules.join('')]),
    line(header.map((cell, index) => (index < names ? tex(cell) : `\\multicolumn{1}{c}{${tex(cell)}}`))),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    ...(note === null ? [] : [`\\\\[2pt] ${tex(note)}`]),
  ];
}

/** A dash where there is none. */
export function texValue(value: number | null, decimals: number): string {
  const text = fixed(value, decimals, '--');
  return text.startsWith('-') && value !== null ? `$${text}$` : text;
}

export function tableOf(figure: Figure): TexTable {
  switch (figure.kind) {
    case 'bars':
    case 'lying-bars':
      return barTable(figure);
    case 'xy':
      return xyTable(figure.spec);
    case 'heat-map':
      return mapTable(figure.spec);
  }
}

/** Many series stand below each other. */
function barTable(figure: Extract<Figure, { kind: 'bars' | 'lying-bars' }>): TexTable {
  const { labels, series, axisLabel } = figure.spec;
  const decimals = figure.kind === 'bars' ? figure.spec.decimals : 2;
  const headings = figure.kind === 'bars' ? [] : figure.spec.headings;
  const over = (columns: number): TexTable['spanning'] => [
    { text: '', columns: 1 },
    { text: axisLabel, columns },
  ];
  if (series.length > MOST_COLUMNS) {
    const rows = series.map(({ label, stack, values }) => [
      tex(stack),
      tex(label),
      ...values.map((value) => texValue(value, decimals)),
    ]);
    const spanning = [
      { text: '', columns: 2 },
      { text: axisLabel, columns: labels.length },
    ];
    return { spanning, header: ['', '', ...labels], rows, names: 2, note: null };
  }
  const rows = labels.map((label, index) =>
    headings[index] === true
      ? [`\\textbf{${tex(label)}}`, ...series.map(() => '')]
      : [tex(label), ...series.map(({ values }) => texValue(values[index] ?? null, decimals))],
  );
  const [only] = series;
  if (series.length === 1 && only !== undefined) {
    return { spanning: [], header: ['', axisLabel], rows, names: 1, note: null };
  }
  return {
    spanning: over(series.length),
    header: ['', ...series.map(({ label }) => label)],
    rows,
    names: 1,
    note: null,
  };
}

/** What was merely tried is in the data file alone. */
function xyTable(spec: XyChartSpec): TexTable {
  const { header, rows } = figureData({ kind: 'xy', spec });
  const shown = spec.series
    .map(({ role }, index) => ({ role, index }))
    .filter(({ role }) => role !== 'candidate');
  const columns = [0, ...shown.map(({ index }) => index + 1)];
  const kept = rows.filter((row) => columns.slice(1).some((column) => row[column] !== null));
  const step = Math.ceil(kept.length / MOST_ROWS) || 1;
  const thinned = kept.filter((_, index) => index % step === 0);
  const decimals = columns.map((column) => decimalsOf(kept.map((row) => row[column])));
  const nameOf = (x: unknown): string => spec.x.ticks?.find(({ at }) => at === x)?.label ?? '';
  return {
    spanning: [
      { text: '', columns: 1 },
      { text: spec.y.label, columns: shown.length },
    ],
    header: [spec.x.label, ...columns.slice(1).map((column) => header[column]!)],
    rows: thinned.map((row) =>
      columns.map((column, place) => {
        const value = row[column] as number | null;
        if (place === 0 && nameOf(value) !== '') return tex(nameOf(value));
        return texValue(value, decimals[place]!);
      }),
    ),
    names: 1,
    note: step === 1 ? null : `Every ${step}th of ${kept.length} rows; all are in the data file.`,
  };
}

function mapTable({ columns, rows, values, xLabel, yLabel }: HeatMapSpec): TexTable {
  const decimals = decimalsOf(values.flat());
  const step = Math.ceil(columns.length / (2 * MOST_COLUMNS));
  const shown = columns.map((_, index) => index).filter((index) => index % step === 0);
  return {
    spanning: [
      { text: '', columns: 1 },
      { text: xLabel, columns: shown.length },
    ],
    header: [yLabel, ...shown.map((index) => columns[index]!)],
    rows: rows.map((row, y) => [tex(row), ...shown.map((x) => texValue(values[y]?.[x] ?? null, decimals))]),
    names: 1,
    note: step === 1 ? null : `Every ${step}th of ${columns.length} columns; all are in the data file.`,
  };
}

/** Three digits that matter; none where all are whole. */
function decimalsOf(cells: readonly unknown[]): number {
  const numbers = cells.filter((cell) => typeof cell === 'number');
  if (numbers.every(Number.isInteger)) return 0;
  return decimalsFor(Math.min(...numbers), Math.max(...numbers), 3);
}
