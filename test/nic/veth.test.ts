import { expect } from 'chai';
import fc from 'fast-check';
import { createPollModel } from '../../src/nic/poll.ts';
import type { PollModel } from '../../src/nic/poll-model.ts';
import { createSoftirq, NO_CYCLES } from '../../src/nic/softirq.ts';
import { VETH_DEFAULTS, type VethSpec } from '../../src/nic/veth.ts';
import { createArrivalTable, FLUSH_REASONS, feed } from '../helpers/arrivals.ts';
import { type SlowDelivery, slowVeth } from '../helpers/slow-veth.ts';

const US = 1000;
const MS = 1_000_000;
/** More than all deferred polls of a run. */
const LONG_AFTER_NS = 20_000 * MS;

const FREE: VethSpec = { ...VETH_DEFAULTS, interruptLatencyNs: 0, timerLatencyNs: 0, awakeShare: 0 };

interface Run {
  readonly deliveries: SlowDelivery[];
  readonly model: PollModel;
}

/** Everything that arrives is held until a poll ends; `ages`: whether the engine can tell old from young. */
function run(spec: Partial<VethSpec>, timesNs: readonly number[], blockRows = 64, ages = true): Run {
  const table = createArrivalTable();
  const softirq = createSoftirq(NO_CYCLES, 1);
  const deliveries: SlowDelivery[] = [];
  let old: number[] = [];
  let young: number[] = [];
  const deliver = (packets: readonly number[], timeNs: number): void => {
    if (packets.length > 0) deliveries.push({ packets, timeNs });
  };
  const target = {
    receive(from: number, to: number): void {
      for (let i = from; i < to; i++) young.push(table.firstRecord + table.rows[i]!);
    },
    flushAll(reason: number): void {
      deliver(
        [...old, ...young],
        reason === FLUSH_REASONS.captureEnd ? Number.POSITIVE_INFINITY : softirq.nowNs,
      );
      old = [];
      young = [];
    },
  };
  const aging = {
    beginTick(): void {
      old.push(...young);
      young = [];
    },
    flushOld(): void {
      deliver(old, softirq.nowNs);
      old = [];
    },
  };
  const whole = ages ? { ...target, ...aging } : target;
  const model = createPollModel({ ...FREE, ...spec }, whole, FLUSH_REASONS, softirq);
  feed(table, model, timesNs, blockRows);
  return { deliveries, model };
}

/** Packets of each delivery and its time in µs; null: the end of the capture. */
function told({ deliveries }: Run): (readonly [string, number | null])[] {
  return deliveries.map(({ packets, timeNs }) => [
    packets.join(' '),
    Number.isFinite(timeNs) ? timeNs / US : null,
  ]);
}

describe('veth', () => {
  const cases: readonly {
    name: string;
    spec: Partial<VethSpec>;
    arrivalsUs: readonly number[];
    expected: readonly (readonly [string, number | null])[];
  }[] = [
    {
      name: 'polls at each arrival without a timer',
      spec: {},
      arrivalsUs: [0, 5, 9],
      expected: [
        ['0', 0],
        ['1', 5],
        ['2', null],
      ],
    },
    {
      name: 'takes what arrives before its poll begins, and when it begins',
      spec: { interruptLatencyNs: 2 * US },
      arrivalsUs: [0, 1, 2, 3],
      expected: [
        ['0 1 2', 2],
        ['3', null],
      ],
    },
    {
      name: 'holds until the timer finds nothing',
      spec: { groFlushTimeoutNs: 20 * US },
      arrivalsUs: [0, 19, 38, 58, 78.5],
      expected: [
        ['0 1 2 3', 78],
        ['4', null],
      ],
    },
    {
      name: 'polls so much later if the processor sleeps',
      spec: { groFlushTimeoutNs: 20 * US, timerLatencyNs: 10 * US },
      arrivalsUs: [0, 29, 60],
      expected: [
        ['0 1', 59],
        ['2', null],
      ],
    },
    {
      name: 'delivers at the end of a poll what an earlier tick held',
      spec: { groFlushTimeoutNs: 600 * US },
      arrivalsUs: [3000, 3500, 4000, 4400, 4900],
      expected: [
        ['0 1', 4000],
        ['2 3 4', null],
      ],
    },
    {
      name: 'leaves polls to the timer while interrupts are deferred',
      spec: { groFlushTimeoutNs: 50 * US, napiDeferHardIrqs: 2 },
      // Polls at 0, at 50, which takes packet 1, and two without packets.
      arrivalsUs: [0, 10, 160],
      expected: [
        ['0 1', 150],
        ['2', null],
      ],
    },
    {
      name: 'takes at most its weight, and polls again at once',
      spec: { weight: 2, interruptLatencyNs: 5 * US },
      arrivalsUs: [0, 1, 2, 3, 4, 20],
      expected: [
        ['0 1', 5],
        ['2 3', 5],
        ['4', 5],
        ['5', null],
      ],
    },
    {
      name: 'keeps what is young after a whole weight from 1000 Hz on',
      spec: { weight: 2, interruptLatencyNs: 5 * US, hz: 1000, groFlushTimeoutNs: 50 * US },
      arrivalsUs: [0, 1, 2, 3, 100],
      expected: [
        ['0 1 2 3', 5],
        ['4', null],
      ],
    },
  ];

  for (const { name, spec, arrivalsUs, expected } of cases) {
    it(name, () => {
      const times = arrivalsUs.map((us) => us * US);
      expect(told(run(spec, times))).to.deep.equal(expected);
    });
  }

  it('counts polls that took packets, and interrupts that started them', () => {
    const { model } = run({ groFlushTimeoutNs: 50 * US, napiDeferHardIrqs: 2 }, [0, 10 * US, 20 * US, MS]);
    expect([model.polls(), model.interrupts(), model.dropped()]).to.deep.equal([3, 2, 0]);
  });

  it('delivers everything at a poll end with an engine that keeps nothing', () => {
    const times = [0, 5 * US, 9 * US];
    expect(told(run({ groFlushTimeoutNs: 50 * US }, times, 64, false))).to.deep.equal([
      ['0', 0],
      ['1', 5],
      ['2', null],
    ]);
  });

  it('looks at no more polls than there are ticks, however often the timer would run', () => {
    const spec = { groFlushTimeoutNs: 1, napiDeferHardIrqs: 1_000_000_000 };
    expect(told(run(spec, [0, 3_600_000 * MS]))).to.deep.equal([
      ['0', 4000],
      ['1', null],
    ]);
  });

  const spec: fc.Arbitrary<VethSpec> = fc.record({
    kind: fc.constant('veth' as const),
    groFlushTimeoutNs: fc.constantFrom(0, 7 * US, 20 * US, 50 * US, 3 * MS),
    napiDeferHardIrqs: fc.constantFrom(0, 1, 2, 5, 1000),
    hz: fc.constantFrom(100, 250, 1000),
    weight: fc.constantFrom(1, 2, 3, 64),
    interruptLatencyNs: fc.constantFrom(0, 2 * US, 10 * US),
    timerLatencyNs: fc.constantFrom(0, 1, 17 * US),
    awakeShare: fc.constantFrom(0, 0.3, 0.5, 1),
  });
  const gaps = fc.array(
    fc.oneof(fc.constantFrom(0, 1, US, 5 * US, 12 * US), fc.nat(100 * US), fc.nat(10 * MS)),
    { minLength: 1, maxLength: 80 },
  );

  it('delivers when the plain simulation delivers, whatever the size of blocks', () => {
    fc.assert(
      fc.property(spec, gaps, fc.integer({ min: 1, max: 64 }), (options, steps, rows) => {
        let timeNs = 0;
        const times = steps.map((step) => {
          timeNs += step;
          return timeNs;
        });
        // The end of a capture cuts the last poll off: here it has one packet, long after all others.
        const last = times.push(timeNs + LONG_AFTER_NS) - 1;
        const rounded = (deliveries: readonly SlowDelivery[]): unknown[] =>
          deliveries
            .filter(({ packets }) => !packets.includes(last))
            .map(({ packets, timeNs }) => [packets, Math.round(timeNs)]);
        expect(rounded(run(options, times, rows).deliveries)).to.deep.equal(
          rounded(slowVeth(options, times)),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
