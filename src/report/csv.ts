/**
 * The result record as CSV (RFC 4180 quoting, `\n` line ends), in the shape of the study's tables. Numbers have
 * two decimals and no thousands separator; a value that is absent is an empty cell.
 */
import { stringify } from 'csv-stringify/sync';
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';
import type { MissingCapture, NamedRecord } from './batch-distribution.ts';
import { fixed } from './format.ts';
import { DOMAINS, stageRows } from './stages.ts';

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

export function csvFiles(record: ResultRecord): TextFile[] {
  const rows = record.configurations;
  return [
    {
      name: 'throughput.csv',
      text: table(
        ['Config', 'Throughput (Mbps)'],
        rows.map((row) => [row.name, cell(row.predictedThroughputMbps)]),
      ),
    },
    {
      name: 'lro-rate.csv',
      text: table(
        ['Config', 'LRO rate (packets)'],
        rows.map((row) => [row.name, cell(row.lroRate)]),
      ),
    },
    {
      name: 'cycles-per-byte.csv',
      text: table(
        ['Config', 'Domain0', 'DomainU'],
        rows.map((row) => [row.name, cell(row.domain0.cyclesPerByte), cell(row.domainU.cyclesPerByte)]),
      ),
    },
    {
      name: 'cycles-by-stage.csv',
      text: table(['Config', 'Domain', 'Stage', 'Cycles per byte'], stages(record)),
    },
    {
      name: 'latency.csv',
      text: table(
        ['Config', 'Mean (µs)', 'p50 (µs)', 'p99 (µs)', 'Max (µs)'],
        rows.map(({ name, latency }) => [
          name,
          ...(['meanUs', 'p50Us', 'p99Us', 'maxUs'] as const).map((key) => cell(latency?.[key] ?? null)),
        ]),
      ),
    },
  ];
}

/** A row for each configuration, domain and stage that the profile prices; what is unexplained is no part of DomainU. */
function stages(record: ResultRecord): string[][] {
  return record.configurations.flatMap(({ name }, index) =>
    DOMAINS.flatMap((domain) =>
      stageRows(record, domain)
        .map(({ stage, values }) => ({ stage, value: values[index] ?? null }))
        .filter(({ stage, value }) => stage !== 'unexplained' || value !== null)
        .map(({ stage, value }) => [name, domain, stage, cell(value)]),
    ),
  );
}

const SUMMARY_HEADER = [
  'Capture',
  'Packets',
  'Data packets',
  'Captured goodput (Mbps)',
  'Config',
  'LRO rate (packets)',
  'Aggregated/flushed',
  'Predicted throughput (Mbps)',
  'Domain0 (cycles/byte)',
  'DomainU (cycles/byte)',
  'Unexplained (cycles/byte)',
  'Warnings',
  'Error',
] as const;

/**
 * One row per capture and configuration; `name` tells captures apart. `Warnings` holds the codes, separated by spaces. At
 * the end a row for each capture that is missing, with nothing but its name and, as `Error`, the reason.
 */
export function summaryCsv(records: readonly NamedRecord[], missing: readonly MissingCapture[] = []): string {
  const rows = records.flatMap(({ name, record }) =>
    record.configurations.map((row) => summaryRow(name, record, row)),
  );
  const without = missing.map(({ name, reason }) =>
    SUMMARY_HEADER.map((column) =>
      notAFormula(column === 'Capture' ? name : column === 'Error' ? reason : ''),
    ),
  );
  return table(SUMMARY_HEADER, [...rows, ...without]);
}

function summaryRow(name: string, record: ResultRecord, row: ConfigurationResult): readonly string[] {
  return [
    notAFormula(name),
    String(record.capture.packets),
    String(record.receiver.dataPackets),
    cell(record.throughput.capturedGoodputMbps),
    row.name,
    cell(row.lroRate),
    cell(row.aggregatedPerFlushed),
    cell(row.predictedThroughputMbps),
    cell(row.domain0.cyclesPerByte),
    cell(row.domainU.cyclesPerByte),
    cell(row.unexplainedDomainUCyclesPerByte),
    [...new Set(record.warnings.map((warning) => warning.code))].join(' '),
    '',
  ];
}

/** A spreadsheet runs a cell that starts like a formula, and file names of captures come from anybody. */
export function notAFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function cell(value: number | null): string {
  return fixed(value, 2, '');
}

export function table(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  // Else what follows `#` is a comment to those who read comments.
  return stringify([header, ...rows], { quoted_match: '#' });
}
