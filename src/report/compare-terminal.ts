/** A comparison as text for a terminal: the sentence, what differs before the results, the quantities, the notes. */
import type { CompareRecord, Comparison } from './compare-record.ts';
import { fixed, printable } from './format.ts';
import type { Interval } from './jackknife.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';
import { INDENT, renderTable, wrap } from './text-table.ts';

/** What the sentence tells. */
const TOLD = ['lro-rate', 'domain0', 'throughput', 'goodput'];

export function renderComparison(record: CompareRecord, look: TextLook = PLAIN): string {
  const parts = [
    styled('strong', wrap(printable(comparisonSentence(record)), '', look), look),
    ...settingsPart(record, look),
    ...quantityParts(record, look),
    styled('faint', record.notes.map((note) => wrap(printable(note), '', look)).join('\n'), look),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function comparisonSentence({ a, b, quantities }: CompareRecord): string {
  const head = `${b.source} (B) against ${a.source} (A)`;
  const changed = quantities.filter(({ difference }) => difference !== 0);
  if (changed.length === 0) return `${head}: no quantity differs.`;
  const merging = quantities.find(({ id, difference }) => id === 'lro-rate' && (difference ?? 0) !== 0);
  const of = merging?.configuration ?? 'Xen';
  const told = TOLD.flatMap((id) =>
    changed.filter(
      (row) => row.id === id && [of, null].includes(row.configuration) && row.difference !== null,
    ),
  );
  if (told.length === 0) return `${head}: ${changed.length} quantities differ.`;
  const clauses = told.map(({ name, unit, decimals, configuration, a: ofA, b: ofB, ...row }) => {
    const values = [ofA, ofB].map(({ value }) => fixed(value, decimals, '-')).join(' → ');
    const where = configuration === null ? '' : ` of ${configuration}`;
    return `${name}${where} ${values}${unit === null ? '' : ` ${unit}`} (${changeOf(row)})`;
  });
  return `${head}: ${clauses.join('; ')}.`;
}

/** `+2.4 %, beyond its variation`. */
function changeOf(row: Pick<Comparison, 'relativeDifference' | 'differenceInterval'>): string {
  const change = relative(row.relativeDifference);
  const clear = isClear(row.differenceInterval);
  return clear === null ? change : `${change}, ${clear ? 'beyond' : 'within'} its variation`;
}

/** Whether the interval leaves 0 out; null without one. */
export function isClear(interval: Interval | null): boolean | null {
  return interval === null ? null : interval.low > 0 || interval.high < 0;
}

function settingsPart({ settings, a, b }: CompareRecord, look: TextLook): string[] {
  if (settings.length === 0) {
    return [a.source === b.source ? 'A and B are the same.' : 'Capture, options and version are the same.'];
  }
  const lines = settings.map((row) => wrap(printable(`${row.name}: ${row.a} → ${row.b}`), INDENT, look));
  return [[styled('heading', 'What differs, A → B', look), ...lines].join('\n')];
}

function quantityParts({ quantities }: CompareRecord, look: TextLook): string[] {
  const configurations = [...new Set(quantities.map(({ configuration }) => configuration))];
  return configurations.map((configuration) => {
    const of = quantities.filter((row) => row.configuration === configuration);
    if (of.every(({ difference }) => difference === 0)) {
      return `${styled('heading', configuration ?? 'Capture', look)}: no difference.`;
    }
    const rows = of.filter(({ a, b }) => a.value !== 0 || b.value !== 0);
    return renderTable(
      {
        header: [configuration ?? 'Capture', 'A', 'B', 'B - A', 'change', '95 % of B - A', ''],
        rows: rows.map((row) => [
          row.unit === null ? row.name : `${row.name} (${row.unit})`,
          fixed(row.a.value, row.decimals, '-'),
          fixed(row.b.value, row.decimals, '-'),
          signed(row.difference, row.decimals),
          relative(row.relativeDifference),
          intervalText(row.differenceInterval, row.decimals),
          isClear(row.differenceInterval) === true ? '*' : '',
        ]),
      },
      look,
    );
  });
}

function signed(value: number | null, decimals: number): string {
  const text = fixed(value, decimals, '-');
  return value === null || text.startsWith('-') ? text : `+${text}`;
}

function relative(share: number | null): string {
  return share === null ? '-' : `${signed(100 * share, 1)} %`;
}

function intervalText(interval: Interval | null, decimals: number): string {
  return interval === null ? '' : `${signed(interval.low, decimals)} … ${signed(interval.high, decimals)}`;
}
