/** A figure for LaTeX: the plot, which reads the data file beside it, and the same numbers as a table. */

import type { Figure } from './figure.ts';
import { dataFileName } from './figure-data.ts';
import { type FigureOrigin, originRows } from './figure-origin.ts';
import { grouped } from './format.ts';
import type { ChartWidth } from './format-names.ts';
import { tex, texComment } from './tex-escape.ts';
import { pgfplot } from './tex-plot.ts';
import { booktabs, tableOf } from './tex-table.ts';

/** What a document needs before it can \input the file. */
export const TEX_PREAMBLE = [
  '\\usepackage{booktabs}',
  '\\usepackage{pgfplots}',
  '\\pgfplotsset{compat=1.16}',
  '\\usetikzlibrary{patterns}',
];

/** To be \input: a figure and a table. */
export function texFigure(figure: Figure, width: ChartWidth, origin: FigureOrigin): string {
  const { name, title } = figure.spec;
  const star = width === 'page' ? '*' : '';
  const table = tableOf(figure);
  const tableStar = width === 'page' || table.header.length > 6 ? '*' : '';
  return `${[
    texComment(title),
    ...originRows(origin).map(([key, value]) => texComment(`${key}: ${value}`)),
    texComment(
      `Reads ${dataFileName(figure)}; \\newcommand{\\analyzepath}{FOLDER/} says where that is. Preamble:`,
    ),
    ...TEX_PREAMBLE.map(texComment),
    '\\providecommand{\\analyzepath}{}',
    `\\begin{figure${star}}`,
    '\\centering',
    ...pgfplot(figure, width),
    `\\caption{${caption(title, origin)}}`,
    `\\label{fig:${name}}`,
    `\\end{figure${star}}`,
    ...texTableFloat(table, caption(title, origin), `tab:${name}`, tableStar),
  ].join('\n')}\n`;
}

export function texTableFloat(
  table: Parameters<typeof booktabs>[0],
  captionTex: string,
  label: string,
  star: '' | '*',
): string[] {
  return [
    `\\begin{table${star}}`,
    '\\centering',
    '\\footnotesize',
    `\\caption{${captionTex}}`,
    `\\label{${label}}`,
    '\\smallskip',
    '\\renewcommand{\\arraystretch}{1.15}',
    ...booktabs(table),
    `\\end{table${star}}`,
  ];
}

/** Title, capture, settings, version; as TeX. */
function caption(title: string, origin: FigureOrigin): string {
  const [capture] = origin.inputs;
  const sha256 = capture?.sha256 ?? null;
  const hash = sha256 === null ? '' : `, SHA-256 ${sha256.slice(0, 12)}\\dots`;
  const settings =
    origin.settings === ''
      ? 'default settings'
      : `settings \\texttt{${tex(origin.settings).replaceAll(',', ',\\allowbreak ')}}`;
  return (
    `${tex(title)}. Capture \\texttt{${tex(capture?.name ?? '')}} ` +
    `(${grouped(origin.packets ?? 0)} packets${hash}), ${settings}, ${tex(origin.tool)}.`
  );
}
