import { expect } from 'chai';
import fc from 'fast-check';
import type { InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import { REASONS } from '../../src/coalesce/reason.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import type { JsonlStats } from '../../src/replay/skb-json.ts';
import { concat, pattern, u16 } from '../helpers/bytes.ts';
import type { Frame } from '../helpers/fill-table.ts';
import { onesSum } from '../helpers/internet-checksum.ts';
import { pollEnds } from '../helpers/poll-model.ts';
import { replayFrames } from '../helpers/replay-frames.ts';
import { createModel, type ModelSkb } from './inet-lro-model.ts';
import { framesOf, trace } from './random-trace.ts';

const options: fc.Arbitrary<InetLroOptions> = fc.record({
  maxDesc: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(8)),
  maxAggr: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(64)),
  mtu: fc.constantFrom(1500, 9000, 60_000),
  mode: fc.constantFrom('skb', 'frags'),
  fragSize: fc.constantFrom(0, 64, 2048),
  vlan: fc.constantFrom('strip', 'pass', 'inband'),
  verifyChecksums: fc.boolean(),
});

const poll: fc.Arbitrary<PollSpec> = fc.oneof(
  fc.record({ kind: fc.constant('batch' as const), packets: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    kind: fc.constant('window' as const),
    windowNs: fc.constantFrom(0, 500, 10_000, 250_000),
    budget: fc.constantFrom(0, 1, 3, 64),
  }),
  fc.constant({ kind: 'end' as const }),
  fc.uniqueArray(fc.nat(60), { maxLength: 10 }).map((lasts) => ({
    kind: 'file' as const,
    file: '',
    lastPackets: Float64Array.from(lasts.sort((a, b) => a - b)),
  })),
);

interface Outcome {
  readonly skbs: readonly ModelSkb[];
  readonly stats: JsonlStats;
}

/** The engine's outcome, in the model's shape. */
function runEngine(frames: readonly Frame[], lro: InetLroOptions, poll: PollSpec, rows: number): Outcome {
  const { skbs, stats } = replayFrames(frames, { lro, poll, rows });
  const comparable = skbs.map(({ packets, lro, reason, gsoSize, header }): ModelSkb => {
    return { packets, lro, reason, gsoSize, header: lro ? header : null };
  });
  return { skbs: comparable, stats };
}

function runModel(frames: readonly Frame[], lro: InetLroOptions, spec: PollSpec): Outcome {
  const model = createModel(lro);
  const ends = pollEnds(
    spec,
    frames.map(({ timeNs }, record) => ({ record, timeNs })),
  );
  let polls = 0;
  let pending = 0;
  const endPoll = (reason: string): void => {
    if (pending > 0) polls++;
    pending = 0;
    model.flushAll(reason);
  };
  frames.forEach((frame, i) => {
    if (ends[i]!.before) endPoll('poll-end');
    model.receive(frame);
    pending++;
    if (ends[i]!.after) endPoll('poll-end');
  });
  endPoll('capture-end');
  const delivered = model.delivered.length;
  return {
    skbs: model.delivered,
    stats: { ...model.counters, packets: frames.length, delivered, polls },
  };
}

describe('inet_lro and the reference model', () => {
  it('deliver the same on random traces', () => {
    const seen = new Set<string>();
    let merged = 0;
    fc.assert(
      fc.property(trace, options, poll, fc.constantFrom(1, 3, 7, 2048), (steps, lro, spec, rows) => {
        const frames = framesOf(steps);
        const engine = runEngine(frames, lro, spec, rows);
        const { skbs, stats } = runModel(frames, lro, spec);
        expect(engine).to.deep.equal({ skbs, stats });
        for (const { reason } of skbs) seen.add(reason);
        merged += skbs.filter(({ packets }) => packets.length > 1).length;
      }),
      { numRuns: 1200 },
    );
    // The traces reached every rule of inet_lro, which are the reasons up to its last one.
    const own = REASONS.slice(0, REASONS.indexOf('timestamp-echo-zero') + 1);
    expect(own.filter((reason) => !seen.has(reason))).to.deep.equal(['not-coalesced']);
    expect(merged).to.be.above(1200);
  });

  it('keep the identities of the counters, every packet, and the order within what was held', () => {
    fc.assert(
      fc.property(trace, options, poll, (steps, lro, spec) => {
        const frames = framesOf(steps);
        const { skbs, stats } = runEngine(frames, lro, spec, 5);
        const held = skbs.filter((skb) => skb.lro);
        const alone = skbs.length - held.length;
        expect(stats.aggregated).to.equal(held.reduce((sum, { packets }) => sum + packets.length, 0));
        expect(stats.flushed).to.equal(held.length);
        expect(stats.delivered).to.equal(stats.flushed + alone);
        expect(stats.packets).to.equal(stats.aggregated + alone);
        expect(stats.noDesc).to.equal(skbs.filter(({ reason }) => reason === 'table-full').length);
        expect(stats.polls).to.be.within(frames.length > 0 ? 1 : 0, frames.length);
        const all = skbs.flatMap(({ packets }) => packets);
        expect([...all].sort((a, b) => a - b)).to.deep.equal(frames.map((_, i) => i));
        for (const { packets } of skbs) expect(packets).to.deep.equal([...packets].sort((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });

  it('deliver held skbs of one flow in the order in which they came', () => {
    fc.assert(
      fc.property(trace, options, poll, (steps, lro, spec) => {
        const { skbs } = runEngine(framesOf(steps), lro, spec, 2048);
        const lastOf = new Map<number, number>();
        for (const { packets, lro: held } of skbs) {
          if (!held) continue;
          const flow = steps[packets[0]!]!.flow;
          expect(packets[0]).to.be.above(lastOf.get(flow) ?? -1);
          lastOf.set(flow, packets.at(-1)!);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('deliver the payload of the members, with checksums that are right if theirs were', () => {
    fc.assert(
      fc.property(trace, options, (steps, lro) => {
        const frames = framesOf(steps);
        const isSound = (i: number): boolean =>
          !['checksum', 'cut', 'data-offset'].includes(steps[i]!.oddity.kind);
        for (const skb of replayFrames(frames, { lro }).skbs) {
          if (!skb.lro || !skb.packets.every(isSound)) continue;
          const payload = concat(...skb.packets.map((i) => pattern(steps[i]!.payload, i)));
          const headers = skb.bytes.length - payload.length;
          expect(Buffer.compare(skb.bytes.subarray(headers), payload)).to.equal(0);
          expect(skb.wireBytes).to.equal(skb.bytes.length);
          // A wrapped IP length (quirk Q5) goes into the checksum as it stands in the header.
          if (skb.bytes.length > 65_535) continue;
          const ip = skb.bytes.length - skb.header.ipLength;
          const pseudo = concat(skb.bytes.subarray(ip + 12, ip + 20), u16(6), u16(skb.header.ipLength - 20));
          expect(onesSum(concat(pseudo, skb.bytes.subarray(ip + 20)))).to.equal(0xffff);
          expect(onesSum(skb.bytes.subarray(ip, ip + 20))).to.equal(0xffff);
        }
      }),
      { numRuns: 300 },
    );
  });
});
