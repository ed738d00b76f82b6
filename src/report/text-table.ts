/** Tables and paragraphs as text of a given width. */
import { grouped } from './format.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';

const COLUMN_GAP = '   ';
export const INDENT = '  ';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** First column to the left, numbers to the right. Columns that do not fit stand below, after the first one again. */
export function renderTable({ header, rows }: Table, look: TextLook = PLAIN): string {
  const body = rows.map(([name = '', ...cells]) => [`${INDENT}${name}`, ...cells]);
  const lines = [header, ...body];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return columnGroups(widths, look.width)
    .map((columns) =>
      lines
        .map((line, at) => {
          const text = columns
            .map((column) =>
              column === 0
                ? (line[column] ?? '').padEnd(widths[0] ?? 0)
                : (line[column] ?? '').padStart(widths[column] ?? 0),
            )
            .join(COLUMN_GAP)
            .trimEnd();
          return at === 0 ? styled('heading', text, look) : text;
        })
        .join('\n'),
    )
    .join('\n');
}

/** Columns that fit beside each other, the first column in each group. */
function columnGroups(widths: readonly number[], width: number): number[][] {
  const first = widths[0] ?? 0;
  const groups: number[][] = [[0]];
  let used = first;
  for (const [column, own] of widths.entries()) {
    if (column === 0) continue;
    const needed = COLUMN_GAP.length + own;
    if (used + needed > width && groups.at(-1)!.length > 1) {
      groups.push([0]);
      used = first;
    }
    groups.at(-1)!.push(column);
    used += needed;
  }
  return groups;
}

/** Breaks `text` at spaces into lines that fit; the second and later lines are indented further. */
export function wrap(text: string, indent: string, { width }: TextLook = PLAIN): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const empty = line.trim() === '';
    if (!empty && line.length + 1 + word.length > width) {
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
