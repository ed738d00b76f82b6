/**
 * The numbers of a figure as columns, in full, for its TeX file and whoever draws it anew: plain ASCII without quotes or
 * TeX's special characters, absent values as `nan`.
 */
import type { BarChartSpec } from './chart-spec.ts';
import type { HeatMapSpec } from './chart-spec-sweep.ts';
import type { XyChartSpec } from './chart-spec-xy.ts';
import type { ExplainChartSpec } from './explain-chart.ts';
import type { Figure } from './figure.ts';

type Cell = number | string | null;

export interface FigureData {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Unlike the tables of a report, which end in `.csv` alone. */
const DATA_ENDING = '.data.csv';

export function dataFileName({ spec: { name } }: Figure): string {
  return `${name}${DATA_ENDING}`;
}

export function isDataFile(name: string): boolean {
  return name.endsWith(DATA_ENDING);
}

export function figureDataCsv(figure: Figure): string {
  const { header, rows } = figureData(figure);
  return `${[header, ...rows].map((row) => row.map(plain).join(',')).join('\n')}\n`;
}

/**
 * Bars: place, label, a column a series. Points: x, then a column a series; series with places of their own follow each
 * other. Maps: column, row, value, and their labels.
 */
export function figureData(figure: Figure): FigureData {
  switch (figure.kind) {
    case 'bars':
      return barData(figure.spec, figure.spec.stackLabels !== null);
    case 'lying-bars':
      return barData(figure.spec, false);
    case 'xy':
      return xyData(figure.spec);
    case 'heat-map':
      return mapData(figure.spec);
  }
}

function barData({ labels, series }: BarChartSpec | ExplainChartSpec, stacked: boolean): FigureData {
  return {
    header: ['place', 'label', ...series.map(({ label, stack }) => (stacked ? `${stack} ${label}` : label))],
    rows: labels.map((label, place) => [place, label, ...series.map(({ values }) => values[place] ?? null)]),
  };
}

function xyData({ series }: XyChartSpec): FigureData {
  const header = ['x', ...series.map(({ label }) => label)];
  if (shareX(series)) {
    const rows = series[0]?.points.map(({ x }, index) => [
      x,
      ...series.map(({ points }) => points[index]!.y),
    ]);
    return { header, rows: rows ?? [] };
  }
  const rows = series.flatMap(({ points }, own) =>
    points.map(({ x, y }) => [x, ...series.map((_, other) => (other === own ? y : null))]),
  );
  return { header, rows };
}

/** Whether all series stand at the same places. */
export function shareX(series: XyChartSpec['series']): boolean {
  const [first] = series;
  return series.every(
    ({ points }) =>
      points.length === first?.points.length && points.every(({ x }, index) => x === first.points[index]?.x),
  );
}

function mapData({ columns, rows, values }: HeatMapSpec): FigureData {
  return {
    header: ['column', 'row', 'value', 'column label', 'row label'],
    rows: rows.flatMap((row, y) =>
      columns.map((column, x): Cell[] => [x, y, values[y]?.[x] ?? null, column, row]),
    ),
  };
}

function plain(cell: Cell): string {
  if (cell === null) return 'nan';
  if (typeof cell === 'number') return String(cell);
  // A first sign could be taken for a formula by a spreadsheet.
  return cell
    .replaceAll('µ', 'u')
    .replace(/[^\w .+:/()=<>@-]/g, '?')
    .replace(/^[=+@-]/, '_');
}
