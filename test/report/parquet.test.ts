import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { ResultRecord } from '../../src/replay/result.ts';
import { parquetFiles } from '../../src/report/parquet.ts';
import { ROOT } from '../helpers/surroundings.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

function fileOf(record: ResultRecord, table: string): ArrayBuffer {
  const file = parquetFiles(record).find(({ name }) => name === `${table}.parquet`)!;
  if (!('bytes' in file)) throw new Error('not binary');
  return file.bytes.slice().buffer as ArrayBuffer;
}

const rowsOf = (record: ResultRecord, table: string): Promise<Record<string, unknown>[]> =>
  parquetReadObjects({ file: fileOf(record, table) });

describe('the record as Parquet', () => {
  it('has the numbers of the record, not rounded, and keys that tell rows apart', async () => {
    const record = sampleRecord();
    const rows = await rowsOf(record, 'configurations');
    expect(rows.map(({ config }) => config)).to.deep.equal(['Xen', 'LRO', 'Optimized']);
    for (const [
      at,
      { lroRate, domain0, counters, predictedThroughputMbps },
    ] of record.configurations.entries()) {
      expect(rows[at]).to.include({
        capture: record.capture.name,
        lro_rate_packets_per_skb: lroRate,
        predicted_throughput_mbps: predictedThroughputMbps,
        domain0_cycles_per_byte: domain0.cyclesPerByte,
        data_packets: BigInt(counters.dataPackets),
        interrupts: null,
        held_mean_us: null,
        mtu_bytes: BigInt(record.options.mtu),
      });
    }
  });

  it('has a row for each reason', async () => {
    const record = sampleRecord();
    const expected = record.configurations.flatMap(({ name, reasons }) =>
      reasons.map(({ reason, skbs, packets }) => [name, reason, BigInt(skbs), BigInt(packets)]),
    );
    const rows = await rowsOf(record, 'reasons');
    expect(rows.map(({ config, reason, skbs, packets }) => [config, reason, skbs, packets])).to.deep.equal(
      expected,
    );
  });

  it('has a row for each flow that the record tells apart', async () => {
    const record = sampleRecord();
    const fate = { packets: 4, skbs: 2, payloadBytes: 4000, dataPackets: 4, dataSkbs: 2, lroRate: 2 };
    const reasons = [{ reason: 'poll-end', skbs: 2, packets: 4, payloadBytes: 4000, dataSkbs: 2 }] as const;
    const flow = { ...fate, reasons, source: '10.0.0.1:5001', destination: '10.0.0.2:33000' };
    const none = { ...fate, packets: 0, skbs: 0, reasons: [] };
    const flows = { flows: [flow], otherFlows: none, withoutFlow: none };
    const configurations = record.configurations.map((one) => ({ ...one, flows }));
    const rows = await rowsOf({ ...record, configurations }, 'flows');
    expect(rows.map(({ config }) => config)).to.deep.equal(['Xen', 'LRO', 'Optimized']);
    expect(rows[1]).to.include({ source: '10.0.0.1:5001', packets: 4n, main_reason: 'poll-end' });
    expect(await rowsOf(record, 'flows')).to.deep.equal([]);
  });

  it('leaves null what is absent, and keeps its columns without a row', async () => {
    const record = emptyRecord();
    for (const row of await rowsOf(record, 'configurations')) {
      expect(row).to.include({ lro_rate_packets_per_skb: null, captured_goodput_mbps: null });
    }
    const none = { ...record, configurations: [] };
    expect(await rowsOf(none, 'reasons')).to.deep.equal([]);
    const names = (one: ResultRecord): string[] =>
      parquetMetadata(fileOf(one, 'reasons')).schema.map(({ name }) => name);
    expect(names(none)).to.deep.equal(names(record)).and.to.include('skbs');
  });

  it('keeps a time of nanoseconds exact', async () => {
    const record = sampleRecord();
    const firstTimeNs = '1795341746191859307';
    const [row] = await rowsOf({ ...record, capture: { ...record.capture, firstTimeNs } }, 'configurations');
    expect(row).to.include({ capture_first_time_ns: BigInt(firstTimeNs) });
  });

  it('is the same, byte for byte, each time', () => {
    expect(parquetFiles(sampleRecord())).to.deep.equal(parquetFiles(sampleRecord()));
  });

  it('has all its columns in docs/queries.md, and no other is there', () => {
    const text = readFileSync(join(ROOT, 'docs', 'queries.md'), 'utf8');
    const cells = [...text.matchAll(/^\| (`[^|]*`) +\|/gm)].map(([, cell]) => cell!);
    const told = new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!)));
    const columns = ['configurations', 'reasons', 'flows'].flatMap((table) =>
      parquetMetadata(fileOf(sampleRecord(), table)).schema.slice(1),
    );
    expect([...told]).to.have.members([...new Set(columns.map(({ name }) => name))]);
  });
});
