import { expect } from 'chai';
import fc from 'fast-check';
import { holdTaken } from '../../src/nic/hold-times.ts';
import type { ModerationSpec } from '../../src/nic/moderation.ts';
import { createNapi } from '../../src/nic/napi.ts';
import type { NapiSpec } from '../../src/nic/napi-state.ts';
import { createPollModel } from '../../src/nic/poll.ts';
import type { PollModel } from '../../src/nic/poll-model.ts';
import { createSoftirq, deliverSkb, NO_CYCLES } from '../../src/nic/softirq.ts';
import { createArrivalTable, createPollLog, FLUSH_REASONS, feed } from '../helpers/arrivals.ts';
import { type SlowNapi, slowNapi } from '../helpers/slow-napi.ts';

const US = 1000;

const FREE: NapiSpec = {
  kind: 'napi',
  nic: 'test',
  moderation: { kind: 'coalesce', rxUsecs: 0, rxFrames: 0, timer: 'first' },
  ringPackets: 256,
  weight: 64,
  cpuGhz: 1,
  interruptLatencyUs: 0,
  perPacketShare: 1,
  afterFlush: 'interrupt',
  timeScale: 1,
};

function coalesce(rxUsecs: number, rxFrames: number, timer: 'first' | 'last' = 'first'): ModerationSpec {
  return { kind: 'coalesce', rxUsecs, rxFrames, timer };
}

interface Costs {
  readonly perPacket?: number;
  readonly perPoll?: number;
  /** Of a flush, for each packet of the poll. */
  readonly flush?: number;
}

interface Run {
  readonly polls: number[][];
  readonly model: PollModel;
}

/** Runs arrivals, in ns; costs are in ns as the clock is 1 GHz. All packets of a poll are delivered by its flush. */
function run(spec: Partial<NapiSpec>, timesNs: readonly number[], costs: Costs = {}, blockRows = 64): Run {
  const table = createArrivalTable();
  const softirq = createSoftirq(
    { perPacket: costs.perPacket ?? 0, perPoll: costs.perPoll ?? 0, ofSkb: () => 0 },
    1,
  );
  const log = createPollLog(table, (packets) => {
    if (packets === 0) return;
    deliverSkb(softirq, 0, packets, 0, 0);
    softirq.nowNs += (costs.flush ?? 0) * packets;
  });
  const target = {
    receive(from: number, to: number): void {
      log.receive(from, to);
      holdTaken(softirq.holds, 0);
    },
    flushAll: log.flushAll,
  };
  const model = createNapi({ ...FREE, ...spec }, target, FLUSH_REASONS, softirq);
  feed(table, model, timesNs, blockRows);
  return { polls: log.polls, model };
}

describe('napi', () => {
  const cases: readonly {
    name: string;
    spec: Partial<NapiSpec>;
    costs?: Costs;
    timesUs: readonly number[];
    polls: readonly (readonly number[])[];
    dropped?: number;
  }[] = [
    {
      name: 'without moderation and cost polls each packet alone',
      spec: {},
      timesUs: [0, 1, 2],
      polls: [[0], [1], [2]],
    },
    {
      name: 'fires when rxFrames packets wait',
      spec: { moderation: coalesce(0, 3) },
      timesUs: [0, 10, 500, 501, 502, 503, 900],
      polls: [[0, 1, 2], [3, 4, 5], [6]],
    },
    {
      name: 'fires rxUsecs after the first packet, and takes what arrives at that moment',
      spec: { moderation: coalesce(20, 0) },
      timesUs: [0, 19, 20, 21, 41, 42],
      polls: [[0, 1, 2], [3, 4], [5]],
    },
    {
      name: 'starts the timer again at each packet where told so',
      spec: { moderation: coalesce(20, 0, 'last') },
      timesUs: [0, 15, 30, 45, 66],
      polls: [[0, 1, 2, 3], [4]],
    },
    {
      name: 'fires at the earlier of both',
      spec: { moderation: coalesce(20, 2) },
      timesUs: [0, 5, 30, 60, 65],
      polls: [[0, 1], [2], [3, 4]],
    },
    {
      name: 'takes what arrives between interrupt and poll',
      spec: { moderation: coalesce(20, 2), interruptLatencyUs: 4 },
      timesUs: [0, 5, 8, 9, 10],
      // Fires at 5, polls at 9.
      polls: [[0, 1, 2, 3], [4]],
    },
    {
      name: 'goes on while packets arrive during the work on those before',
      spec: { moderation: coalesce(20, 2) },
      costs: { perPacket: 6 * US },
      // Fires at 5: busy till 11, 17, 23 (with 16), 29 (with 22); 30 comes too late and waits until 50.
      timesUs: [0, 5, 16, 22, 30, 49],
      polls: [
        [0, 1, 2, 3],
        [4, 5],
      ],
    },
    {
      name: 'counts the flush as time of the poll: what arrives in it waits',
      spec: { moderation: coalesce(0, 1) },
      costs: { perPacket: 2 * US, flush: 10 * US },
      // Busy till 2, flush till 12: 5 waits for that; then busy till 14, flush till 24.
      timesUs: [0, 5, 13, 24],
      polls: [[0], [1, 2], [3]],
    },
    {
      name: 'polls what arrived in the flush at once where told so',
      spec: { moderation: coalesce(20, 0), afterFlush: 'poll' },
      costs: { perPacket: 2 * US, flush: 10 * US },
      // Busy from 20 to 22, flush till 32: takes 25 then, 34, flush till 44; 50 waits for the interrupt.
      timesUs: [0, 25, 50, 51],
      polls: [[0], [1], [2, 3]],
    },
    {
      name: 'ends a poll at its weight and begins the next at once',
      spec: { moderation: coalesce(0, 1), weight: 2 },
      costs: { perPacket: 10 * US },
      timesUs: [0, 1, 2, 3, 4, 60],
      polls: [[0, 1], [2, 3], [4], [5]],
    },
    {
      name: 'cuts what waited by the weight',
      spec: { moderation: coalesce(100, 0), weight: 3 },
      timesUs: [0, 1, 2, 3, 4, 5, 6, 200],
      polls: [[0, 1, 2], [3, 4, 5], [6], [7]],
    },
    {
      name: 'drops what finds the ring full',
      spec: { moderation: coalesce(50, 0), ringPackets: 2 },
      timesUs: [0, 1, 2, 3, 60, 61],
      polls: [
        [0, 1],
        [4, 5],
      ],
      dropped: 2,
    },
    {
      name: 'frees descriptors as packets are taken',
      spec: { moderation: coalesce(0, 1), ringPackets: 2 },
      costs: { perPacket: 10 * US },
      // Taken at 0, 10, 20: at 2 two wait for the first; 3 and 9 find no room, 10 does.
      timesUs: [0, 1, 2, 3, 9, 10],
      polls: [[0, 1, 2, 5]],
      dropped: 2,
    },
    {
      name: 'lets a fixed interval pass between interrupts, none before the first',
      spec: { moderation: { kind: 'interval', intervalUs: 125 } },
      timesUs: [0, 1, 60, 125, 126, 400],
      polls: [[0], [1, 2, 3], [4], [5]],
    },
    {
      name: 'counts time that goes backwards as no time',
      spec: { moderation: coalesce(20, 0) },
      timesUs: [100, 90, 119, 120, 121],
      polls: [[0, 1, 2, 3], [4]],
    },
    {
      name: 'stretches times',
      spec: { moderation: coalesce(20, 0), timeScale: 2 },
      timesUs: [0, 10, 11],
      polls: [[0, 1], [2]],
    },
  ];
  for (const { name, spec, costs, timesUs, polls, dropped } of cases) {
    it(name, () => {
      const result = run(
        spec,
        timesUs.map((time) => time * US),
        costs,
      );
      expect(result.polls).to.deep.equal(polls);
      expect(result.model.polls()).to.equal(polls.length);
      expect(result.model.dropped()).to.equal(dropped ?? 0);
    });
  }

  it('tells how long packets were held', () => {
    // Fires at 20, polls at 24, takes 3 µs a packet: delivered at 30 (two packets), then alone: 100 + 20 + 4 + 3.
    const { model } = run({ moderation: coalesce(20, 0), interruptLatencyUs: 4 }, [0, 20 * US, 100 * US], {
      perPacket: 3 * US,
    });
    const { meanNs, maxNs, count, p50Ns, p99Ns } = model.holdTimes()!;
    expect(count).to.equal(3);
    expect(maxNs).to.equal(30 * US);
    expect(meanNs).to.be.closeTo(((30 + 10 + 27) * US) / 3, 1e-6);
    expect(p50Ns).to.be.closeTo(27 * US, 0.004 * 27 * US);
    expect(p99Ns).to.be.closeTo(30 * US, 0.004 * 30 * US);
  });
});

/** Gaps that make bursts and pauses, and arrivals at the very time at which something else happens, ns. */
const arrivals = fc
  .array(fc.oneof(fc.nat(30), fc.nat(3000), fc.nat(60_000), fc.constantFrom(0, 10, 100, 500, 900, 20_000)), {
    minLength: 1,
    maxLength: 200,
  })
  .map((gaps) => {
    let now = 0;
    return gaps.map((gap) => {
      now += gap;
      return now;
    });
  });

const setups: fc.Arbitrary<SlowNapi> = fc.record({
  timesNs: arrivals,
  rxNs: fc.constantFrom(0, 500, 20_000, 125_000),
  rxFrames: fc.constantFrom(0, 1, 2, 5, 40),
  latencyNs: fc.constantFrom(0, 700, 5000),
  ringPackets: fc.constantFrom(1, 2, 7, 64, 256),
  weight: fc.constantFrom(1, 2, 5, 64),
  perPacketNs: fc.constantFrom(0, 10, 900, 20_000),
  perPollNs: fc.constantFrom(0, 300),
  flushNs: fc.constantFrom(0, 100, 4000),
  pollsAgain: fc.boolean(),
});

function runSetup(setup: SlowNapi, blockRows = 64): Run {
  return run(
    {
      moderation: coalesce(setup.rxNs / US, setup.rxFrames),
      interruptLatencyUs: setup.latencyNs / US,
      ringPackets: setup.ringPackets,
      weight: setup.weight,
      afterFlush: setup.pollsAgain ? 'poll' : 'interrupt',
    },
    setup.timesNs,
    { perPacket: setup.perPacketNs, perPoll: setup.perPollNs, flush: setup.flushNs },
    blockRows,
  );
}

describe('napi, whatever arrives', () => {
  it('does what a plain simulation that knows all arrivals does', () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const expected = slowNapi(setup);
        const { polls, model } = runSetup(setup);
        expect(polls).to.deep.equal(expected.polls);
        expect(model.dropped()).to.equal(expected.dropped.length);
        expect(model.interrupts()).to.equal(expected.interrupts);
        const holds = model.holdTimes()!;
        expect(holds.count).to.equal(expected.holdNs.length);
        expect(holds.maxNs).to.be.closeTo(Math.max(...expected.holdNs), 1e-3);
        const sum = expected.holdNs.reduce((total, hold) => total + hold, 0);
        expect(holds.meanNs).to.be.closeTo(sum / expected.holdNs.length, 1e-3);
      }),
      { numRuns: 1000 },
    );
  });

  it('does the same in blocks of any size', () => {
    fc.assert(
      fc.property(setups, fc.integer({ min: 1, max: 63 }), (setup, blockRows) => {
        const whole = runSetup(setup);
        const split = runSetup(setup, blockRows);
        expect(split.polls).to.deep.equal(whole.polls);
        expect(split.model.holdTimes()).to.deep.equal(whole.model.holdTimes());
        expect(split.model.dropped()).to.equal(whole.model.dropped());
      }),
    );
  });

  it('polls every packet that was not dropped once, in order, at most a weight at a time', () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { polls, model } = runSetup(setup);
        const polled = polls.flat();
        expect(polled).to.deep.equal([...new Set(polled)].sort((a, b) => a - b));
        expect(polled.length + model.dropped()).to.equal(setup.timesNs.length);
        expect(Math.max(...polls.map((poll) => poll.length))).to.be.at.most(setup.weight);
      }),
    );
  });

  it('drops nothing while the ring holds all packets', () => {
    fc.assert(
      fc.property(setups, (setup) => {
        expect(runSetup({ ...setup, ringPackets: setup.timesNs.length }).model.dropped()).to.equal(0);
      }),
    );
  });

  it('without cost and latency is window:T, but that its windows hold the packet at their very end', () => {
    const windows = fc.constantFrom(1000, 20_000, 125_000);
    fc.assert(
      fc.property(arrivals, windows, fc.constantFrom(2, 64), (timesNs, windowNs, weight) => {
        const table = createArrivalTable();
        const log = createPollLog(table);
        const window = { kind: 'window', windowNs, budget: weight } as const;
        feed(table, createPollModel(window, log, FLUSH_REASONS, createSoftirq(NO_CYCLES, 1)), timesNs);
        // Times are whole ns: half a ns less keeps out what arrives when the window ends.
        const moderation = coalesce((windowNs - 0.5) / US, 0);
        expect(run({ moderation, weight, ringPackets: 1000 }, timesNs).polls).to.deep.equal(log.polls);
      }),
    );
  });
});
