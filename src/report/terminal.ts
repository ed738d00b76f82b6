/**
 * The result record as text for a terminal: one sentence, the three tables, the assumptions behind them.
 */
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';
import { duration, fixed, grouped, percentChange, printable, wholePercent } from './format.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';
import { count, INDENT, renderTable, type Table, wrap } from './text-table.ts';

export function renderTables(record: ResultRecord, look: TextLook = PLAIN): string {
  const parts = [
    styled('strong', wrap(openingSentence(record), '', look), look),
    renderTable(throughputTable(record), look),
    renderTable(lroRateTable(record.configurations), look),
    renderTable(cyclesTable(record.configurations), look),
    ...latencyTable(record.configurations).map((table) => renderTable(table, look)),
    styled('faint', assumptions(record, look), look),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What the capture is, and what LRO would do to it. */
export function openingSentence(record: ResultRecord): string {
  const { capture, receiver, throughput } = record;
  const name = printable(capture.name);
  if (capture.packets === 0) return `${name} holds no packets.`;

  const size = `${count(capture.packets, 'packet')}${capture.durationNs === null ? '' : ` in ${duration(capture.durationNs)}`}`;
  if (receiver.dataPackets === 0) {
    return `${name} holds ${size}, but no TCP data that a receiver got: there is nothing for LRO to merge.`;
  }
  const goodput =
    throughput.capturedGoodputMbps === null
      ? ''
      : ` with a goodput of ${fixed(throughput.capturedGoodputMbps, 2, '')} Mbps`;
  const what = `${name} holds ${size}, ${grouped(receiver.dataPackets)} of them TCP data ${towards(record)}${goodput}`;
  return `${what}; ${effectOfLro(record)}.`;
}

function towards({ receiver }: ResultRecord): string {
  if (receiver.mode === 'all') return 'in either direction';
  return receiver.address === null ? 'received by the capturing host' : `to ${printable(receiver.address)}`;
}

function effectOfLro({ configurations }: ResultRecord): string {
  const before = configurations.find((row) => row.name === 'Xen');
  const after = configurations.find((row) => row.name === 'LRO');
  if (after === undefined || after.lroRate === null) return 'what LRO would do to it cannot be said';
  const rate = fixed(after.lroRate, 2, '');
  const merging =
    rate === '1.00' ? 'LRO would merge next to nothing' : `LRO would merge ${rate} packets per skb`;
  const change = percentChange(before?.predictedThroughputMbps ?? null, after.predictedThroughputMbps);
  const effect = change === null ? merging : `${merging} and ${inWords(change)}`;
  return `${effect}; ${mainReason(after)}`;
}

/** Why most skbs were not merged further. */
function mainReason({ reasons }: ConfigurationResult): string {
  const total = reasons.reduce((sum, { skbs }) => sum + skbs, 0);
  const most = reasons.reduce((best, next) => (next.skbs > best.skbs ? next : best), reasons[0]!);
  const share = wholePercent(most.skbs, total);
  return `${share} % of its skbs are delivered by ${most.reason}${REASON_WORDS[most.reason] ?? ''}`;
}

/** Of the reasons that are the most frequent ones. */
const REASON_WORDS: Readonly<Partial<Record<ConfigurationResult['reasons'][number]['reason'], string>>> = {
  'poll-end': ' (the NAPI poll ended)',
  'max-aggr': ' (they are full)',
  'not-coalesced': ' (never held)',
};

function inWords(change: string): string {
  if (/^[+-]0\.0 /.test(change)) return 'leave the predicted throughput as it is';
  return `${change.startsWith('-') ? 'lower' : 'raise'} the predicted throughput by ${change.slice(1)}`;
}

function throughputTable({ configurations, throughput }: ResultRecord): Table {
  const reference = configurations.find((row) => row.name === 'Xen')?.predictedThroughputMbps ?? null;
  return {
    header: ['Throughput', 'Mbps', 'against Xen'],
    rows: [
      ['captured goodput', cell(throughput.capturedGoodputMbps)],
      ...configurations.map((row) => [
        `predicted, ${row.name}`,
        cell(row.predictedThroughputMbps),
        row.name === 'Xen' ? '' : (percentChange(reference, row.predictedThroughputMbps) ?? '-'),
      ]),
    ],
  };
}

function lroRateTable(configurations: readonly ConfigurationResult[]): Table {
  return {
    header: ['LRO rate (packets)', 'packets per skb', 'aggregated/flushed'],
    rows: configurations.map((row) => [row.name, cell(row.lroRate), cell(row.aggregatedPerFlushed)]),
  };
}

function cyclesTable(configurations: readonly ConfigurationResult[]): Table {
  return {
    header: ['Cycles per byte', 'Domain0', 'DomainU', 'unexplained'],
    rows: configurations.map((row) => [
      row.name,
      cell(row.domain0.cyclesPerByte),
      cell(row.domainU.cyclesPerByte),
      cell(row.unexplainedDomainUCyclesPerByte),
    ]),
  };
}

/** Nothing where no configuration has a clock. */
function latencyTable(configurations: readonly ConfigurationResult[]): Table[] {
  if (configurations.every((one) => one.latency === null)) return [];
  const us = (value: number | undefined): string => fixed(value ?? null, 1, '-');
  const rows = configurations.map(({ name, latency }) => [
    name,
    us(latency?.meanUs),
    us(latency?.p50Us),
    us(latency?.p99Us),
    us(latency?.maxUs),
  ]);
  return [{ header: ['Held, arrival to delivery (µs)', 'mean', 'p50', 'p99', 'max'], rows }];
}

function paceLines(configurations: readonly ConfigurationResult[]): string[] {
  return configurations.flatMap(({ name, pace }) => {
    if (pace === null) return [];
    const outcome =
      pace.converged === null
        ? 'as asked for'
        : pace.converged
          ? `equal to the prediction within 0.1 % after ${pace.passes} passes`
          : `NOT equal to the prediction after ${pace.passes} passes`;
    return [`Pace of ${name}: offered at ${fixed(pace.offeredMbps, 2, '-')} Mbit/s, ${outcome}`];
  });
}

function cell(value: number | null): string {
  return fixed(value, 2, '-');
}

export function assumptions(
  { receiver, configurations, options, lawFormula, profileNote }: ResultRecord,
  look: TextLook,
): string {
  const { resegmented } = receiver;
  const lines = [
    ...(resegmented === null ? [] : [`Resegmented: ${resegmented.description}`]),
    `Polls: ${options.poll}: ${options.pollDescription}`,
    ...paceLines(configurations),
    `Throughput law ${lawFormula}`,
    `Cost profile ${options.profile}, receive mode ${options.receiveMode}: ${profileNote}`,
  ];
  if (configurations.some((row) => row.unexplainedDomainUCyclesPerByte !== null)) {
    lines.push(
      'Unexplained: guest cycles that the study measured and no counted mechanism accounts for; not part of DomainU.',
    );
  }
  return ['Assumed', ...lines.map((line) => wrap(printable(line), INDENT, look))].join('\n');
}
