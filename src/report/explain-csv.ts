/** The record of `analyze explain` as CSV (RFC 4180 quoting, `\n` line ends); a value that is absent is an empty cell. */
import type { ExplainRecord } from '../replay/explain-result.ts';
import type { Fate } from '../replay/result.ts';
import { type TextFile, table } from './csv.ts';
import { fixed } from './format.ts';

export function explainCsvFiles(record: ExplainRecord): TextFile[] {
  const files = [
    { name: 'explain-reasons.csv', text: reasonsCsv(record) },
    { name: 'explain-flows.csv', text: flowsCsv(record) },
    { name: 'explain-what-if.csv', text: whatIfCsv(record) },
    { name: 'explain-losses.csv', text: lossesCsv(record) },
  ];
  return record.difference === null
    ? files
    : [...files, { name: 'explain-diff.csv', text: diffCsv(record.difference) }];
}

function reasonsCsv({ engines }: ExplainRecord): string {
  return table(
    ['Engine', 'Reason', 'Skbs', 'Packets', 'Payload (bytes)'],
    engines.flatMap(({ engine, reasons }) =>
      reasons.map((row) => [engine, row.reason, ...numbers(row.skbs, row.packets, row.payloadBytes)]),
    ),
  );
}

const FLOW_HEADER = [
  'Engine',
  'Source',
  'Destination',
  'Packets',
  'Skbs',
  'LRO rate (packets)',
  'Payload (bytes)',
  'Reason',
  'Skbs by reason',
  'Packets by reason',
  'Payload by reason (bytes)',
];

/** A row for each flow and reason. */
function flowsCsv({ engines }: ExplainRecord): string {
  const rows = engines.flatMap(({ engine, flows, otherFlows, withoutFlow }) =>
    [
      ...flows.map((flow) => ({ names: [flow.source, flow.destination], fate: flow as Fate })),
      { names: ['other flows', ''], fate: otherFlows },
      { names: ['not TCP', ''], fate: withoutFlow },
    ].flatMap(({ names, fate }) =>
      fate.reasons.map((row) => [
        engine,
        ...names,
        ...numbers(fate.packets, fate.skbs),
        fixed(fate.lroRate, 2, ''),
        ...numbers(fate.payloadBytes),
        row.reason,
        ...numbers(row.skbs, row.packets, row.payloadBytes),
      ]),
    ),
  );
  return table(FLOW_HEADER, rows);
}

function whatIfCsv({ engines }: ExplainRecord): string {
  return table(
    ['Engine', 'Without', 'LRO rate (packets)', 'Gain (packets)', 'Skbs with data', 'Advice'],
    engines.flatMap(({ engine, lroRate, dataSkbs, whatIfs }) => [
      [engine, '', fixed(lroRate, 4, ''), fixed(0, 4, ''), String(dataSkbs), ''],
      ...whatIfs.map((row) => [
        engine,
        row.without.join('+'),
        fixed(row.lroRate, 4, ''),
        fixed(row.gain, 4, ''),
        String(row.dataSkbs),
        row.advice,
      ]),
    ]),
  );
}

function lossesCsv({ engines }: ExplainRecord): string {
  return table(
    [
      'Engine',
      'Joined (packets)',
      'PSH positions',
      'TSval',
      'TSecr',
      'IP ids',
      'Windows',
      'ACK numbers',
      'TOS or TTL',
      'Uneven (skbs)',
    ],
    engines.map(({ engine, losses }) => [
      engine,
      ...numbers(
        losses.joined,
        losses.pshPositions,
        losses.timestampValues,
        losses.timestampEchoes,
        losses.ipIds,
        losses.windowUpdates,
        losses.ackNumbers,
        losses.ipFields,
        losses.unevenSkbs,
      ),
    ]),
  );
}

function diffCsv({ engines: [a, b], byReasons }: NonNullable<ExplainRecord['difference']>): string {
  return table(
    [`Reason ${a}`, `Reason ${b}`, 'Packets'],
    byReasons.map(({ reasons, packets }) => [...reasons, String(packets)]),
  );
}

function numbers(...values: readonly number[]): string[] {
  return values.map(String);
}
