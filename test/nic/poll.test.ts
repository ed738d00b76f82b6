import { expect } from 'chai';
import fc from 'fast-check';
import { createPollModel, type PollSpec } from '../../src/nic/poll.ts';
import { createSoftirq, NO_CYCLES } from '../../src/nic/softirq.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { type PolledPacket, pollEnds } from '../helpers/poll-model.ts';

/** A record of the capture; the NIC may not have got it. */
interface Arrival {
  readonly timeNs: number;
  readonly received: boolean;
}

const POLL_END = 1;
const CAPTURE_END = 2;

/** What the engine is told, in order: record numbers, and flushes. */
type Event = number | 'poll-end' | 'capture-end';

/** Feeds the arrivals in blocks of `rows`. */
function run(spec: PollSpec, arrivals: readonly Arrival[], rows: number): { events: Event[]; polls: number } {
  const table = createPacketTable(rows);
  const events: Event[] = [];
  const target = {
    receive(from: number, to: number): void {
      expect(to).to.be.above(from);
      for (let i = from; i < to; i++) events.push(table.firstRecord + table.rows[i]!);
    },
    flushAll(reason: number): void {
      events.push(reason === POLL_END ? 'poll-end' : 'capture-end');
    },
  };
  const softirq = createSoftirq(NO_CYCLES, 1);
  const model = createPollModel(spec, target, { pollEnd: POLL_END, captureEnd: CAPTURE_END }, softirq);
  for (let first = 0; first < arrivals.length; first += rows) {
    table.firstRecord = first;
    table.count = Math.min(rows, arrivals.length - first);
    table.received = 0;
    for (let row = 0; row < table.count; row++) {
      const { timeNs, received } = arrivals[first + row]!;
      table.timeNs[row] = timeNs;
      if (received) table.rows[table.received++] = row;
    }
    model.run(table);
  }
  model.finish();
  return { events, polls: model.polls() };
}

/** The same by the naive model. */
function expected(spec: PollSpec, arrivals: readonly Arrival[]): { events: Event[]; polls: number } {
  const packets = arrivals.flatMap(({ timeNs, received }, record): PolledPacket[] =>
    received ? [{ record, timeNs }] : [],
  );
  const events: Event[] = [];
  pollEnds(spec, packets).forEach(({ before, after }, i) => {
    if (before) events.push('poll-end');
    events.push(packets[i]!.record);
    if (after) events.push('poll-end');
  });
  let polls = events.filter((event) => event === 'poll-end').length;
  if (typeof events.at(-1) === 'number') polls++;
  events.push('capture-end');
  return { events, polls };
}

const at = (...timesNs: number[]): Arrival[] => timesNs.map((timeNs) => ({ timeNs, received: true }));
const window = (windowNs: number, budget = 0): PollSpec => ({ kind: 'window', windowNs, budget });
const END = 'poll-end';
const LAST = 'capture-end';

interface Case {
  readonly name: string;
  readonly spec: PollSpec;
  readonly arrivals: readonly Arrival[];
  readonly events: readonly Event[];
  readonly polls: number;
}

const CASES: readonly Case[] = [
  { name: 'nothing arrives', spec: { kind: 'end' }, arrivals: [], events: [LAST], polls: 0 },
  { name: 'end: one poll', spec: { kind: 'end' }, arrivals: at(0, 1, 2), events: [0, 1, 2, LAST], polls: 1 },
  {
    name: 'batch: every N packets, and the rest',
    spec: { kind: 'batch', packets: 2 },
    arrivals: at(0, 1, 2),
    events: [0, 1, END, 2, LAST],
    polls: 2,
  },
  {
    name: 'batch: a last poll that is full has no empty one after it',
    spec: { kind: 'batch', packets: 2 },
    arrivals: at(0, 1),
    events: [0, 1, END, LAST],
    polls: 1,
  },
  {
    name: 'batch counts received packets only',
    spec: { kind: 'batch', packets: 2 },
    arrivals: [...at(0), { timeNs: 1, received: false }, ...at(2, 3)],
    events: [0, 2, END, 3, LAST],
    polls: 2,
  },
  {
    name: 'window: from its first packet, its end not included',
    spec: window(100),
    arrivals: at(50, 149, 150, 250),
    events: [0, 1, END, 2, END, 3, LAST],
    polls: 3,
  },
  {
    name: 'window: the next one opens at the next packet, however late',
    spec: window(100),
    arrivals: at(0, 1000, 1099),
    events: [0, END, 1, 2, LAST],
    polls: 2,
  },
  {
    name: 'window of 0: packets of later or equal times are polls of their own',
    spec: window(0),
    arrivals: at(5, 5, 4, 6),
    events: [0, END, 1, 2, END, 3, LAST],
    polls: 3,
  },
  {
    name: 'window: packets before its start belong to it',
    spec: window(100),
    arrivals: at(50, 10, 149, 150),
    events: [0, 1, 2, END, 3, LAST],
    polls: 2,
  },
  {
    name: 'window with a budget: rounds within it, counted anew in the next window',
    spec: window(100, 2),
    arrivals: at(0, 1, 2, 100, 101, 102),
    events: [0, 1, END, 2, END, 3, 4, END, 5, LAST],
    polls: 4,
  },
  {
    name: 'window whose last round is full: no empty poll at its end',
    spec: window(100, 2),
    arrivals: at(0, 1, 100),
    events: [0, 1, END, 2, LAST],
    polls: 2,
  },
  {
    name: 'window: fractions of a µs count',
    spec: window(1500),
    arrivals: at(0, 1499, 1500),
    events: [0, 1, END, 2, LAST],
    polls: 2,
  },
  {
    name: 'file: the records named are the last of their polls',
    spec: { kind: 'file', file: '', lastPackets: Float64Array.of(0, 2) },
    arrivals: at(0, 1, 2, 3),
    events: [0, END, 1, 2, END, 3, LAST],
    polls: 3,
  },
  {
    name: 'file: a record that the NIC did not get ends the poll before the next that it got',
    spec: { kind: 'file', file: '', lastPackets: Float64Array.of(1, 2, 9) },
    arrivals: [...at(0), { timeNs: 1, received: false }, { timeNs: 2, received: false }, ...at(3)],
    events: [0, END, 3, LAST],
    polls: 2,
  },
  {
    name: 'file: an empty list is one poll',
    spec: { kind: 'file', file: '', lastPackets: Float64Array.of() },
    arrivals: at(0, 1),
    events: [0, 1, LAST],
    polls: 1,
  },
];

describe('where polls end', () => {
  for (const { name, spec, arrivals, events, polls } of CASES) {
    it(name, () => {
      expect(expected(spec, arrivals), 'the model').to.deep.equal({ events, polls });
      for (const rows of [1, 2, 3, 2048]) expect(run(spec, arrivals, rows)).to.deep.equal({ events, polls });
    });
  }

  const arrivals = fc
    .array(
      fc.record({
        gapNs: fc.oneof(
          { weight: 5, arbitrary: fc.nat(300) },
          fc.nat(5000),
          fc.integer({ min: -400, max: 0 }),
        ),
        received: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
      }),
      { maxLength: 80 },
    )
    .map((steps) => {
      let timeNs = 0;
      return steps.map(({ gapNs, received }): Arrival => {
        timeNs += gapNs;
        return { timeNs, received };
      });
    });
  const specs: readonly (readonly [name: string, fc.Arbitrary<PollSpec>])[] = [
    ['batch', fc.record({ kind: fc.constant('batch'), packets: fc.integer({ min: 1, max: 100 }) })],
    [
      'window',
      fc.record({
        kind: fc.constant('window'),
        windowNs: fc.oneof(fc.constant(0), fc.nat(1000)),
        budget: fc.nat(10),
      }),
    ],
    ['end', fc.constant({ kind: 'end' })],
    [
      'file',
      fc.uniqueArray(fc.nat(90), { maxLength: 30 }).map((lasts) => ({
        kind: 'file' as const,
        file: '',
        lastPackets: Float64Array.from(lasts).sort(),
      })),
    ],
  ];
  for (const [name, spec] of specs) {
    it(`${name}: as the naive model has it, for blocks of any size`, () => {
      fc.assert(
        fc.property(spec, arrivals, fc.integer({ min: 1, max: 100 }), (poll, packets, rows) => {
          expect(run(poll, packets, rows)).to.deep.equal(expected(poll, packets));
        }),
        { numRuns: 800 },
      );
    });
  }
});
