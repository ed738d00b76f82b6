/** The result for people: the answer in a sentence, then the study's three tables, then what they assume. */
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';

const WIDTH = 96;

/** Plain text with a final newline. Absent values print as `-`. */
export function renderTables(record: ResultRecord): string {
  const { configurations } = record;
  const captured = decimals(record.throughput.capturedGoodputMbps);
  const sections = [
    headline(record),
    renderTable(
      'Throughput (goodput, Mbit/s)',
      ['Config', 'predicted', 'captured'],
      configurations.map((one) => [one.name, decimals(one.predictedThroughputMbps), captured]),
    ),
    renderTable(
      'LRO rate (packets)',
      ['Config', 'per skb', 'aggregated/flushed', 'skbs with data', 'polls'],
      configurations.map((one) => [
        one.name,
        decimals(one.lroRate),
        decimals(one.aggregatedPerFlushed),
        whole(one.counters.dataSkbs),
        whole(one.counters.polls),
      ]),
    ),
    renderTable(
      'CPU (cycles per byte)',
      ['Config', 'Domain0', 'DomainU', 'unexplained'],
      configurations.map((one) => [
        one.name,
        decimals(one.domain0.cyclesPerByte),
        decimals(one.domainU.cyclesPerByte),
        decimals(one.unexplainedDomainUCyclesPerByte),
      ]),
    ),
    ...latencyTable(configurations),
    notes(record),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Nothing where no configuration has a clock. */
function latencyTable(configurations: readonly ConfigurationResult[]): string[] {
  if (configurations.every((one) => one.latency === null)) return [];
  const us = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(1));
  const rows = configurations.map(({ name, latency }) => [
    name,
    us(latency?.meanUs),
    us(latency?.p50Us),
    us(latency?.p99Us),
    us(latency?.maxUs),
  ]);
  const title = 'Held from arrival to delivery (µs)';
  return [renderTable(title, ['Config', 'mean', 'p50', 'p99', 'max'], rows)];
}

function decimals(value: number | null): string {
  return value === null ? '-' : value.toFixed(2);
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}

function headline(record: ResultRecord): string {
  const { capture, receiver } = record;
  const merged = record.configurations.find((one) => one.name === 'LRO') ?? record.configurations[0];
  const host = receiver.address === null ? '' : ` (${receiver.address})`;
  const what = `${capture.name}: ${whole(receiver.packets)} of ${whole(capture.packets)} packets reached the receiver${host}, ${whole(receiver.dataPackets)} of them with data.`;
  const answer =
    merged === undefined || merged.lroRate === null
      ? 'There is nothing that LRO could merge.'
      : `LRO would merge ${merged.lroRate.toFixed(2)} packets per skb; ${commonest(merged)}.`;
  return wrap(`${what} ${answer}`);
}

/** What ends most merges, by share of the skbs delivered. */
function commonest(one: ConfigurationResult): string {
  const top = one.reasons.reduce((best, row) => (row.skbs > best.skbs ? row : best));
  const share = Math.round((100 * top.skbs) / one.counters.delivered);
  return `${share} % of the skbs are delivered because of ${top.reason}`;
}

function notes(record: ResultRecord): string {
  const lines = [
    `Polls (assumed): ${record.options.poll} - ${record.options.pollDescription}.`,
    ...paceLines(record),
    `Throughput law: ${record.lawFormula}.`,
    `Cost profile ${record.options.profile}, receive mode ${record.options.receiveMode}: ${record.profileNote}`,
    'Unexplained: what the study measured in the guest of Optimized beyond every counted mechanism; not in DomainU.',
  ];
  return lines.map((line) => wrap(line, '  ')).join('\n');
}

function paceLines({ configurations }: ResultRecord): string[] {
  return configurations.flatMap(({ name, pace }) => {
    if (pace === null) return [];
    const outcome =
      pace.converged === null
        ? 'as asked for'
        : pace.converged
          ? `equal to the prediction within 0.1 % after ${pace.passes} passes`
          : `NOT equal to the prediction after ${pace.passes} passes`;
    return [`Pace of ${name}: offered at ${pace.offeredMbps.toFixed(2)} Mbit/s, ${outcome}.`];
  });
}

function renderTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [title, line(header), rule, ...rows.map(line)].join('\n');
}

/** Breaks at spaces; lines after the first are indented. */
function wrap(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join('\n');
}
