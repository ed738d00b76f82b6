/** Sorting by a click on a column's name, and searching, in the long table of the page. */
import { giveTabStop } from './grid.ts';

export function makeSortable(): void {
  const table = document.querySelector<HTMLTableElement>('table.sortable');
  const body = table?.tBodies[0];
  if (table === null || body === undefined) return;
  const heads = [...table.tHead!.rows[0]!.cells];
  for (const [column, head] of heads.entries()) {
    head.querySelector('button')?.addEventListener('click', () => {
      const numbers = head.classList.contains('n');
      // Large numbers first: they are what one looks for.
      const first = numbers ? 'descending' : 'ascending';
      const second = numbers ? 'ascending' : 'descending';
      const order = head.getAttribute('aria-sort') === first ? second : first;
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', order);
      sortRows(body, column, numbers, order === 'ascending' ? 1 : -1);
    });
  }
  makeSearchable(body);
}

function sortRows(body: HTMLTableSectionElement, column: number, numbers: boolean, sign: 1 | -1): void {
  const collator = new Intl.Collator('en', { numeric: true });
  const rows = [...body.rows].map((row) => {
    const cell = row.cells[column]!;
    const { v } = cell.dataset;
    const text = cell.textContent ?? '';
    return { row, text, value: numberOf(v ?? text) };
  });
  rows.sort((a, b) => {
    if (!numbers) return sign * collator.compare(a.text, b.text);
    // What has no number stands at the end, whatever the order.
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return sign * (a.value - b.value);
  });
  body.append(...rows.map(({ row }) => row));
}

/** Null for what is none, such as `–`. */
function numberOf(text: string): number | null {
  const value = Number(text.replaceAll(',', ''));
  return text === '' || Number.isNaN(value) ? null : value;
}

/** Rows that have each of the words somewhere. */
function makeSearchable(body: HTMLTableSectionElement): void {
  const search = document.getElementById('search') as HTMLInputElement;
  const found = document.getElementById('found')!;
  const rows = [...body.rows].map((row) => ({ row, text: (row.textContent ?? '').toLowerCase() }));

  function filter(): void {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    const noun = rows.length === 1 ? found.dataset.one : found.dataset.more;
    const all = `${rows.length.toLocaleString('en-US')} ${noun ?? ''}`;
    found.textContent = words.length === 0 ? all : `${shown.toLocaleString('en-US')} of ${all}`;
    keepTabStop(body);
  }

  search.addEventListener('input', filter);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    search.value = '';
    filter();
  });
}

/** The cell that Tab comes to must be one that is shown. */
function keepTabStop(body: HTMLTableSectionElement): void {
  const now = body.querySelector<HTMLElement>('[tabindex="0"]');
  if (now !== null && now.closest('tr')?.hidden === false) return;
  now?.setAttribute('tabindex', '-1');
  const first = [...body.rows].find((row) => !row.hidden)?.cells[0];
  if (first !== undefined) giveTabStop(first);
}
