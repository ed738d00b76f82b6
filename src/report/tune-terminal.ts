/** A tuning record as plain text for a terminal: the advice first, then the front, how sure it is, what it rests on. */
import type { TunePart, TuneRecord } from '../replay/tune-result.ts';
import { duration, fixed, printable } from './format.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';
import { count, renderTable, wrap } from './text-table.ts';

import { ASPECTS, against, NO_BREAK_SPACE, nameOf, shownFront } from './tune-shown.ts';

const INDENT = '  ';

export function renderTune(record: TuneRecord, look: TextLook = PLAIN): string {
  const parts = [
    styled('strong', wrap(adviceSentence(record), '', look), look),
    ...commandLines(record, look),
    ...frontLines(record, look),
    ...partLines(record, look),
    styled('faint', listOf('Rules', record.rules, look), look),
    styled('faint', listOf('Assumed', record.assumptions, look), look),
  ];
  return `${parts.join('\n\n')}\n`.replaceAll(NO_BREAK_SPACE, ' ');
}

/** What to do, what it buys and costs, and whether it holds. */
export function adviceSentence(record: TuneRecord): string {
  const { capture, settings, verdict, parts, options } = record;
  const where = `${printable(capture.name)} on ${options.nic?.preset ?? 'this NIC'}`;
  const [base] = settings;
  const knee = verdict.knee === null ? undefined : settings[verdict.knee];
  if (base === undefined || knee === undefined) {
    return `${where}: nothing can be said, because no TCP data reached the receiver, or every setting drops packets: see the warnings.`;
  }
  const agreeing = parts.filter(({ agrees }) => agrees).length;
  const sure =
    parts.length < 2
      ? ''
      : agreeing === parts.length
        ? ` That holds in each of its ${parts.length} parts in time.`
        : ` That holds in ${agreeing} of its ${parts.length} parts in time only.`;
  const { dropped, droppedShare } = base.whole;
  const drops =
    dropped === 0
      ? ''
      : ` The default drops ${count(dropped, 'packet')}, ${(100 * droppedShare).toFixed(1)}${NO_BREAK_SPACE}%.`;
  const now = against(base.whole, base.whole).replaceAll(` (+0.0${NO_BREAK_SPACE}%)`, '');
  if (verdict.advice === null) {
    const instead =
      knee === base
        ? 'the default is the knee'
        : `the knee, ${nameOf(knee)}, gives ${against(base.whole, knee.whole)}`;
    return `${where}: nothing is worth changing. The default gives ${now}; ${instead}.${drops}${sure}`;
  }
  return `${where}: use ${nameOf(knee)}. It gives ${against(base.whole, knee.whole)}, where the default gives ${now}.${drops}${sure}`;
}

function commandLines({ settings, verdict }: TuneRecord, look: TextLook): string[] {
  if (verdict.advice === null) return [];
  return [
    [styled('heading', 'Run', look), ...settings[verdict.advice]!.commands.map((line) => INDENT + line)].join(
      '\n',
    ),
  ];
}

function frontLines(record: TuneRecord, look: TextLook): string[] {
  const [base] = record.settings;
  const front = shownFront(record);
  if (base === undefined || front.length === 0) return [];
  const knee = record.verdict.knee === null ? undefined : record.settings[record.verdict.knee];
  const blocks = front.map((setting) => {
    const marks = [...(setting === knee ? ['the knee'] : []), ...(setting === base ? ['the default'] : [])];
    const head = `${nameOf(setting)}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}: ${against(base.whole, setting.whole)}`;
    return [wrap(head, INDENT, look), ...setting.commands.map((line) => `${INDENT}${INDENT}${line}`)].join(
      '\n',
    );
  });
  const all = record.settings.filter(({ onFront }) => onFront).length;
  const title = `The front, ${all} of ${record.settings.length} settings; ${front.length} shown, in the order of latency, changes against the default`;
  return [[styled('heading', wrap(title, '', look), look), ...blocks].join('\n')];
}

function partLines(record: TuneRecord, look: TextLook): string[] {
  const { parts, settings, verdict } = record;
  if (parts.length < 2 || verdict.knee === null) return [];
  const knee = settings[verdict.knee]!;
  const [base] = settings;
  const rows = parts.map((part, index) => [
    spanOf(part),
    ...ASPECTS.map(({ of, decimals }) => {
      const pair = [base!.parts[index]!, knee.parts[index]!].map((one) => fixed(of(one), decimals, '-'));
      return pair.join(' → ');
    }),
    part.agrees ? 'yes' : 'no',
    ownKnee(record, part),
  ]);
  return [
    renderTable(
      {
        header: ['Part (default → knee)', ...ASPECTS.map(({ name }) => name), 'holds', 'its own knee'],
        rows,
      },
      look,
    ),
  ];
}

function spanOf({ fromNs, toNs }: TunePart): string {
  return `${fromNs === 0 ? 'start' : duration(fromNs)} to ${duration(toNs)}`;
}

function ownKnee({ settings, verdict }: TuneRecord, part: TunePart): string {
  const { knee } = part.verdict;
  if (knee === null) return '-';
  return knee === verdict.knee ? 'the same' : nameOf(settings[knee]!);
}

function listOf(title: string, lines: readonly string[], look: TextLook): string {
  return [title, ...lines.map((line) => wrap(printable(line), INDENT, look))].join('\n');
}
