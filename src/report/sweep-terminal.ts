/** A sweep as plain text for a terminal: what it shows in sentences, then a table with a row for each point. */
import type { ConfigurationResult } from '../replay/result.ts';
import type { SweepPoint, SweepRecord } from '../replay/sweep-result.ts';
import { fixed, printable } from './format.ts';
import { type Quantity, quantityOf } from './quantities.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';
import { count, renderTable, wrap } from './text-table.ts';

/** What the sentences are about, in their words. */
const TOLD: readonly (readonly [string, string])[] = [
  ['lro-rate', 'LRO rate'],
  ['domain0', 'cycles per byte of Domain0'],
  ['latency-p99', 'p99 of the time that packets are held (µs)'],
];

const COLUMNS: readonly (readonly [string, string])[] = [
  ['lro-rate', 'LRO rate'],
  ['throughput', 'Mbps'],
  ['domain0', 'Domain0 c/B'],
  ['domainU', 'DomainU c/B'],
  ['latency-mean', 'held mean µs'],
  ['latency-p99', 'p99 µs'],
  ['interrupts', 'interrupts'],
  ['dropped', 'dropped'],
];

export function renderSweep(record: SweepRecord, look: TextLook = PLAIN): string {
  const { parameters, points } = record;
  const columns = COLUMNS.map(([id, title]) => ({ quantity: quantityOf(id), title })).filter(({ quantity }) =>
    points.some(({ configurations }) => configurations.some((one) => (quantity.of(one) ?? 0) !== 0)),
  );
  const table = renderTable(
    {
      header: [...parameters.map(({ name }) => name), 'configuration', ...columns.map(({ title }) => title)],
      rows: points.flatMap(({ values, configurations }) =>
        configurations.map((one) => [
          ...values.map(printable),
          one.name,
          ...columns.map(({ quantity: { of, decimals } }) => fixed(of(one), Math.min(decimals, 2), '-')),
        ]),
      ),
    },
    look,
  );
  return `${[...sentences(record, look), table].join('\n\n')}\n`;
}

function sentences(record: SweepRecord, look: TextLook): string[] {
  const { capture, parameters, points } = record;
  const over = parameters
    .map(({ name, values }) =>
      values.length === 1 ? `${name} ${values[0]}` : `${name} from ${values[0]} to ${values.at(-1)}`,
    )
    .map(printable)
    .join(' and ');
  const part = record.complete ? '' : ', INTERRUPTED';
  const opening = `${printable(capture.name)}, ${count(capture.packets, 'packet')} at ${count(points.length, 'point')}${part}: ${over}.`;
  const told =
    points[0]?.configurations.find(({ engine }) => engine !== 'none') ?? points[0]?.configurations[0];
  if (told === undefined) return [opening];
  const lines = TOLD.map(([id, what]) => rangeOf(record, told.name, quantityOf(id), what));
  const text = [opening, ...lines.filter((line) => line !== null)]
    .map((line) => wrap(line, '', look))
    .join('\n');
  return [styled('strong', text, look)];
}

/** Where the quantity is lowest and highest; null where there is none of it. */
function rangeOf(
  { parameters, points }: SweepRecord,
  name: ConfigurationResult['name'],
  { of, decimals }: Quantity,
  what: string,
): string | null {
  const found = points.flatMap((point) => {
    const one = point.configurations.find((configuration) => configuration.name === name);
    const value = one === undefined ? null : of(one);
    return value === null ? [] : [{ value, point }];
  });
  const [first] = found;
  if (first === undefined) return null;
  const low = found.reduce((best, next) => (next.value < best.value ? next : best), first);
  const high = found.reduce((best, next) => (next.value > best.value ? next : best), first);
  const number = (value: number): string => fixed(value, Math.min(decimals, 2), '');
  if (number(low.value) === number(high.value))
    return `The ${what} of ${name} stays at ${number(low.value)}.`;
  const at = ({ values }: SweepPoint): string =>
    parameters.map((parameter, index) => `${parameter.name} ${values[index]}`).join(', ');
  return printable(
    `The ${what} of ${name} goes from ${number(low.value)} (${at(low.point)}) to ${number(high.value)} (${at(high.point)}).`,
  );
}
