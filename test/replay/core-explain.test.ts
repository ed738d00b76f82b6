/** `analyze explain` with the WebAssembly core and without: the same record, whatever is replayed. */
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import { type Obstacle, obstacleSet } from '../../src/coalesce/obstacle.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { createSoftirq, NO_CYCLES, type SoftirqCycles } from '../../src/nic/softirq.ts';
import { allObstacles } from '../../src/replay/advice.ts';
import type { EngineName, EngineOptions } from '../../src/replay/coalesce.ts';
import { explain } from '../../src/replay/explain.ts';
import type { ExplainRecord } from '../../src/replay/explain-result.ts';
import { openSession } from '../../src/replay/session.ts';
import { TRAFFIC } from '../coalesce/linux-gro-traffic.ts';
import { framesOf, trace } from '../coalesce/random-trace.ts';
import { pcapFile } from '../helpers/capture-files.ts';
import { ethernet } from '../helpers/links.ts';
import { MANY_FLOWS } from '../helpers/many-flows.ts';
import { TG3 } from '../helpers/napi-spec.ts';
import { ipv4Packet, timestamps } from '../helpers/packets.ts';
import { CAPTURES, FORMATS, filesIn, useTempFolder } from '../helpers/surroundings.ts';

const ALONE: readonly Obstacle[] = [
  ...(['psh', 'ack-changed', 'window-changed', 'timestamp', 'segment-size'] as const),
  ...(['size-limit', 'table-full', 'poll-end'] as const),
];
const SETS = [
  ...ALONE.map((name) => [name]),
  ['poll-end', 'table-full'],
  ['poll-end', 'size-limit', 'psh'],
  ['reordering'],
  ['reordering', 'poll-end', 'table-full'],
];

/** Of the order of those of a real driver domain, and not round. */
const CYCLES: SoftirqCycles = {
  perPacket: 1901.5,
  perPoll: 3007,
  ofSkb: (segments, payloadBytes) => 5003.25 + 411 * segments + payloadBytes / 7,
};

interface Setting {
  readonly poll: PollSpec;
  readonly receiver?: 'all';
  readonly inetLro?: Partial<EngineOptions['inetLro']>;
  readonly linuxGro?: Partial<typeof LINUX_GRO_DEFAULTS>;
}

async function explained(path: string, core: boolean, setting: Setting): Promise<ExplainRecord> {
  const session = await openSession(path, {
    receiver: setting.receiver === 'all' ? { mode: 'all', why: '' } : 'auto',
    fcsBytes: null,
    stdin: () => process.stdin,
    core,
  });
  try {
    return await explain(session, {
      engines: ['inet_lro', 'linux-gro'],
      engineOptions: {
        engine: 'none',
        inetLro: { ...INET_LRO_DEFAULTS, ...setting.inetLro },
        linuxGro: { ...LINUX_GRO_DEFAULTS, ...setting.linuxGro },
      },
      poll: setting.poll,
      pollText: '',
      pollDescription: '',
      withoutTimes: null,
      softirq: (_engine, core, slots) =>
        setting.poll.kind === 'napi'
          ? createSoftirq(CYCLES, setting.poll.cpuGhz, core, {
              slots,
              packets: setting.poll.weight,
              waiting: setting.poll.ringPackets,
            })
          : createSoftirq(NO_CYCLES, 1),
      whatIfs: (engine: EngineName) => [
        ...SETS.map((names) => obstacleSet(names as Obstacle[])).filter(
          (set) => (set & ~allObstacles(engine)) === 0,
        ),
      ],
      top: 10,
      packets: [],
      diff: null,
    });
  } finally {
    session.close();
  }
}

async function expectSame(path: string, setting: Setting): Promise<ExplainRecord> {
  const plain = await explained(path, false, setting);
  expect(await explained(path, true, setting)).to.deep.equal(plain);
  return plain;
}

describe('explain with the core and without', function () {
  this.timeout(240_000);
  const folder = useTempFolder();

  for (const base of [CAPTURES, FORMATS]) {
    for (const name of filesIn(base).filter((name) => /\.(pcap|pcapng)(\.gz)?$/.test(name))) {
      it(`agree on ${name} in polls of its own making`, async () => {
        await expectSame(join(base, name), { poll: TG3 });
        await expectSame(join(base, name), {
          poll: { ...TG3, ringPackets: 8, weight: 4, timeScale: 0.2, afterFlush: 'poll' },
          inetLro: { maxDesc: 2, maxAggr: 6 },
          linuxGro: { perBucket: 1 },
        });
        await expectSame(join(base, name), { poll: { kind: 'window', windowNs: 125_000, budget: 64 } });
      });

      it(`agree on ${name}`, async () => {
        const { engines } = await expectSame(join(base, name), { poll: { kind: 'batch', packets: 64 } });
        for (const { packets, whatIfs } of engines) {
          expect(packets).to.be.above(0);
          expect(whatIfs).to.have.length.above(4);
        }
      });
    }
  }

  it('agree on the losses of random traffic, with random limits', async () => {
    const limits = fc.record({
      maxDesc: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(8)),
      maxAggr: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(64)),
      mtu: fc.constantFrom(1500, 60_000),
    });
    await fc.assert(
      fc.asyncProperty(trace, limits, fc.integer({ min: 1, max: 20 }), async (steps, inetLro, packets) => {
        const frames = framesOf(steps).map((frame) => ({ ...frame, timeNs: BigInt(frame.timeNs) }));
        const path = folder.write('random', pcapFile(frames));
        await expectSame(path, { poll: { kind: 'batch', packets }, receiver: 'all', inetLro });
        const window = { kind: 'window', windowNs: 3 * packets, budget: packets } as const;
        await expectSame(path, { poll: window, receiver: 'all', inetLro });
        await expectSame(path, {
          poll: { ...TG3, ringPackets: 2 * packets, weight: packets },
          receiver: 'all',
          inetLro,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('agree on more flows than are kept apart, which come back', async () => {
    const FLOWS = 20_000;
    const seqOf = new Int32Array(FLOWS);
    const segment = (flow: number, bytes: number): Uint8Array => {
      const tcp = {
        sourcePort: 1024 + flow,
        seq: seqOf[flow]!,
        options: timestamps(1, 1),
        payload: new Uint8Array(bytes),
      };
      seqOf[flow]! += bytes;
      return ethernet(ipv4Packet({}, tcp));
    };
    const frames: Uint8Array[] = [];
    for (let i = 0; i < FLOWS; i++) {
      frames.push(segment(i, 100), segment(i, 100));
      // Some that are long gone, some small and some large.
      if (i % 8 === 0) frames.push(segment(i >> 1, 40));
      if (i % 40 === 0) frames.push(segment(i / 40, 1400), segment(i / 40, 1400));
    }
    const path = folder.write(
      'flows',
      pcapFile(frames.map((bytes, i) => ({ bytes, timeNs: BigInt(1000 * i) }))),
    );
    const polls: PollSpec[] = [
      { kind: 'batch', packets: 64 },
      { kind: 'window', windowNs: 60_000, budget: 64 },
      TG3,
    ];
    for (const poll of polls) {
      const { engines } = await expectSame(path, { poll, receiver: 'all' });
      for (const { flows, otherFlows, payloadBytes } of engines) {
        expect(flows).to.have.length(10);
        const listed = flows.reduce((sum, flow) => sum + flow.payloadBytes, 0);
        expect(listed + otherFlows.payloadBytes).to.equal(payloadBytes);
      }
    }
  });

  it('agree on thousands of flows that share places', async () => {
    await fc.assert(
      fc.asyncProperty(MANY_FLOWS, async ({ file, polls }) => {
        const path = folder.write('many', file);
        for (const poll of polls) await expectSame(path, { poll, receiver: 'all' });
      }),
      { numRuns: 8 },
    );
  });

  it('agree on random traffic for linux-gro, some of it long', async () => {
    await fc.assert(
      fc.asyncProperty(
        TRAFFIC,
        fc.constantFrom(1, 1, 40),
        async ({ frames, lastPackets, perBucket, maxSize }, times) => {
          const all = Array.from({ length: times }, () => frames).flat();
          const path = folder.write(
            'gro',
            pcapFile(all.map((bytes, i) => ({ bytes, timeNs: BigInt(7000 * i) }))),
          );
          const polls: PollSpec[] = [
            { kind: 'file', file: '', lastPackets: Float64Array.from(lastPackets) },
            { kind: 'batch', packets: 1 + (frames.length % 13) },
            { kind: 'window', windowNs: 7000 * (1 + (frames.length % 11)), budget: 8 },
            { ...TG3, weight: 1 + (frames.length % 9), ringPackets: 12 },
          ];
          for (const poll of polls) {
            await expectSame(path, { poll, receiver: 'all', linuxGro: { perBucket, maxSize } });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
