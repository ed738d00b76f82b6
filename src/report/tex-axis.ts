/** What all pictures of pgfplots have in common. */
import { GRID } from './chart-style.ts';
import type { ChartWidth } from './format-names.ts';
import { tex, texColour } from './tex-escape.ts';

const WIDTHS: Readonly<Record<ChartWidth, number>> = { column: 3.33, page: 7 };
/** However long the labels are. */
const LEAST_IN = 1;
const FONT = '\\fontsize{8}{9.5}\\selectfont';

export interface TexAxis {
  readonly width: ChartWidth;
  /** Room beside the axis that pgfplots does not count, inches. */
  readonly besideIn?: number;
  readonly heightIn: number;
  /** Options, one a line. */
  readonly options: readonly string[];
  readonly keys: readonly TexKey[];
  /** Between the braces of the axis. */
  readonly content: readonly string[];
}

export interface TexKey {
  /** Options that draw it. */
  readonly look: string;
  readonly label: string;
}

/** More keys than this need a row of their own for each three, or seven. */
const KEYS_IN_A_ROW: Readonly<Record<ChartWidth, readonly [most: number, columns: number]>> = {
  column: [4, 3],
  page: [8, 7],
};

export function texAxis({ width, besideIn = 0, heightIn, options, keys, content }: TexAxis): string[] {
  const [most, columns] = KEYS_IN_A_ROW[width];
  const inRow = keys.length > most ? columns : keys.length;
  const legend =
    'at={(0.5,1.02)}, anchor=south, draw=none, fill=none, inner sep=1pt, ' +
    `legend columns=${inRow}, /tikz/every even column/.append style={column sep=4pt}`;
  return [
    `\\begin{tikzpicture}[font=${FONT}]`,
    '\\begin{axis}[',
    ...[
      `width=${Math.max(LEAST_IN, WIDTHS[width] - besideIn).toFixed(2)}in`,
      `height=${heightIn.toFixed(2)}in`,
      'legend cell align=left',
      `legend style={${legend}}`,
      'tick align=outside',
      'tick pos=left',
      `grid style={draw=${texColour(GRID)}, line width=.4pt}`,
      'axis line style={line width=.5pt}',
      'scaled ticks=false',
      ...options,
    ].map((option) => `  ${option},`),
    ']',
    ...content,
    ...(keys.length < 2
      ? []
      : keys.flatMap(({ look, label }) => [`\\addlegendimage{${look}}`, `\\addlegendentry{${tex(label)}}`])),
    '\\end{axis}',
    '\\end{tikzpicture}',
  ];
}

/** `xtick={0,1}, xticklabels={{a},{b}}`, for either axis. */
export function texTicks(axis: 'x' | 'y', ticks: readonly { at: number; label: string }[]): string[] {
  return [
    `${axis}tick={${ticks.map(({ at }) => at).join(',')}}`,
    `${axis}ticklabels={${ticks.map(({ label }) => `{${tex(label)}}`).join(',')}}`,
  ];
}

/** How the data file is read. */
export const TEX_DATA = ['table/col sep=comma', 'table/comment chars={\\#}'];

/** A number as pgf reads it. */
export function texNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
