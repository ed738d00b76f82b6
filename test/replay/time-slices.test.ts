import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { STUDY_OPTIONS } from '../../src/cli/study-definitions.ts';
import { type RawStudyOptions, resolveStudy } from '../../src/cli/study-options.ts';
import { createPacketTable, type PacketTable } from '../../src/packet/table.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { openSession } from '../../src/replay/session.ts';
import { study, studyMany } from '../../src/replay/study.ts';
import { createTimeSlicer, type Sliced } from '../../src/replay/time-slices.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

/** Slices that count packets and sum their times, of packets at these times, in blocks of so many. */
function slicesOf(timesNs: readonly number[], blockRows: number): Sliced | null {
  const sums = { packets: 0, timeNs: 0 };
  const read = (): Float64Array => Float64Array.of(sums.packets, sums.timeNs);
  const slicer = createTimeSlicer(({ rows, received, timeNs }: PacketTable) => {
    sums.packets += received;
    for (let i = 0; i < received; i++) sums.timeNs += timeNs[rows[i]!]!;
  }, read);
  const table = createPacketTable(blockRows);
  for (let from = 0; from < timesNs.length; from += blockRows) {
    const block = timesNs.slice(from, from + blockRows);
    table.count = block.length;
    table.received = block.length;
    block.forEach((time, row) => {
      table.timeNs[row] = time;
      table.rows[row] = row;
    });
    slicer.add(table);
    expect([...table.rows.subarray(0, table.received)]).to.deep.equal(block.map((_, row) => row));
  }
  return slicer.finish(read());
}

describe('slices of time', () => {
  it('hold each packet once, in its time, whatever the blocks', () => {
    const times = fc.array(fc.integer({ min: 0, max: 200_000_000 }), { minLength: 2, maxLength: 300 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 50 }), (unordered, blockRows) => {
        const timesNs = [...unordered].sort((a, b) => a - b);
        const sliced = slicesOf(timesNs, blockRows);
        const spanNs = timesNs.at(-1)! - timesNs[0]!;
        if (spanNs < 950_000) {
          expect(sliced).to.equal(null);
          return;
        }
        expect(sliced).not.to.equal(null);
        const { lengthsNs, added } = sliced!;
        expect(lengthsNs.length).to.be.within(10, 20);
        expect(added).to.have.length(lengthsNs.length);
        expect(lengthsNs.reduce((sum, length) => sum + length, 0)).to.be.closeTo(spanNs, 1);
        expect(new Set(lengthsNs.slice(0, -1)).size).to.equal(1);
        expect(lengthsNs.at(-1)! / lengthsNs[0]!).to.be.within(0.5, 1.5);
        let fromNs = timesNs[0]!;
        for (const [index, length] of lengthsNs.entries()) {
          const isLast = index === lengthsNs.length - 1;
          const own = timesNs.filter((time) => time >= fromNs && (isLast || time < fromNs + length));
          expect([...added[index]!]).to.deep.equal([own.length, own.reduce((sum, time) => sum + time, 0)]);
          fromNs += length;
        }
      }),
    );
  });

  it('are none without packets, of one packet, and of packets at one time', () => {
    expect(slicesOf([], 4)).to.equal(null);
    expect(slicesOf([5], 4)).to.equal(null);
    expect(slicesOf([5, 5, 5, 5, 5, 5], 4)).to.equal(null);
  });

  it('take a gap of a year in their stride', () => {
    const sliced = slicesOf([0, 1000, 3.15e16], 2)!;
    expect(sliced.added.map(([packets]) => packets).reduce((sum, one) => sum! + one!)).to.equal(3);
  });
});

const DEFAULTS = Object.fromEntries(
  Object.entries(STUDY_OPTIONS).map(([name, option]) => [name, option.default]),
) as unknown as RawStudyOptions;

describe('a study by slices', () => {
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

  async function both(capture: string, poll: string): Promise<{ sliced: ResultRecord; whole: ResultRecord }> {
    const { session: choices, study: options } = resolveStudy({ ...DEFAULTS, poll: [poll] });
    const records: ResultRecord[] = [];
    for (const run of [
      study,
      async (...[session, one]: Parameters<typeof study>) => (await studyMany(session, [one]))[0]!,
    ]) {
      const session = await openSession(join(CAPTURES, capture), { ...choices, stdin: () => process.stdin });
      try {
        records.push(await run(session, options));
      } finally {
        session.close();
      }
    }
    return { sliced: records[0]!, whole: records[1]! };
  }

  for (const [capture, poll] of [
    ['full-f4.pcap.gz', 'napi'],
    ['f1.pcap.gz', 'window:125:64'],
    ['web-8thr.pcap.gz', 'batch:16'],
    ['loss1-f4-rtt2ms.pcap.gz', 'napi'],
  ] as const) {
    it(`changes nothing, and adds up to it: ${capture}, ${poll}`, async () => {
      const { sliced, whole } = await both(capture, poll);
      expect({ ...sliced, slices: null }).to.deep.equal(whole);
      const { slices } = sliced;
      expect(slices).not.to.equal(null);
      expect(sum(slices!.goodputBytes)).to.equal(whole.receiver.goodputBytes);
      for (const [index, of] of slices!.configurations.entries()) {
        const { name, counters, reasons, lroRate, domain0, domainU, latency, ...rest } =
          whole.configurations[index]!;
        const bytes = whole.receiver.goodputBytes;
        expect(of.name).to.equal(name);
        expect(sum(of.dataPackets) / sum(of.dataSkbs)).to.equal(lroRate);
        expect(sum(of.polls)).to.equal(counters.polls);
        expect(sum(of.dropped)).to.equal(counters.dropped);
        expect(of.reasons.map(({ reason, skbs }) => [reason, sum(skbs)])).to.deep.equal(
          reasons.map(({ reason, skbs }) => [reason, skbs]),
        );
        expect(sum(of.domain0Cycles) / bytes).to.be.closeTo(domain0.cyclesPerByte!, 1e-9);
        expect(sum(of.domainUCycles) / bytes).to.be.closeTo(domainU.cyclesPerByte!, 1e-9);
        expect((8000 * bytes) / sum(of.predictedNs!)).to.be.closeTo(rest.predictedThroughputMbps!, 1e-6);
        if (latency === null) expect(of.heldNs).to.equal(null);
        else expect(sum(of.heldNs!) / sum(of.heldPackets!) / 1000).to.be.closeTo(latency.meanUs, 1e-6);
      }
    });
  }
});
