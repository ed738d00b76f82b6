/** Tables of text cells, for a terminal and for a Markdown page. */

export interface Table {
  readonly head: readonly string[];
  /** `right` for numbers; one a column. */
  readonly align: readonly ('left' | 'right')[];
  readonly rows: readonly (readonly string[])[];
}

export function fixedWidth(table: Table): string {
  const widths = columnWidths(table);
  const rule = widths.map((width) => '-'.repeat(width));
  return [table.head, rule, ...table.rows]
    .map((row) => padded(row, widths, table.align).join('  ').trimEnd())
    .join('\n');
}

export function markdown(table: Table): string {
  const widths = columnWidths(table);
  const rule = widths.map((width, i) =>
    table.align[i] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [table.head, rule, ...table.rows]
    .map((row) => `| ${padded(row, widths, table.align).join(' | ')} |`)
    .join('\n');
}

function columnWidths(table: Table): number[] {
  return table.head.map((title, i) =>
    Math.max(3, title.length, ...table.rows.map((row) => row[i]?.length ?? 0)),
  );
}

function padded(row: readonly string[], widths: readonly number[], align: Table['align']): string[] {
  return widths.map((width, i) => {
    const cell = row[i] ?? '';
    return align[i] === 'right' ? cell.padStart(width) : cell.padEnd(width);
  });
}
