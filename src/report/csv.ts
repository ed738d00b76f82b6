/** The tables as CSV, in the study's shape. */
import { stringify } from 'csv-stringify/sync';
import type { ResultRecord } from '../replay/result.ts';

type Cell = string | number | null;

/** Two decimals as in the study; absent values are empty. */
function decimals(value: number | null): string | null {
  return value === null ? null : value.toFixed(2);
}

function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify([header, ...rows] as Cell[][]);
}

/** The three tables of one record. */
export function csvFiles(record: ResultRecord): { name: string; text: string }[] {
  const { configurations } = record;
  return [
    {
      name: 'throughput.csv',
      text: table(
        ['Config', 'Throughput (Mbps)'],
        configurations.map((one) => [one.name, decimals(one.predictedThroughputMbps)]),
      ),
    },
    {
      name: 'lro-rate.csv',
      text: table(
        ['Config', 'LRO rate (packets)'],
        configurations.map((one) => [one.name, decimals(one.lroRate)]),
      ),
    },
    {
      name: 'cycles-per-byte.csv',
      text: table(
        ['Config', 'Domain0', 'DomainU'],
        configurations.map((one) => [
          one.name,
          decimals(one.domain0.cyclesPerByte),
          decimals(one.domainU.cyclesPerByte),
        ]),
      ),
    },
  ];
}

const SUMMARY_HEADER = [
  'Capture',
  'Config',
  'Packets received',
  'Data packets',
  'Captured goodput (Mbps)',
  'Predicted throughput (Mbps)',
  'LRO rate (packets)',
  'Aggregated/flushed',
  'Domain0 (cycles/byte)',
  'DomainU (cycles/byte)',
  'Unexplained DomainU (cycles/byte)',
  'Warnings',
] as const;

/** One row for each capture and configuration of a batch. `name` tells captures apart. */
export function summaryCsv(records: readonly { name: string; record: ResultRecord }[]): string {
  const rows = records.flatMap(({ name, record }) =>
    record.configurations.map((one): Cell[] => [
      name,
      one.name,
      one.counters.packets,
      one.counters.dataPackets,
      decimals(record.throughput.capturedGoodputMbps),
      decimals(one.predictedThroughputMbps),
      decimals(one.lroRate),
      decimals(one.aggregatedPerFlushed),
      decimals(one.domain0.cyclesPerByte),
      decimals(one.domainU.cyclesPerByte),
      decimals(one.unexplainedDomainUCyclesPerByte),
      record.warnings.map((warning) => warning.code).join(' '),
    ]),
  );
  return table(SUMMARY_HEADER, rows);
}
