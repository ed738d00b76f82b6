/** The tables of `--format parquet`: their columns, with units in the names. docs/queries.md describes each. */
import type { ConfigurationResult, FlowFate, ResultRecord } from '../replay/result.ts';

/** `count` is a whole number of 64 bits. */
export type ColumnType = 'text' | 'count' | 'number';
export type Cell = string | number | bigint | null;

export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => Cell;
}

interface InRecord {
  readonly record: ResultRecord;
  readonly configuration: ConfigurationResult;
}

export interface ReasonRow extends InRecord {
  readonly reason: ConfigurationResult['reasons'][number];
}

export interface FlowRow extends InRecord {
  readonly flow: FlowFate;
}

function text<Row>(name: string, of: (row: Row) => string | null): Column<Row> {
  return { name, type: 'text', of };
}

function count<Row>(name: string, of: (row: Row) => number | null): Column<Row> {
  return { name, type: 'count', of };
}

function number<Row>(name: string, of: (row: Row) => number | null): Column<Row> {
  return { name, type: 'number', of };
}

/** What tells rows of different captures and options apart; the same in every table, so that they can be joined. */
const KEYS: readonly Column<InRecord>[] = [
  text('capture', ({ record }) => record.capture.name),
  text('config', ({ configuration }) => configuration.name),
  text('engine', ({ configuration }) => configuration.engine),
  text('poll', ({ configuration }) => configuration.poll),
];

/** A row for each configuration. */
export const CONFIGURATION_COLUMNS: readonly Column<InRecord>[] = [
  ...KEYS,
  number('lro_rate_packets_per_skb', ({ configuration }) => configuration.lroRate),
  number('aggregated_per_flushed', ({ configuration }) => configuration.aggregatedPerFlushed),
  number('predicted_throughput_mbps', ({ configuration }) => configuration.predictedThroughputMbps),
  number('domain0_cycles_per_byte', ({ configuration }) => configuration.domain0.cyclesPerByte),
  number('domainu_cycles_per_byte', ({ configuration }) => configuration.domainU.cyclesPerByte),
  number(
    'unexplained_domainu_cycles_per_byte',
    ({ configuration }) => configuration.unexplainedDomainUCyclesPerByte,
  ),
  count('packets', ({ configuration }) => configuration.counters.packets),
  count('skbs', ({ configuration }) => configuration.counters.delivered),
  count('data_packets', ({ configuration }) => configuration.counters.dataPackets),
  count('data_skbs', ({ configuration }) => configuration.counters.dataSkbs),
  count('polls', ({ configuration }) => configuration.counters.polls),
  count('interrupts', ({ configuration }) => configuration.counters.interrupts),
  count('dropped_packets', ({ configuration }) => configuration.counters.dropped),
  count('aggregated_packets', ({ configuration }) => configuration.counters.aggregated),
  count('flushed_skbs', ({ configuration }) => configuration.counters.flushed),
  count('no_descriptor_packets', ({ configuration }) => configuration.counters.noDesc),
  number('held_mean_us', ({ configuration }) => configuration.latency?.meanUs ?? null),
  number('held_p50_us', ({ configuration }) => configuration.latency?.p50Us ?? null),
  number('held_p99_us', ({ configuration }) => configuration.latency?.p99Us ?? null),
  number('held_max_us', ({ configuration }) => configuration.latency?.maxUs ?? null),
  {
    name: 'capture_first_time_ns',
    type: 'count',
    of: ({ record: { capture } }) => (capture.firstTimeNs === null ? null : BigInt(capture.firstTimeNs)),
  },
  number('capture_duration_ns', ({ record }) => record.capture.durationNs),
  count('capture_packets', ({ record }) => record.capture.packets),
  count('capture_wire_bytes', ({ record }) => record.capture.wireBytes),
  count('capture_flows', ({ record }) => record.capture.flows),
  count('received_packets', ({ record }) => record.receiver.packets),
  count('received_payload_bytes', ({ record }) => record.receiver.payloadBytes),
  count('received_goodput_bytes', ({ record }) => record.receiver.goodputBytes),
  number('captured_goodput_mbps', ({ record }) => record.throughput.capturedGoodputMbps),
  number('captured_throughput_mbps', ({ record }) => record.throughput.capturedThroughputMbps),
  number('captured_wire_rate_mbps', ({ record }) => record.throughput.capturedWireRateMbps),
  number('super_packet_share', ({ record }) => record.receiver.superPacketShare),
  count('mtu_bytes', ({ record }) => record.options.mtu),
  count('max_aggr_packets', ({ record }) => record.options.maxAggr),
  count('max_desc', ({ record }) => record.options.maxDesc),
  text('receive_mode', ({ record }) => record.options.receiveMode),
  text('profile', ({ record }) => record.options.profile),
  text('law', ({ record }) => record.options.law),
  text('warnings', ({ record }) => [...new Set(record.warnings.map(({ code }) => code))].join(' ')),
  text('tool_version', ({ record }) => record.tool.version),
];

/** A row for each configuration and reason. */
export const REASON_COLUMNS: readonly Column<ReasonRow>[] = [
  ...KEYS,
  text('reason', ({ reason }) => reason.reason),
  count('skbs', ({ reason }) => reason.skbs),
  count('packets', ({ reason }) => reason.packets),
];

/** A row for each configuration and flow that the record tells apart. */
export const FLOW_COLUMNS: readonly Column<FlowRow>[] = [
  ...KEYS,
  text('source', ({ flow }) => flow.source),
  text('destination', ({ flow }) => flow.destination),
  number('lro_rate_packets_per_skb', ({ flow }) => flow.lroRate),
  count('packets', ({ flow }) => flow.packets),
  count('skbs', ({ flow }) => flow.skbs),
  count('payload_bytes', ({ flow }) => flow.payloadBytes),
  count('data_packets', ({ flow }) => flow.dataPackets),
  count('data_skbs', ({ flow }) => flow.dataSkbs),
  text('main_reason', ({ flow }) => flow.reasons[0]?.reason ?? null),
];

export function configurationRows(record: ResultRecord): InRecord[] {
  return record.configurations.map((configuration) => ({ record, configuration }));
}

export function reasonRows(record: ResultRecord): ReasonRow[] {
  return configurationRows(record).flatMap((row) =>
    row.configuration.reasons.map((reason) => ({ ...row, reason })),
  );
}

/** None where the record was made without flows. */
export function flowRows(record: ResultRecord): FlowRow[] {
  return configurationRows(record).flatMap((row) =>
    (row.configuration.flows?.flows ?? []).map((flow) => ({ ...row, flow })),
  );
}
