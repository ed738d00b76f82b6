import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  OBSTACLE,
  OBSTACLES,
  type Obstacle,
  type ObstacleSet,
  obstaclesIn,
} from '../../src/coalesce/obstacle.ts';
import { allObstacles, applicableObstacles, NO_POLLS } from '../../src/replay/advice.ts';
import { MAX_WINDOW_PACKETS, WINDOW_PACKETS } from '../../src/replay/sequence-order.ts';
import { TRAFFIC } from '../coalesce/linux-gro-traffic.ts';
import { pattern } from '../helpers/bytes.ts';
import { type ExplainSetup, explainFrames, replayAll } from '../helpers/explain-run.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, type Ipv4Fields, ipv4Packet, type TcpFields, timestamps } from '../helpers/packets.ts';

const BYTES = 100;

/** Segment `i` of a flow: 100 bytes each, ids counting. */
function segment(i: number, tcp: Partial<TcpFields> = {}, ip: Partial<Ipv4Fields> = {}): Uint8Array {
  const options = timestamps(7, 7);
  return ethernet(
    ipv4Packet({ id: 10 + i, ...ip }, { seq: 1000 + BYTES * i, options, payload: pattern(BYTES, i), ...tcp }),
  );
}

/** Segment 0 of other flows. */
function flow(port: number, i = 0): Uint8Array {
  return segment(i, { sourcePort: port });
}

interface Case {
  readonly name: string;
  readonly obstacle: Obstacle;
  readonly setup: ExplainSetup;
  readonly frames: readonly Uint8Array[];
  /** Skbs with payload as it is, and without the obstacle. */
  readonly skbs: readonly [number, number];
}

const gro = { engine: 'linux-gro' } as const;
const lro = { engine: 'inet_lro' } as const;

const CASES: readonly Case[] = [
  {
    name: 'PSH finishes an skb',
    obstacle: 'psh',
    setup: gro,
    frames: [segment(0), segment(1, { flags: FLAG.ACK | FLAG.PSH }), segment(2), segment(3)],
    skbs: [2, 1],
  },
  {
    name: 'a packet with PSH is not held',
    obstacle: 'psh',
    setup: gro,
    frames: [segment(0, { flags: FLAG.ACK | FLAG.PSH }), segment(1)],
    skbs: [2, 1],
  },
  {
    name: 'the ACK number moves',
    obstacle: 'ack-changed',
    setup: gro,
    frames: [segment(0), segment(1, { ack: 6000 }), segment(2, { ack: 6000 }), segment(3, { ack: 7000 })],
    skbs: [3, 1],
  },
  {
    name: 'the window moves',
    obstacle: 'window-changed',
    setup: gro,
    frames: [segment(0), segment(1, { window: 5 }), segment(2)],
    skbs: [3, 1],
  },
  {
    name: 'the timestamp clock ticks',
    obstacle: 'timestamp',
    setup: gro,
    frames: [
      segment(0),
      segment(1, { options: timestamps(8, 7) }),
      segment(2, { options: timestamps(9, 8) }),
    ],
    skbs: [3, 1],
  },
  {
    name: 'a timestamp goes back',
    obstacle: 'timestamp',
    setup: lro,
    frames: [segment(0), segment(1, { options: timestamps(6, 7) }), segment(2)],
    skbs: [3, 1],
  },
  {
    name: 'a timestamp echoes 0',
    obstacle: 'timestamp',
    setup: lro,
    frames: [segment(0), segment(1, { options: timestamps(7, 0) }), segment(2)],
    skbs: [3, 1],
  },
  {
    name: 'a short segment finishes an skb',
    obstacle: 'segment-size',
    setup: gro,
    frames: [segment(0), segment(1, { payload: pattern(50) }), segment(2, { seq: 1150 })],
    skbs: [2, 1],
  },
  {
    name: 'a long segment begins another skb',
    obstacle: 'segment-size',
    setup: gro,
    frames: [segment(0), segment(1, { payload: pattern(150) })],
    skbs: [2, 1],
  },
  {
    name: 'an skb has reached its packets',
    obstacle: 'size-limit',
    setup: { ...lro, inetLro: { maxAggr: 2 } },
    frames: [0, 1, 2, 3].map((i) => segment(i)),
    skbs: [2, 1],
  },
  {
    name: 'an skb has reached its bytes',
    obstacle: 'size-limit',
    setup: { ...lro, inetLro: { mtu: 65_300 } },
    frames: [0, 1, 2, 3].map((i) => segment(i)),
    skbs: [2, 1],
  },
  {
    name: 'an skb has reached its bytes',
    obstacle: 'size-limit',
    setup: { ...gro, linuxGro: { maxSize: 300 } },
    frames: [0, 1, 2, 3].map((i) => segment(i)),
    skbs: [2, 1],
  },
  {
    name: 'all descriptors hold other flows',
    obstacle: 'table-full',
    setup: { ...lro, inetLro: { maxDesc: 1 } },
    frames: [flow(1), flow(2), flow(1, 1), flow(2, 1)],
    skbs: [3, 2],
  },
  {
    name: 'the list holds other flows',
    obstacle: 'table-full',
    setup: { ...gro, linuxGro: { buckets: 1, perBucket: 1 } },
    frames: [flow(1), flow(2), flow(1, 1), flow(2, 1)],
    skbs: [4, 2],
  },
  {
    name: 'two packets are swapped',
    obstacle: 'reordering',
    setup: gro,
    frames: [0, 2, 1, 3].map((i) => segment(i)),
    skbs: [4, 1],
  },
  {
    name: 'two packets are swapped',
    obstacle: 'reordering',
    setup: lro,
    frames: [0, 2, 1, 3].map((i) => segment(i)),
    skbs: [4, 1],
  },
  {
    name: 'a poll ends',
    obstacle: 'poll-end',
    setup: { ...gro, lastPackets: [1] },
    frames: [0, 1, 2, 3].map((i) => segment(i)),
    skbs: [2, 1],
  },
  {
    name: 'a poll ends',
    obstacle: 'poll-end',
    setup: { ...lro, lastPackets: [0, 2] },
    frames: [0, 1, 2, 3].map((i) => segment(i)),
    skbs: [3, 1],
  },
];

/** Each obstacle of the engine alone, both bounds. */
function setsOf({ engine }: ExplainSetup): ObstacleSet[] {
  return [...applicableObstacles(engine).map((name) => OBSTACLE[name]), NO_POLLS, allObstacles(engine)];
}

describe('what-ifs', () => {
  for (const { name, obstacle, setup, frames, skbs } of CASES) {
    it(`${setup.engine}: ${name}: without ${obstacle} it merges, and nothing else changes that`, () => {
      const run = explainFrames(frames, { ...setup, sets: setsOf(setup) });
      const alone = applicableObstacles(setup.engine).map((other) => [other, run.without(other)]);
      const expected = applicableObstacles(setup.engine).map((other) => [
        other,
        other === obstacle ? skbs[1] : skbs[0],
      ]);
      expect(run.lane.dataSkbs()).to.equal(skbs[0]);
      expect(alone).to.deep.equal(expected);
      expect(run.without(...applicableObstacles(setup.engine))).to.be.at.most(skbs[1]);
    });
  }

  it('has a case for each obstacle of each engine', () => {
    for (const engine of ['inet_lro', 'linux-gro'] as const) {
      const covered = new Set(CASES.filter((one) => one.setup.engine === engine).map((one) => one.obstacle));
      expect([...covered].sort()).to.deep.equal([...applicableObstacles(engine)].sort());
    }
    expect(OBSTACLES).to.deep.equal(applicableObstacles('linux-gro'));
  });

  it('waives a timestamp only: other options still part packets', () => {
    const sack = pattern(12, 3);
    const frames = [segment(0, { options: sack }), segment(1, { options: pattern(12, 4) })];
    const run = explainFrames(frames, { ...gro, sets: [OBSTACLE.timestamp] });
    expect(run.without('timestamp')).to.equal(2);
  });

  it('leaves what another rule parts: an ACK that moves with the window', () => {
    const frames = [segment(0), segment(1, { ack: 6000, window: 5 })];
    const both = OBSTACLE['ack-changed'] | OBSTACLE['window-changed'];
    const run = explainFrames(frames, {
      ...gro,
      sets: [OBSTACLE['ack-changed'], OBSTACLE['window-changed'], both],
    });
    expect(run.without('ack-changed')).to.equal(2);
    expect(run.without('window-changed')).to.equal(2);
    expect(run.without('ack-changed', 'window-changed')).to.equal(1);
  });

  it('can lose: a poll that does not end keeps a session that the next packet then breaks', () => {
    // 0 | 2 3 4: with the poll, 2 opens a session; without, it goes up alone, and 3 opens one.
    const frames = [0, 2, 3].map((i) => segment(i));
    const run = explainFrames(frames, { ...lro, lastPackets: [0], sets: [OBSTACLE['poll-end']] });
    expect(run.lane.dataSkbs()).to.equal(2);
    expect(run.without('poll-end')).to.equal(3);
  });

  it('can lose: a late packet that has an id of its own breaks the skb into which it is sorted', () => {
    const frames = [segment(0), segment(2), segment(3), segment(1, {}, { id: 900 })];
    const run = explainFrames(frames, { ...gro, lastPackets: [2], sets: [OBSTACLE.reordering] });
    expect(run.lane.dataSkbs()).to.equal(3);
    expect(run.without('reordering')).to.equal(4);
  });
});

describe('what-ifs over many windows of packets', () => {
  const COUNT = 6000;
  /** In stretches of 1,500, every other one with neighbours swapped. */
  const order = Array.from({ length: COUNT }, (_, i) => {
    const disordered = Math.floor(i / 1500) % 2 === 1 && i % 1500 !== 1499;
    return disordered && i % 7 === 0 ? i + 1 : disordered && i % 7 === 1 ? i - 1 : i;
  });
  const frames = order.map((i) => segment(i));

  const polls: readonly { name: string; lastPackets: readonly number[] }[] = [
    { name: 'polls of 50', lastPackets: Array.from({ length: COUNT / 50 }, (_, i) => 50 * i + 49) },
    { name: 'polls of 700', lastPackets: Array.from({ length: 8 }, (_, i) => 700 * i + 699) },
    { name: 'one poll', lastPackets: [] },
  ];
  for (const { name, lastPackets } of polls) {
    it(`sort packets inside each window only: ${name}`, () => {
      const sorted: number[] = [];
      const window: number[] = [];
      order.forEach((i, place) => {
        if (window.length === MAX_WINDOW_PACKETS) sorted.push(...window.splice(0).sort((a, b) => a - b));
        window.push(i);
        const full = window.length >= WINDOW_PACKETS && lastPackets.includes(place);
        if (full) sorted.push(...window.splice(0).sort((a, b) => a - b));
      });
      sorted.push(...window.sort((a, b) => a - b));
      expect(sorted).to.have.length(COUNT);
      for (const engine of ['inet_lro', 'linux-gro'] as const) {
        const all = allObstacles(engine);
        const setup: ExplainSetup = { engine, lastPackets, rows: 333, sets: [OBSTACLE.reordering, all] };
        const { lane } = explainFrames(frames, setup);
        const inOrder = sorted.map((i) => segment(i));
        for (const set of [OBSTACLE.reordering, all]) {
          expect(lane.dataSkbs() + lane.difference(set)!, engine).to.equal(replayAll(inOrder, setup, set));
        }
        expect(lane.difference(OBSTACLE.reordering), engine).to.be.below(0);
      }
    });
  }
});

describe('what-ifs of any traffic', () => {
  const rows = fc.constantFrom(3, 7, 64);

  for (const engine of ['inet_lro', 'linux-gro'] as const) {
    const lazy = setsOf({ engine }).filter((set) => (set & OBSTACLE.reordering) === 0);

    it(`${engine}: are what a replay of everything comes to, though only some polls are replayed`, () => {
      fc.assert(
        fc.property(TRAFFIC, rows, ({ frames, lastPackets, perBucket, maxSize }, blockRows) => {
          const setup: ExplainSetup = {
            engine,
            lastPackets,
            rows: blockRows,
            sets: lazy,
            inetLro: { maxDesc: perBucket, maxAggr: 3 },
            linuxGro: { buckets: 1, perBucket, maxSize },
          };
          const { lane } = explainFrames(frames, setup);
          for (const set of lazy) {
            const name = obstaclesIn(set).join('+');
            expect(lane.dataSkbs() + lane.difference(set)!, name).to.equal(replayAll(frames, setup, set));
          }
        }),
        { numRuns: 80 },
      );
    });

    it(`${engine}: without reordering are a replay of packets that were sorted before`, () => {
      fc.assert(
        fc.property(SWAPPED, rows, ({ order, lastPackets }, blockRows) => {
          const setup: ExplainSetup = { engine, lastPackets, rows: blockRows, sets: [OBSTACLE.reordering] };
          const { lane } = explainFrames(
            order.map((i) => segment(i)),
            setup,
          );
          const sorted = order.toSorted((a, b) => a - b).map((i) => segment(i));
          expect(lane.dataSkbs() + lane.difference(OBSTACLE.reordering)!).to.equal(
            replayAll(sorted, setup, OBSTACLE.reordering),
          );
        }),
        { numRuns: 100 },
      );
    });

    it(`${engine}: none is above the upper bound, where no packet comes twice`, () => {
      fc.assert(
        fc.property(SWAPPED, fc.infiniteStream(ODD), ({ order, lastPackets }, odd) => {
          const segments = order.map((i) => segment(i, odd.next().value));
          const setup: ExplainSetup = {
            engine,
            lastPackets,
            sets: setsOf({ engine }),
            inetLro: { maxAggr: 4 },
            linuxGro: { maxSize: 500 },
          };
          const { lane } = explainFrames(segments, setup);
          const bound = lane.difference(allObstacles(engine))!;
          expect(bound).to.be.at.most(0);
          for (const set of setsOf({ engine })) {
            expect(bound, obstaclesIn(set).join('+')).to.be.at.most(lane.difference(set)!);
          }
        }),
        { numRuns: 60 },
      );
    });
  }
});

/** Segments of one flow with neighbours swapped, and polls. */
const SWAPPED = fc
  .record({
    swaps: fc.array(fc.nat(38), { maxLength: 12 }),
    count: fc.integer({ min: 1, max: 40 }),
    lost: fc.uniqueArray(fc.nat(40), { maxLength: 2 }),
    polls: fc.uniqueArray(fc.nat(40), { maxLength: 5 }),
  })
  .map(({ swaps, count, lost, polls }) => {
    const order = Array.from({ length: count }, (_, i) => i);
    for (const at of swaps) {
      if (at + 1 < count) [order[at], order[at + 1]] = [order[at + 1]!, order[at]!];
    }
    return {
      order: order.filter((i) => !lost.includes(i)),
      lastPackets: polls.toSorted((a, b) => a - b),
    };
  });

/** What a segment may have that an obstacle is about. */
const ODD: fc.Arbitrary<Partial<TcpFields>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Partial<TcpFields>>(
      { flags: FLAG.ACK | FLAG.PSH },
      { ack: 6000 },
      { window: 3 },
      { options: timestamps(8, 7) },
      { options: timestamps(6, 7) },
    ),
  },
);
