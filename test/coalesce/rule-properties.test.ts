import { expect } from 'chai';
import * as fc from 'fast-check';
import { CATALOG, ENGINES, type EngineName } from '../../src/coalesce/catalog.ts';
import { concat } from '../helpers/bytes.ts';
import type { EngineRun } from '../helpers/engine-run.ts';
import { ahead, type PlainSegment, plainSegment } from './plain-segment.ts';
import { type RuleOptions, run } from './rule-cases.ts';
import { RULE_TRAFFIC, type RuleTraffic } from './rule-traffic.ts';

const RUNS = { numRuns: 300 };
const BY_RULES = ENGINES.filter((engine) => CATALOG[engine].verified === 'rules');
/** Short enough that the limits are met. */
const TIGHT: RuleOptions = {
  dpdkGro: { rules: 'newer', maxAggr: 3, burst: 9, vlan: 'strip', verifyChecksums: false },
  wireguard: { maxAggr: 4, burst: 11, vlan: 'strip' },
  windowsRsc: { maxUnits: 2, maxAggr: 3, vlan: 'strip' },
  freebsd: { entries: 2, mtu: 65_535 - 300, maxAggr: 3, vlan: 'strip', verifyChecksums: false },
  s2io: { sessions: 2, mtu: 1500, maxAggr: 3, vlan: 'strip', verifyChecksums: false },
};

interface Delivery {
  readonly run: EngineRun;
  readonly segments: readonly PlainSegment[];
}

function deliver(engine: EngineName, traffic: RuleTraffic, options: RuleOptions): Delivery {
  return {
    run: run(engine, traffic.frames, options, traffic.lastPackets),
    segments: traffic.frames.map((frame) => plainSegment(frame, 1)),
  };
}

function payloadOf(frame: Uint8Array, { payload, linkBytes, ipBytes }: PlainSegment): Uint8Array {
  return frame.subarray(linkBytes + ipBytes - payload, linkBytes + ipBytes);
}

/** Calls `check` for each engine and random traffic, with the defaults and with limits that are met. */
function always(
  name: string,
  engines: readonly EngineName[],
  check: (delivery: Delivery, traffic: RuleTraffic) => void,
): void {
  for (const engine of engines) {
    it(`${engine}: ${name}`, () => {
      fc.assert(
        fc.property(RULE_TRAFFIC, fc.constantFrom({}, TIGHT), (traffic, options) =>
          check(deliver(engine, traffic, options), traffic),
        ),
        RUNS,
      );
    });
  }
}

describe('engines after published rules, what holds for any traffic', () => {
  always(
    'each packet reaches the stack once, and the counters add up',
    BY_RULES,
    ({ run: { skbs, stats } }, { frames }) => {
      const all = skbs.flatMap(({ packets }) => packets);
      expect(all.toSorted((a, b) => a - b)).to.deep.equal(frames.map((_, i) => i));
      const held = skbs.filter((skb) => skb.held);
      expect(stats.packets).to.equal(frames.length);
      expect(stats.delivered).to.equal(skbs.length);
      expect(stats.flushed).to.equal(held.length);
      expect(stats.aggregated).to.equal(held.reduce((sum, { packets }) => sum + packets.length, 0));
    },
  );

  always(
    'an skb is one packet of all its members, payload, length and checksums',
    BY_RULES,
    (delivery, { frames }) => {
      const { run: engineRun, segments } = delivery;
      for (const { packets, bytes, wireBytes, held, pureAcks, gsoSize } of engineRun.skbs) {
        expect(bytes.length).to.equal(wireBytes);
        if (packets.length === 1) {
          // A packet that was held has lost its trailer.
          const { linkBytes, ipBytes } = segments[packets[0]!]!;
          const end = held ? linkBytes + ipBytes : Number.POSITIVE_INFINITY;
          expect(bytes).to.deep.equal(frames[packets[0]!]!.subarray(0, end));
          continue;
        }
        expect(held).to.equal(true);
        const members = packets.map((packet) => segments[packet]!);
        const merged = plainSegment(bytes, 1);
        const [first] = members;
        expect(merged.refused).to.equal(null);
        expect(merged.flow).to.equal(first!.flow);
        expect(merged.seq).to.equal(first!.seq);
        expect(merged.options.length).to.equal(first!.options.length);
        expect(pureAcks).to.equal(members.filter(({ payload }) => payload === 0).length);
        const payloads = packets.map((packet, i) => payloadOf(frames[packet]!, members[i]!));
        expect(payloadOf(bytes, merged)).to.deep.equal(concat(...payloads));
        expect(merged.payload).to.equal(payloads.reduce((sum, { length }) => sum + length, 0));
        if (members.every((member) => member.checksumsRight)) expect(merged.checksumsRight).to.equal(true);
        // Members follow each other without a gap: so a split gives them back.
        members.slice(1).forEach(({ seq }, i) => {
          expect(ahead(seq, members[i]!.seq)).to.equal(members[i]!.payload);
        });
        expect(gsoSize).to.be.at.most(Math.max(...members.map(({ payload }) => payload)));
      }
    },
  );

  const inOrder: readonly EngineName[] = ['freebsd', 'windows-rsc', 's2io', 'gvisor'];
  always('what was looked at is delivered in order in each flow', inOrder, ({ run: { skbs }, segments }) => {
    const last = new Map<string, number>();
    for (const { packets, reason, held } of skbs) {
      for (const packet of packets) {
        const { flow, macs, linkBytes, refused, checksumsRight } = segments[packet]!;
        // These pass, at least in some of the engines.
        if (
          refused !== null ||
          linkBytes > 14 ||
          !checksumsRight ||
          reason === 'syn' ||
          (!held && reason === 'table-full')
        )
          continue;
        expect(packet).to.be.above(last.get(flow + macs) ?? -1);
        last.set(flow + macs, packet);
      }
    }
  });

  const anyOrder: readonly EngineName[] = ['dpdk-gro', 'wireguard'];
  always(
    'what is held leaves in the order in which items were opened',
    anyOrder,
    ({ run: { skbs } }, { lastPackets }) => {
      let opened = -1;
      let ended = -1;
      for (const { packets, held, reason } of skbs) {
        if (!held) continue;
        const first = Math.min(...packets);
        expect(first).to.be.above(opened);
        opened = first;
        // All members are of one poll.
        const end = lastPackets.find((last) => last >= first) ?? Number.POSITIVE_INFINITY;
        expect(Math.max(...packets)).to.be.at.most(end);
        expect(end).to.be.at.least(ended);
        ended = end;
        expect(['poll-end', 'burst-end', 'capture-end']).to.include(reason);
      }
    },
  );

  it('the traffic makes each of them merge, prepend and absorb', () => {
    const seen = new Map<string, number>();
    const count = (what: string): Map<string, number> => seen.set(what, (seen.get(what) ?? 0) + 1);
    fc.assert(
      fc.property(RULE_TRAFFIC, (traffic) => {
        for (const engine of BY_RULES) {
          for (const { packets, pureAcks } of deliver(engine, traffic, {}).run.skbs) {
            if (packets.length > 2) count(`${engine} merges`);
            if (pureAcks > 0) count(`${engine} absorbs`);
            if (packets.some((packet, i) => packet < (packets[i - 1] ?? -1))) count(`${engine} prepends`);
          }
        }
      }),
      { ...RUNS, seed: 7 },
    );
    const expected = [
      ...BY_RULES.map((engine) => `${engine} merges`),
      ...['freebsd absorbs', 'windows-rsc absorbs', 'dpdk-gro prepends', 'wireguard prepends'],
    ];
    expect([...seen.keys()]).to.have.members(expected);
    for (const [what, times] of seen) expect(times, what).to.be.above(10);
  });
});
