import { expect } from 'chai';
import * as fc from 'fast-check';
import { REASON, REASONS } from '../../src/coalesce/reason.ts';
import { createFateCounts, type Fates, rateOf } from '../../src/replay/fate-counts.ts';
import { noLosses } from '../../src/replay/merge-losses.ts';
import { TRAFFIC } from '../coalesce/linux-gro-traffic.ts';
import { pattern } from '../helpers/bytes.ts';
import { frameOf, runEngine } from '../helpers/engine-run.ts';
import { engineOptions, explainFrames } from '../helpers/explain-run.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, type Ipv4Fields, ipv4Packet, type TcpFields, timestamps } from '../helpers/packets.ts';

const BYTES = 100;

function segment(i: number, tcp: Partial<TcpFields> = {}, ip: Partial<Ipv4Fields> = {}): Uint8Array {
  const options = timestamps(7, 7);
  return ethernet(
    ipv4Packet({ id: 10 + i, ...ip }, { seq: 1000 + BYTES * i, options, payload: pattern(BYTES, i), ...tcp }),
  );
}

function sums(fates: Fates): number[] {
  const sum = (value: (fate: Fates[number]) => number): number =>
    fates.reduce((total, fate) => total + value(fate), 0);
  return [sum((f) => f.skbs), sum((f) => f.packets), sum((f) => f.payloadBytes), sum((f) => f.dataSkbs)];
}

describe('fates', () => {
  for (const engine of ['none', 'inet_lro', 'linux-gro'] as const) {
    it(`${engine}: are those of every skb delivered, and each packet has one`, () => {
      fc.assert(
        fc.property(TRAFFIC, fc.constantFrom(3, 64), ({ frames, lastPackets }, rows) => {
          const { lane } = explainFrames(frames, { engine, lastPackets, rows });
          const { skbs } = runEngine(frames.map(frameOf), engineOptions({ engine }), lastPackets);
          const expected = new Map<string, { skbs: number; packets: number }>();
          for (const { reason, packets } of skbs) {
            const row = expected.get(reason) ?? { skbs: 0, packets: 0 };
            expected.set(reason, { skbs: row.skbs + 1, packets: row.packets + packets.length });
          }
          const total = lane.fates.total();
          const got = total.map(({ reason, skbs, packets }) => [REASONS[reason], { skbs, packets }]);
          expect(new Map(got as [string, { skbs: number; packets: number }][])).to.deep.equal(expected);
          expect(sums(total)[1]).to.equal(frames.length);
          expect(lane.packets()).to.equal(frames.length);
          expect(rateOf(total).dataSkbs).to.equal(lane.dataSkbs());
        }),
        { numRuns: 100 },
      );
    });
  }

  it('count all payload once, and split it among flows', () => {
    const frames = [0, 1, 2].flatMap((i) => [1, 2, 3].map((port) => segment(i, { sourcePort: port })));
    const { lane } = explainFrames(frames, { engine: 'linux-gro' });
    expect(sums(lane.fates.total())).to.deep.equal([3, 9, 9 * BYTES, 3]);
    const { flows, others, withoutFlow } = lane.fates.top(2);
    expect(flows.map(({ flow }) => flow)).to.deep.equal([0, 1]);
    expect(flows.map(({ fates }) => sums(fates))).to.deep.equal([
      [1, 3, 3 * BYTES, 1],
      [1, 3, 3 * BYTES, 1],
    ]);
    expect(sums(others)).to.deep.equal([1, 3, 3 * BYTES, 1]);
    expect(withoutFlow).to.deep.equal([]);
  });
});

describe('fate counts in bounded memory', () => {
  it('lose nothing in all, whatever flows are poured into the others', () => {
    const event = fc.record({
      flow: fc.integer({ min: -1, max: 30 }),
      reason: fc.nat(REASONS.length - 1),
      bytes: fc.nat(1000),
      forgotten: fc.option(fc.nat(40)),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.constantFrom(2, 5, 64), (events, kept) => {
        const counts = createFateCounts(null, kept);
        for (const { flow, reason, bytes, forgotten } of events) {
          if (forgotten !== null) counts.forget(forgotten);
          counts.add(flow, reason, 2, bytes, 1);
        }
        const { flows, others, withoutFlow } = counts.top(3);
        const parts = [...flows.map(({ fates }) => fates), others, withoutFlow].flat();
        for (const reason of REASONS.keys()) {
          const met = events.filter((one) => one.reason === reason);
          const bytes = met.reduce((sum, one) => sum + one.bytes, 0);
          const expected = [met.length, 2 * met.length, bytes, met.length];
          for (const fates of [counts.total(), parts])
            expect(sums(fates.filter((fate) => fate.reason === reason))).to.deep.equal(expected);
        }
        const withFlow = events.filter(({ flow }) => flow >= 0);
        expect(sums([...flows.map(({ fates }) => fates), others].flat())[0]).to.equal(withFlow.length);
        expect(flows.length).to.be.at.most(3);
      }),
    );
  });

  it('keep nothing of a flow that is forgotten, and all of the others', () => {
    const counts = createFateCounts(null, 8);
    for (const flow of [3, 4, 5]) counts.add(flow, REASON.psh, 1, flow, 1);
    counts.forget(3);
    counts.add(3, REASON.psh, 1, 1, 1);
    const { flows, others } = counts.top(8);
    expect(flows.map(({ flow, fates }) => [flow, sums(fates)[2]])).to.deep.equal([
      [5, 5],
      [4, 4],
      [3, 1],
    ]);
    expect(sums(others)[2]).to.equal(3);
  });

  it('keep the flow with most payload when many small ones come', () => {
    const counts = createFateCounts(null, 4);
    counts.add(7, REASON.psh, 1, 1000, 1);
    for (let flow = 10; flow < 100; flow++) {
      counts.add(flow, REASON.psh, 1, 1, 1);
      counts.add(7, REASON.fin, 1, 10, 1);
    }
    const [first] = counts.top(1).flows;
    expect(first?.flow).to.equal(7);
    expect(sums(first!.fates)).to.deep.equal([91, 91, 1900, 91]);
  });
});

describe('what merging loses', () => {
  const PSH = FLAG.ACK | FLAG.PSH;
  const cases: readonly { name: string; second: Uint8Array; lost: Partial<ReturnType<typeof noLosses>> }[] = [
    { name: 'nothing where all is equal', second: segment(1), lost: {} },
    { name: 'PSH', second: segment(1, { flags: PSH }), lost: { pshPositions: 1 } },
    {
      name: 'timestamps',
      second: segment(1, { options: timestamps(8, 9) }),
      lost: { timestampValues: 1, timestampEchoes: 1 },
    },
    { name: 'an id that does not count', second: segment(1, {}, { id: 99 }), lost: { ipIds: 1 } },
    { name: 'no id that stays', second: segment(1, {}, { id: 10 }), lost: {} },
    { name: 'a window', second: segment(1, { window: 9 }), lost: { windowUpdates: 1 } },
    { name: 'an ACK number', second: segment(1, { ack: 9 }), lost: { ackNumbers: 1 } },
    { name: 'TTL', second: segment(1, {}, { ttl: 9 }), lost: { ipFields: 1 } },
    { name: 'TOS', second: segment(1, {}, { tos: 4 }), lost: { ipFields: 1 } },
    { name: 'cuts', second: segment(1, { payload: pattern(150) }), lost: { unevenSkbs: 1 } },
    { name: 'no cuts where the last is shorter', second: segment(1, { payload: pattern(50) }), lost: {} },
  ];
  for (const { name, second, lost } of cases) {
    it(`inet_lro loses ${name}`, () => {
      const { lane } = explainFrames([segment(0), second], { engine: 'inet_lro' });
      expect(lane.losses()).to.deep.equal({ ...noLosses(), joined: 1, ...lost });
    });
  }

  it('counts a PSH inside an skb, of its first packet too, and every value that another overwrites', () => {
    const frames = [
      segment(0, { flags: PSH }),
      segment(1, { flags: PSH, ack: 7 }),
      segment(2, { ack: 8, payload: pattern(50) }),
      segment(2, { seq: 1250, ack: 8, payload: pattern(50) }),
    ];
    const { lane } = explainFrames(frames, { engine: 'inet_lro' });
    expect(lane.losses()).to.deep.include({ joined: 3, pshPositions: 2, ackNumbers: 2, unevenSkbs: 1 });
  });

  it('is nothing in linux-gro, whatever the traffic', () => {
    let joined = 0;
    fc.assert(
      fc.property(TRAFFIC, ({ frames, lastPackets }) => {
        const { lane } = explainFrames(frames, {
          engine: 'linux-gro',
          lastPackets,
          linuxGro: { buckets: 1 },
        });
        expect(lane.losses()).to.deep.equal({ ...noLosses(), joined: lane.losses().joined });
        joined += lane.losses().joined;
      }),
      { numRuns: 200 },
    );
    expect(joined).to.be.above(100);
  });
});
