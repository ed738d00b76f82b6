/** The WebAssembly core against the code beside it, over whole replays: the same rows, skbs, reasons and counts. */
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { SkbSink } from '../../src/coalesce/engine.ts';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../../src/coalesce/linux-gro.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import type { ReceiverChoice } from '../../src/packet/receiver.ts';
import { familyOf, type PacketTable } from '../../src/packet/table.ts';
import { createLane, ENGINES, type EngineName } from '../../src/replay/coalesce.ts';
import { openSession } from '../../src/replay/session.ts';
import { TRAFFIC } from '../coalesce/linux-gro-traffic.ts';
import { framesOf, trace } from '../coalesce/random-trace.ts';
import { pcapFile, pcapngFile } from '../helpers/capture-files.ts';
import { MANY_FLOWS } from '../helpers/many-flows.ts';
import { CAPTURES, FORMATS, filesIn, useTempFolder, VECTORS } from '../helpers/surroundings.ts';

interface Setting {
  readonly core: boolean;
  readonly inetLro: InetLroOptions;
  readonly linuxGro?: LinuxGroOptions;
  readonly poll: PollSpec;
  readonly receiver?: 'auto' | ReceiverChoice;
}

/** All that comes out of a replay, as numbers, with a name for each part. */
interface Outcome {
  readonly parts: ReadonlyMap<string, number[]>;
  readonly stats: readonly unknown[];
}

function noteRows(table: PacketTable, into: number[]): void {
  for (let row = 0; row < table.count; row++) {
    const kind = table.kind[row]!;
    into.push(table.timeNs[row]!, table.frameOffset[row]!, table.capturedBytes[row]!, table.wireBytes[row]!);
    into.push(kind, table.linkType[row]!, table.direction[row]!, table.flow[row]!, table.tcpAt[row]!);
    if (familyOf(kind) !== 0) into.push(table.ipAt[row]!);
    if (table.tcpAt[row] === 0) continue;
    into.push(table.ipLength[row]!, table.seq[row]!, table.tcpFlags[row]!, table.payloadBytes[row]!);
  }
  into.push(...table.rows.subarray(0, table.received));
}

function noteSkbs(into: number[]): SkbSink {
  return {
    deliverHeld(skb, reason) {
      into.push(
        -1,
        reason,
        skb.segments,
        skb.payloadBytes,
        skb.frameBytes,
        skb.gsoSize,
        skb.ipLength,
        skb.flow,
      );
      into.push(skb.ack, skb.window, skb.hasTimestamp ? skb.tsecr : 0, skb.addedFlags);
    },
    deliverAlone(row, reason) {
      into.push(-2, reason, row);
    },
  };
}

async function replay(path: string, { core, inetLro, linuxGro, poll, receiver }: Setting): Promise<Outcome> {
  const session = await openSession(path, {
    receiver: receiver ?? 'auto',
    fcsBytes: null,
    stdin: () => process.stdin,
    core,
  });
  try {
    const rows: number[] = [];
    const parts = new Map([['rows', rows]]);
    const lanes = ENGINES.map((engine: EngineName) => {
      const skbs: number[] = [];
      parts.set(engine, skbs);
      return createLane(
        session.table,
        { engine, inetLro, linuxGro: linuxGro ?? LINUX_GRO_DEFAULTS },
        poll,
        noteSkbs(skbs),
      );
    });
    await session.run((table) => {
      noteRows(table, rows);
      for (const lane of lanes) lane.run(table);
      return undefined;
    });
    for (const lane of lanes) lane.finish();
    const stats = [...lanes.map((lane) => lane.stats()), session.timeOrder, session.reader.notes()];
    return { parts, stats };
  } finally {
    session.close();
  }
}

async function expectSame(path: string, setting: Omit<Setting, 'core'>): Promise<Outcome> {
  const plain = await replay(path, { ...setting, core: false });
  const usual = await replay(path, { ...setting, core: true });
  expect(usual.stats).to.deep.equal(plain.stats);
  for (const [name, numbers] of plain.parts) {
    const others = usual.parts.get(name)!;
    // Millions of numbers: the assertion is asked only about a difference.
    const at = numbers.findIndex((number, i) => number !== others[i]);
    if (at >= 0 || numbers.length !== others.length) {
      expect(others.slice(at, at + 20), `${name} from ${at} on`).to.deep.equal(numbers.slice(at, at + 20));
      expect(others).to.have.length(numbers.length);
    }
  }
  return plain;
}

const DEFAULTS = { inetLro: INET_LRO_DEFAULTS, poll: { kind: 'batch', packets: 64 } } as const;
const isCapture = (name: string): boolean => /\.(pcap|pcapng)(\.gz)?$/.test(name);

describe('the core and the code beside it', function () {
  this.timeout(120_000);
  const folder = useTempFolder();

  for (const base of [CAPTURES, FORMATS]) {
    for (const name of filesIn(base).filter(isCapture)) {
      it(`agree on ${name}`, async () => {
        const { stats } = await expectSame(join(base, name), DEFAULTS);
        expect(stats[1]).to.have.property('packets').above(0);
      });
    }
  }

  for (const base of ['inet_lro', 'inet_lro_random', 'linux-gro', 'linux-gro-selftest']) {
    it(`agree on the vectors of ${base}`, async () => {
      const names = filesIn(join(VECTORS, base)).filter(isCapture);
      expect(names).to.have.length.above(1);
      const receiver = { mode: 'all', why: '' } as const;
      const inetLro = { ...INET_LRO_DEFAULTS, maxDesc: 2, maxAggr: 5 };
      for (const name of names) {
        await expectSame(join(VECTORS, base, name), { ...DEFAULTS, receiver });
        await expectSame(join(VECTORS, base, name), { ...DEFAULTS, receiver, inetLro });
      }
    });
  }

  it('agree on random traffic for linux-gro', async () => {
    await fc.assert(
      fc.asyncProperty(TRAFFIC, async ({ frames, lastPackets, perBucket, maxSize }) => {
        const path = folder.write('gro', pcapFile(frames.map((bytes, i) => ({ bytes, timeNs: BigInt(i) }))));
        await expectSame(path, {
          inetLro: INET_LRO_DEFAULTS,
          linuxGro: { ...LINUX_GRO_DEFAULTS, perBucket, maxSize },
          receiver: { mode: 'all', why: '' },
          poll: { kind: 'file', file: '', lastPackets: Float64Array.from(lastPackets) },
        });
      }),
      { numRuns: 300 },
    );
  });

  it('agree on thousands of flows that share places', async () => {
    await fc.assert(
      fc.asyncProperty(MANY_FLOWS, async ({ file, packets }) => {
        const receiver = { mode: 'all', why: '' } as const;
        const poll = { kind: 'batch', packets } as const;
        await expectSame(folder.write('many', file), { ...DEFAULTS, receiver, poll });
      }),
      { numRuns: 10 },
    );
  });

  it('agree on random traffic with random limits, as pcap and pcapng', async () => {
    const limits = fc.record({
      maxDesc: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(8), fc.constant(65_536)),
      maxAggr: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(64)),
      mtu: fc.constantFrom(1500, 60_000),
    });
    const receiver = fc.constantFrom(
      'auto' as const,
      { mode: 'all', why: '' } as const,
      { mode: 'mac', address: '02:00:00:00:00:02', why: '' } as const,
    );
    await fc.assert(
      fc.asyncProperty(trace, limits, receiver, fc.integer({ min: 1, max: 20 }), async (...made) => {
        const [steps, limit, receiver, packets] = made;
        const frames = framesOf(steps);
        for (const file of [pcapFile, pcapngFile]) {
          const path = folder.write(
            'random',
            file(frames.map((frame) => ({ ...frame, timeNs: BigInt(frame.timeNs) }))),
          );
          const inetLro = { ...INET_LRO_DEFAULTS, ...limit };
          await expectSame(path, { inetLro, receiver, poll: { kind: 'batch', packets } });
        }
      }),
      { numRuns: 200 },
    );
  });
});
