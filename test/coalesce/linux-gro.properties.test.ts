import { expect } from 'chai';
import * as fc from 'fast-check';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import { concat } from '../helpers/bytes.ts';
import { type EngineRun, frameOf, runEngine } from '../helpers/engine-run.ts';
import { modelGro, parseFrame, type Segment } from './linux-gro-model.ts';
import { TRAFFIC, type Traffic } from './linux-gro-traffic.ts';

const RUNS = { numRuns: 600 };

function run({ frames, lastPackets, perBucket, maxSize }: Traffic, verifyChecksums: boolean): EngineRun {
  const linuxGro = { ...LINUX_GRO_DEFAULTS, buckets: 1, perBucket, maxSize, verifyChecksums };
  const engine = { engine: 'linux-gro', inetLro: INET_LRO_DEFAULTS, linuxGro } as const;
  return runEngine(frames.map(frameOf), engine, lastPackets);
}

function segmentIn(frame: Uint8Array): Segment {
  const segment = parseFrame(frame);
  if (typeof segment === 'string') throw new Error(`no segment: ${segment}`);
  return segment;
}

/** The payload of a whole frame without a trailer. */
function payloadOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(frame.length - segmentIn(frame).payload);
}

describe('linux-gro, any traffic', () => {
  it('is delivered as the slow model delivers it', () => {
    fc.assert(
      fc.property(TRAFFIC, (traffic) => {
        const { skbs } = run(traffic, true);
        const delivered = skbs.map(({ packets, reason }) => ({ packets, reason }));
        expect(delivered).to.deep.equal(modelGro(traffic.frames, traffic.lastPackets, traffic));
      }),
      RUNS,
    );
  });

  it('is delivered the same whether checksums that are right are looked at or not', () => {
    fc.assert(
      fc.property(TRAFFIC, (traffic) => {
        const frames = traffic.frames.filter((frame) => parseFrame(frame) !== 'checksum');
        const right = { ...traffic, frames };
        expect(run(right, false)).to.deep.equal(run(right, true));
      }),
      RUNS,
    );
  });

  it('reaches the stack once, and in order in each flow but for what passes', () => {
    fc.assert(
      fc.property(TRAFFIC, (traffic) => {
        const { skbs, stats } = run(traffic, true);
        const all = skbs.flatMap(({ packets }) => packets);
        expect(all.toSorted((a, b) => a - b)).to.deep.equal(traffic.frames.map((_, i) => i));
        expect(stats.delivered).to.equal(skbs.length);
        const last = new Map<string, number>();
        for (const packet of all) {
          const segment = parseFrame(traffic.frames[packet]!);
          if (typeof segment === 'string') continue;
          expect(packet).to.be.above(last.get(segment.flow) ?? -1);
          last.set(segment.flow, packet);
        }
      }),
      RUNS,
    );
  });

  it('can be split again into what was merged', () => {
    fc.assert(
      fc.property(TRAFFIC, (traffic) => {
        for (const skb of run(traffic, true).skbs) {
          const members = skb.packets.map((packet) => traffic.frames[packet]!);
          if (members.length === 1) {
            expect(skb.bytes).to.deep.equal(members[0]);
            continue;
          }
          const segments = members.map(segmentIn);
          const merged = segmentIn(skb.bytes);
          const first = segments[0]!;
          const payload = segments.reduce((sum, segment) => sum + segment.payload, 0);
          const flags = segments.reduce((all, segment) => all | segment.flags, 0);
          const size = first.size + payload - first.payload;
          expect(merged).to.deep.equal({ ...first, payload, flags, size });
          expect(payloadOf(skb.bytes)).to.deep.equal(concat(...members.map(payloadOf)));
          expect(skb.gsoSize).to.equal(first.payload);
          expect(segments.slice(0, -1).every((segment) => segment.payload === skb.gsoSize)).to.equal(true);
          expect(segments.at(-1)?.payload).to.be.within(1, skb.gsoSize);
        }
      }),
      RUNS,
    );
  });
});
