import { expect } from 'chai';
import fc from 'fast-check';
import { createGoodputCounter } from '../../src/packet/goodput.ts';
import { createPacketTable } from '../../src/packet/table.ts';

const SYN = 2;
const ACK = 16;

interface Segment {
  readonly flow: number;
  /** Distance from the flow's own zero, however large. */
  readonly at: number;
  readonly bytes: number;
  readonly syn: boolean;
}

/** Unique and total payload by the counter. `zeros` are the sequence numbers of each flow's zero. */
function count(segments: readonly Segment[], zeros: readonly number[], rows = 2048): number[] {
  const counter = createGoodputCounter();
  const table = createPacketTable(rows);
  for (let first = 0; first < segments.length; first += rows) {
    const part = segments.slice(first, first + rows);
    part.forEach(({ flow, at, bytes, syn }, row) => {
      table.rows[row] = row;
      table.flow[row] = flow;
      // A SYN has the sequence number before the first byte.
      table.seq[row] = zeros[flow]! + at - (syn ? 1 : 0);
      table.payloadBytes[row] = bytes;
      table.tcpFlags[row] = (5 << 12) | (syn ? SYN : ACK);
    });
    table.count = part.length;
    table.received = part.length;
    counter.add(table, 0, table.received);
  }
  return [counter.uniqueBytes(), counter.payloadBytes()];
}

/** By sets of covered places. What lies before the first byte seen of a flow does not count; a SYN begins anew. */
function countNaively(segments: readonly Segment[]): number[] {
  const flows = new Map<number, { floor: number; covered: Set<number> }>();
  let unique = 0;
  let payload = 0;
  for (const { flow, at, bytes, syn } of segments) {
    if (syn || (bytes > 0 && !flows.has(flow))) flows.set(flow, { floor: at, covered: new Set() });
    payload += bytes;
    const state = flows.get(flow);
    if (state === undefined) continue;
    for (let place = at; place < at + bytes; place++) {
      if (place < state.floor || state.covered.has(place)) continue;
      state.covered.add(place);
      unique++;
    }
  }
  return [unique, payload];
}

/** Mostly in order: each step goes on where the flow's highest byte is, or some way before or behind it. */
const steps = fc.array(
  fc.record({
    flow: fc.nat(2),
    bytes: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.nat(3)),
    jump: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: -30, max: -1 }) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 20 }) },
    ),
    syn: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, fc.constant(true)),
  }),
  { maxLength: 60 },
);

const segments = steps.map((list) => {
  const highest = [100, 100, 100];
  return list.map(({ flow, bytes, jump, syn }): Segment => {
    const at = Math.max(0, highest[flow]! + (syn ? 0 : jump));
    highest[flow] = syn ? at + bytes : Math.max(highest[flow]!, at + bytes);
    return { flow, at, bytes, syn };
  });
});

describe('goodput', () => {
  it('counts as a set of covered places would, across the wrap of sequence numbers', () => {
    const zero = fc.oneof(
      fc.integer({ min: -200, max: 10 }),
      fc.integer({ min: 0x7fffff00, max: 0x7fffffff }),
    );
    fc.assert(
      fc.property(
        segments,
        fc.tuple(zero, zero, zero),
        fc.integer({ min: 1, max: 70 }),
        (list, zeros, rows) => {
          expect(count(list, zeros, rows)).to.deep.equal(countNaively(list));
        },
      ),
      { numRuns: 1500 },
    );
  });

  const data = (at: number, bytes: number): Segment => ({ flow: 0, at, bytes, syn: false });
  const cases: readonly (readonly [name: string, segments: readonly Segment[], unique: number])[] = [
    ['segments in order', [data(0, 100), data(100, 50)], 150],
    ['a retransmission', [data(0, 100), data(0, 100)], 100],
    ['a retransmission of a part, with more', [data(0, 100), data(50, 100)], 150],
    ['a gap that is filled later', [data(0, 100), data(200, 100), data(100, 100)], 300],
    ['a gap that is filled twice', [data(0, 100), data(200, 100), data(100, 100), data(100, 100)], 300],
    ['a gap that is filled from its middle', [data(0, 10), data(40, 10), data(20, 10), data(10, 30)], 50],
    ['a keep-alive of one old byte', [data(0, 100), data(99, 1)], 100],
    ['pure ACKs and window probes', [data(0, 100), data(100, 0), data(50, 0)], 100],
    ['a SYN, which takes a number of its own', [{ flow: 0, at: 0, bytes: 0, syn: true }, data(0, 100)], 100],
    ['a SYN with data', [{ flow: 0, at: 0, bytes: 20, syn: true }, data(20, 100)], 120],
    [
      'a second connection of the same ports',
      [data(0, 100), { flow: 0, at: 0, bytes: 0, syn: true }, data(0, 100)],
      200,
    ],
  ];
  for (const [name, list, unique] of cases) {
    it(name, () => {
      expect(countNaively(list)[0], 'the model').to.equal(unique);
      expect(count(list, [0xffffff00])[0]).to.equal(unique);
    });
  }

  it('remembers 64 open gaps; of more, the oldest counts as filled', () => {
    const gaps = Array.from({ length: 65 }, (_, i) => data(20 * i, 10));
    const last = data(20 * 65, 10);
    expect(count([...gaps, last, data(20 * 1 - 10, 10)], [0])[0]).to.equal(660);
    expect(count([...gaps, last, data(20 * 2 - 10, 10)], [0])[0]).to.equal(670);
  });

  it('forgets a flow whose number another gets', () => {
    const counter = createGoodputCounter();
    const table = createPacketTable(1);
    table.count = 1;
    table.received = 1;
    table.flow[0] = 5;
    table.payloadBytes[0] = 10;
    for (const [seq, forget, unique] of [
      [100, false, 10],
      [200, false, 20],
      [100, true, 30],
      [150, false, 40],
    ] as const) {
      if (forget) counter.forget(5);
      table.seq[0] = seq;
      counter.add(table, 0, table.received);
      expect(counter.uniqueBytes()).to.equal(unique);
    }
    counter.forget(1_000_000);
  });

  it('counts many flows', () => {
    const many = Array.from(
      { length: 10_000 },
      (_, flow): Segment => ({ flow, at: 0, bytes: 10, syn: false }),
    );
    const zeros = many.map((_, i) => i * 400_000);
    expect(count([...many, ...many], zeros)).to.deep.equal([100_000, 200_000]);
  });

  it('takes rows without TCP for what they are', () => {
    const counter = createGoodputCounter();
    const table = createPacketTable(1);
    table.rows[0] = 0;
    table.flow[0] = -1;
    table.payloadBytes[0] = 77;
    table.received = 1;
    counter.add(table, 0, table.received);
    expect([counter.uniqueBytes(), counter.payloadBytes()]).to.deep.equal([0, 0]);
  });
});
