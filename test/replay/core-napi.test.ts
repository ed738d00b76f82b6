/** Lanes of poll models in the core against those in the code beside it: the same counts, events and times. */
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../../src/coalesce/linux-gro.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import type { Coefficients, Profile } from '../../src/cost/profile.ts';
import type { ModerationSpec } from '../../src/nic/moderation.ts';
import type { NapiSpec } from '../../src/nic/napi-state.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { NIC_PRESETS } from '../../src/nic/presets.ts';
import {
  type ConfigurationCounts,
  type ConfigurationPlan,
  createConfigurationRuns,
  studySetups,
} from '../../src/replay/configurations.ts';
import { openSession } from '../../src/replay/session.ts';
import { TRAFFIC } from '../coalesce/linux-gro-traffic.ts';
import { framesOf, trace } from '../coalesce/random-trace.ts';
import { pcapFile } from '../helpers/capture-files.ts';
import { MANY_FLOWS } from '../helpers/many-flows.ts';
import { TG3 } from '../helpers/napi-spec.ts';
import { CAPTURES, FORMATS, filesIn, useTempFolder, VECTORS } from '../helpers/surroundings.ts';

const PROFILE = loadProfile('aizu-2008');
const { coefficients, receiveModes } = PROFILE;
const ROUND_EVENTS: ReadonlySet<string> = new Set(['receivedFrames', 'skbs']);
/** By which at 1 GHz packets and skbs take 5 µs, and nothing else takes time: polls end when packets arrive. */
const ROUND: Profile = {
  ...PROFILE,
  coefficients: roundCycles(coefficients),
  receiveModes: {
    flip: { ...receiveModes.flip!, coefficients: roundCycles(receiveModes.flip!.coefficients) },
  },
};

function roundCycles(terms: Coefficients): Coefficients {
  return Object.fromEntries(
    Object.entries(terms).map(([name, term]) => [
      name,
      { ...term, value: ROUND_EVENTS.has(term.event) ? 5000 : 0 },
    ]),
  );
}

function planOf(poll: PollSpec, inetLro: InetLroOptions, profile: Profile = PROFILE): ConfigurationPlan {
  return {
    setups: studySetups(() => ({ text: poll.kind, spec: poll })),
    engines: { inetLro },
    price: { receiveMode: 'flip', lroMode: 'skb', profile },
  };
}

function groPlanOf(poll: PollSpec, linuxGro: LinuxGroOptions = LINUX_GRO_DEFAULTS): ConfigurationPlan {
  return {
    ...planOf(poll, INET_LRO_DEFAULTS),
    setups: studySetups(() => ({ text: poll.kind, spec: poll }), 'linux-gro'),
    engines: { inetLro: INET_LRO_DEFAULTS, linuxGro },
  };
}

/** With the packets that the core took. */
async function replay(
  path: string,
  plans: readonly ConfigurationPlan[],
  core: boolean,
  receiver: 'auto' | 'all',
): Promise<{ counts: ConfigurationCounts[][]; inCore: number }> {
  const session = await openSession(path, {
    receiver: receiver === 'all' ? { mode: 'all', why: '' } : 'auto',
    fcsBytes: null,
    stdin: () => process.stdin,
    core,
  });
  try {
    let inCore = 0;
    const kernels = session.table.core?.kernels;
    const runs = createConfigurationRuns(session.table, plans);
    const counting =
      (run: (lane: number, from: number, to: number) => number) =>
      (lane: number, from: number, to: number): number => {
        const next = run(lane, from, to);
        inCore += next - from;
        return next;
      };
    const counted = kernels && {
      ...kernels,
      runNapi: counting(kernels.runNapi),
      runBatch: counting(kernels.runBatch),
      runWindow: counting(kernels.runWindow),
    };
    if (counted) Object.assign(session.table.core!, { kernels: counted });
    await session.run((table) => {
      runs.run(table);
      return undefined;
    });
    return { counts: runs.finish(), inCore };
  } finally {
    session.close();
  }
}

/** Returns how many packets the core took, all lanes together. */
async function expectSame(
  path: string,
  plans: readonly ConfigurationPlan[],
  receiver: 'auto' | 'all' = 'auto',
): Promise<number> {
  const plain = await replay(path, plans, false, receiver);
  const usual = await replay(path, plans, true, receiver);
  expect(plain.inCore).to.equal(0);
  expect(usual.counts).to.deep.equal(plain.counts);
  return usual.inCore;
}

const isCapture = (name: string): boolean => /\.(pcap|pcapng)(\.gz)?$/.test(name);

describe('polls in the core and beside it', function () {
  this.timeout(120_000);
  const folder = useTempFolder();

  const presets = NIC_PRESETS.map(({ moderation, weight }) => ({
    ...TG3,
    moderation: moderation.value,
    weight: weight.value,
  }));
  const tight = { ...TG3, ringPackets: 16, weight: 3, timeScale: 0.1 };
  const batches: PollSpec[] = [1, 7, 64, 1e9].map((packets) => ({ kind: 'batch', packets }));
  const windows: PollSpec[] = [
    { kind: 'window', windowNs: 125_000, budget: 64 },
    { kind: 'window', windowNs: 20_000, budget: 3 },
    { kind: 'window', windowNs: 1e9, budget: 1e9 },
  ];
  const plans = [...presets, tight, ...batches, ...windows].map((poll) => planOf(poll, INET_LRO_DEFAULTS));
  const groPlans = [TG3, tight, batches[1]!, windows[0]!].map((poll) => groPlanOf(poll));

  for (const base of [CAPTURES, FORMATS]) {
    for (const name of filesIn(base).filter(isCapture)) {
      it(`agree on ${name}`, async () => {
        await expectSame(join(base, name), [...plans, ...groPlans]);
      });
    }
  }

  for (const poll of [TG3, batches[2]!, windows[0]!]) {
    it(`take the most of bulk and web traffic in the core: ${poll.kind}`, async () => {
      const paths = ['f1', 'web-8thr'].map((name) => join(CAPTURES, `${name}.pcap.gz`));
      for (const path of paths)
        for (const plan of [planOf(poll, INET_LRO_DEFAULTS), groPlanOf(poll)]) {
          const { counts, inCore } = await replay(path, [plan], true, 'auto');
          // Configurations whose polls take no time share their engine.
          const lanes = poll.kind !== 'napi' ? counts[0]!.slice(0, 2) : counts[0]!;
          const received = lanes.reduce((sum, { packets, dropped }) => sum + packets + dropped, 0);
          expect(inCore).to.be.within(0.95 * received, received);
        }
    });
  }

  it('agree on the vectors of inet_lro', async () => {
    const small = { ...INET_LRO_DEFAULTS, maxDesc: 2, maxAggr: 5 };
    for (const base of ['inet_lro', 'inet_lro_random']) {
      for (const name of filesIn(join(VECTORS, base)).filter(isCapture)) {
        await expectSame(
          join(VECTORS, base, name),
          [TG3, tight, ...batches, ...windows].map((poll) => planOf(poll, small)),
          'all',
        );
      }
    }
  });

  const times = fc.oneof(fc.constantFrom(0, 5, 10, 50), fc.integer({ min: 1, max: 200 }));
  const moderation: fc.Arbitrary<ModerationSpec> = fc.oneof(
    fc.record({
      kind: fc.constant('coalesce' as const),
      rxUsecs: times,
      rxFrames: fc.nat(6),
      timer: fc.constantFrom('first' as const, 'last' as const),
    }),
    fc.record({ kind: fc.constant('interval' as const), intervalUs: times }),
  );
  const napi: fc.Arbitrary<NapiSpec> = fc.record({
    kind: fc.constant('napi' as const),
    nic: fc.constant('test'),
    moderation,
    ringPackets: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(256)),
    weight: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(64)),
    cpuGhz: fc.constantFrom(0.02, 0.3, 2.3),
    interruptLatencyUs: fc.constantFrom(0, 5, 50),
    perPacketShare: fc.constantFrom(0, 0.5, 1),
    afterFlush: fc.constantFrom('interrupt' as const, 'poll' as const),
    timeScale: fc.constantFrom(0.1, 1, 3),
  });
  const inetLro = fc.record({
    maxDesc: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(8, 300)),
    maxAggr: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(64)),
    mtu: fc.constantFrom(1500, 60_000),
  });

  /** Arrivals at any time, or at round times, when timers fire, and with round costs polls end. */
  const clock = fc.constantFrom(
    { tickNs: 1, profile: PROFILE, costs: {} },
    { tickNs: 5000, profile: PROFILE, costs: {} },
    { tickNs: 5000, profile: ROUND, costs: { cpuGhz: 1, perPacketShare: 1, timeScale: 1 } },
  );

  it('agree on random traffic with random options', async () => {
    let inCore = 0;
    let dropped = 0;
    await fc.assert(
      fc.asyncProperty(
        trace,
        napi,
        inetLro,
        clock,
        async (steps, poll, limits, { tickNs, profile, costs }) => {
          const frames = framesOf(steps).map((frame) => ({
            ...frame,
            timeNs: BigInt(Math.round(frame.timeNs / tickNs) * tickNs),
          }));
          const path = folder.write('random', pcapFile(frames));
          const plan = planOf({ ...poll, ...costs }, { ...INET_LRO_DEFAULTS, ...limits }, profile);
          inCore += await expectSame(path, [plan], 'all');
          const { counts } = await replay(path, [plan], false, 'all');
          dropped += counts[0]![1]!.dropped;
        },
      ),
      { numRuns: 600 },
    );
    expect(inCore).to.be.above(1000);
    expect(dropped).to.be.above(100);
  });

  const count = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(64));
  const window: fc.Arbitrary<PollSpec> = fc.record({
    kind: fc.constant('window' as const),
    windowNs: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1000, max: 500_000 })),
    budget: count,
  });

  it('agree on random traffic in batches and windows', async () => {
    let inCore = 0;
    const polls = fc.oneof(
      count.map((packets): PollSpec => ({ kind: 'batch', packets })),
      window,
    );
    await fc.assert(
      fc.asyncProperty(trace, polls, inetLro, async (steps, poll, limits) => {
        const path = folder.write(
          'batches',
          pcapFile(framesOf(steps).map((frame) => ({ ...frame, timeNs: BigInt(frame.timeNs) }))),
        );
        const plan = planOf(poll, { ...INET_LRO_DEFAULTS, ...limits });
        inCore += await expectSame(path, [plan], 'all');
      }),
      { numRuns: 500 },
    );
    expect(inCore).to.be.above(1000);
  });

  it('agree on thousands of flows that share places', async () => {
    await fc.assert(
      fc.asyncProperty(MANY_FLOWS, async ({ file, polls }) => {
        const plans = polls.flatMap((poll) => [groPlanOf(poll), planOf(poll, INET_LRO_DEFAULTS)]);
        await expectSame(folder.write('many', file), plans, 'all');
      }),
      { numRuns: 10 },
    );
  });

  it('agree on random traffic for linux-gro, in any polls', async () => {
    let inCore = 0;
    const batch = fc.record({
      kind: fc.constant('batch' as const),
      packets: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(
        TRAFFIC,
        fc.oneof(napi, batch, window),
        fc.constantFrom(1000, 20_000),
        async ({ frames, perBucket, maxSize }, poll, gapNs) => {
          const path = folder.write(
            'gro',
            pcapFile(frames.map((bytes, i) => ({ bytes, timeNs: BigInt(i * gapNs) }))),
          );
          inCore += await expectSame(
            path,
            [groPlanOf(poll, { ...LINUX_GRO_DEFAULTS, perBucket, maxSize })],
            'all',
          );
        },
      ),
      { numRuns: 300 },
    );
    expect(inCore).to.be.above(1000);
  });
});
