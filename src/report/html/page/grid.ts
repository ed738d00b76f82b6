/** Tables by keyboard, as the ARIA grid pattern has it: one tab stop each, arrow keys from cell to cell. */

export function makeGrids(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.data')) makeGrid(table);
}

function makeGrid(table: HTMLTableElement): void {
  table.setAttribute('role', 'grid');
  for (const link of table.querySelectorAll('a')) link.setAttribute('tabindex', '-1');
  const first = table.tBodies[0]?.rows[0]?.cells[0];
  if (first !== undefined) giveTabStop(first);

  table.addEventListener('keydown', (event) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>('th, td');
    if (cell === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = neighbour(table, cell, event.key);
    if (next === undefined) return;
    event.preventDefault();
    focus(table, next);
  });
  table.addEventListener('click', (event) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>('th, td');
    if (cell !== null && cell.querySelector('button') === null) focus(table, cell);
  });
}

function neighbour(
  table: HTMLTableElement,
  cell: HTMLTableCellElement,
  key: string,
): HTMLTableCellElement | undefined {
  const rows = [...table.rows].filter((row) => !row.hidden);
  const row = cell.parentElement as HTMLTableRowElement;
  const at = rows.indexOf(row);
  const { cellIndex } = cell;
  switch (key) {
    case 'ArrowRight':
      return row.cells[cellIndex + 1];
    case 'ArrowLeft':
      return row.cells[cellIndex - 1];
    case 'ArrowDown':
      return rows[at + 1]?.cells[cellIndex];
    case 'ArrowUp':
      return rows[at - 1]?.cells[cellIndex];
    case 'Home':
      return row.cells[0];
    case 'End':
      return row.cells[row.cells.length - 1];
    default:
      return undefined;
  }
}

function focus(table: HTMLTableElement, cell: HTMLTableCellElement): void {
  // A sort button is a tab stop of its own.
  const button = cell.querySelector('button');
  if (button !== null) {
    button.focus();
    return;
  }
  for (const old of table.querySelectorAll('[tabindex="0"]')) old.setAttribute('tabindex', '-1');
  giveTabStop(cell).focus();
}

/** A link stands for its cell. */
export function giveTabStop(cell: HTMLTableCellElement): HTMLElement {
  const stop = cell.querySelector<HTMLElement>('a') ?? cell;
  stop.setAttribute('tabindex', '0');
  return stop;
}
