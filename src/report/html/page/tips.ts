/** The number in full, its unit and its definition, at whatever is pointed at or has the focus. */
import type { Term } from '../terms.ts';

const GAP = 8;

export function showTips(terms: Readonly<Record<string, Term>>): void {
  const tip = document.getElementById('tip')!;
  let shownFor: Element | null = null;
  let shownAt: Element | null = null;

  function hide(): void {
    tip.hidden = true;
    shownFor?.removeAttribute('aria-describedby');
    shownFor = null;
    shownAt = null;
  }

  function show(target: EventTarget | null): void {
    const cell = target instanceof Element ? definedCell(target) : null;
    const term = cell === null ? undefined : terms[termOf(cell) ?? ''];
    if (cell === null || term === undefined) {
      hide();
      return;
    }
    if (cell === shownAt) return;
    hide();
    const described =
      document.activeElement !== null && cell.contains(document.activeElement)
        ? document.activeElement
        : cell;
    tip.replaceChildren(...content(cell, term));
    tip.hidden = false;
    place(tip, cell.getBoundingClientRect());
    described.setAttribute('aria-describedby', tip.id);
    shownFor = described;
    shownAt = cell;
  }

  document.addEventListener('pointerover', (event) => show(event.target));
  document.addEventListener('focusin', (event) => show(event.target));
  document.addEventListener('focusout', hide);
  // The focus scrolls, too.
  const follow = (): void => {
    const at = shownAt?.getBoundingClientRect();
    if (at === undefined) return;
    if (at.bottom < 0 || at.top > window.innerHeight) hide();
    else place(tip, at);
  };
  document.addEventListener('scroll', follow, { capture: true, passive: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
  });
}

/** What has a definition: by itself, or in a brief table by its column. */
function definedCell(target: Element): HTMLElement | null {
  return target.closest<HTMLElement>('[data-t]') ?? target.closest<HTMLElement>('.brief td');
}

function termOf(cell: HTMLElement): string | undefined {
  if (cell.dataset.t !== undefined) return cell.dataset.t;
  const { cellIndex } = cell as HTMLTableCellElement;
  return cell.closest('table')?.tHead?.rows[0]?.cells[cellIndex]?.dataset.t;
}

function content(cell: HTMLElement, { name, unit, definition }: Term): HTMLElement[] {
  const { v } = cell.dataset;
  const text = cell.textContent ?? '';
  const full =
    v !== undefined ? inFull(Number(v)) : /\d/.test(text) && cell.matches('.brief td.n') ? text : undefined;
  const unitText = unit === null ? '' : ` ${unit}`;
  const lines = [
    {
      className: 'value',
      text:
        full === undefined ? `${name}${unit === null ? '' : ` (${unit})`}` : `${name}: ${full}${unitText}`,
    },
    { className: 'definition', text: definition },
  ];
  return lines.map(({ className, text }) =>
    Object.assign(document.createElement('p'), { className, textContent: text }),
  );
}

/** More digits than the table has, none that mean nothing. */
function inFull(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(7)));
}

/** Under the cell, or over it where there is no room; inside the window. */
function place(tip: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const { innerWidth, innerHeight } = window;
  const left = Math.min(Math.max(GAP, at.right - width), innerWidth - width - GAP);
  const below = at.bottom + GAP;
  const top = below + height > innerHeight ? Math.max(GAP, at.top - height - GAP) : below;
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}
