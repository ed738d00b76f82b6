/** Text and data made safe for a page. Everything that comes from a capture goes through here. */
import { printable } from '../format.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For elements and for attributes in quotes. Control characters and those that turn text around are replaced. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** JSON that cannot end the script element it stands in, nor open a comment there. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a column holds. */
export interface Column {
  readonly label: string;
  /** Written under the label. */
  readonly unit: string | null;
  /** Key of the definition; null where the cells have their own, or need none. */
  readonly term: string | null;
  readonly kind: 'text' | 'number';
}

export interface Cell {
  readonly text: string;
  /** In full, for the definition and for sorting. */
  readonly value: number | null;
  /** Key of the definition, where it is not that of the column. */
  readonly term?: string;
  /** Where a click leads. */
  readonly href?: string;
  /** 0 to 1: a bar behind the number. */
  readonly share?: number;
}

export interface HtmlTable {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell names its row. */
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that sorting and searching leave at the end. */
  readonly closing?: readonly (readonly Cell[])[];
  readonly sortable?: boolean;
  /** For many rows: cells do not repeat the definition of their column, nor their number in full. */
  readonly brief?: boolean;
}

export function textCell(text: string, term?: string): Cell {
  return { text, value: null, ...(term === undefined ? {} : { term }) };
}

export function tableHtml(table: HtmlTable): string {
  const { caption, columns, rows, closing = [], sortable = false, brief = false } = table;
  const head = columns.map((column) => headHtml(column, sortable)).join('');
  const body = (some: readonly (readonly Cell[])[]): string =>
    some
      .map(
        (cells) => `<tr>${cells.map((cell, i) => cellHtml(cell, columns[i]!, i === 0, brief)).join('')}</tr>`,
      )
      .join('\n');
  const foot = closing.length === 0 ? '' : `<tfoot>${body(closing)}</tfoot>`;
  const kind = `data${sortable ? ' sortable' : ''}${brief ? ' brief' : ''}`;
  return `<div class="scroll"><table class="${kind}">
<caption>${escapeHtml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>${body(rows)}</tbody>${foot}
</table></div>`;
}

function headHtml({ label, unit, term, kind }: Column, sortable: boolean): string {
  const unitText = unit === null ? '' : ` <small>${escapeHtml(unit)}</small>`;
  const text = `<span>${escapeHtml(label)}</span>${unitText}`;
  const inner = sortable ? `<button type="button">${text}</button>` : text;
  return `<th scope="col"${kind === 'number' ? ' class="n"' : ''}${termAttribute(term)}>${inner}</th>`;
}

function cellHtml(cell: Cell, column: Column, isName: boolean, brief: boolean): string {
  const { text, value, term, href, share } = cell;
  const bar = share === undefined ? '' : barHtml(share);
  const written = escapeHtml(text);
  const inner = `${bar}${href === undefined ? written : `<a href="${escapeHtml(href)}">${written}</a>`}`;
  const more = brief
    ? termAttribute(term ?? null)
    : `${termAttribute(term ?? column.term)}${value === null ? '' : ` data-v="${value}"`}`;
  const attributes = `${column.kind === 'number' ? ' class="n"' : ''}${more}`;
  return isName ? `<th scope="row"${attributes}>${inner}</th>` : `<td${attributes}>${inner}</td>`;
}

function termAttribute(term: string | null): string {
  return term === null ? '' : ` data-t="${escapeHtml(term)}"`;
}

function barHtml(share: number): string {
  const width = (100 * share).toFixed(1);
  return `<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="1"/></svg>`;
}
