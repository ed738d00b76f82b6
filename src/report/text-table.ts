/** Tables and paragraphs as plain text. No colour and no dependence on the terminal's width. */
import { grouped } from './format.ts';

const TEXT_WIDTH = 100;
const COLUMN_GAP = '   ';
export const INDENT = '  ';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** First column to the left, numbers to the right. */
export function renderTable({ header, rows }: Table): string {
  const body = rows.map(([name = '', ...cells]) => [`${INDENT}${name}`, ...cells]);
  const lines = [header, ...body];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
        )
        .join(COLUMN_GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Breaks `text` at spaces into lines of at most TEXT_WIDTH; the second and later lines are indented further. */
export function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const empty = line.trim() === '';
    if (!empty && line.length + 1 + word.length > TEXT_WIDTH) {
      lines.push(line);
      line = indent === '' ? word : `${indent}${INDENT}${word}`;
    } else {
      line = empty ? `${line}${word}` : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

export function count(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}
