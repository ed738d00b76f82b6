import { expect } from 'chai';
import * as fc from 'fast-check';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import { concat, pattern, u8, u16 } from '../helpers/bytes.ts';
import { frameOf, type PlainSkb, runEngine } from '../helpers/engine-run.ts';
import type { Frame } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import { ETHERTYPE, FLAG, ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import { resegment } from '../helpers/resegment-run.ts';

const ENGINE = { engine: 'linux-gro', inetLro: INET_LRO_DEFAULTS, linuxGro: LINUX_GRO_DEFAULTS } as const;
const LONGEST_HEADERS = 14 + 4 + 40 + 32;

interface Flow {
  readonly isIpv6: boolean;
  readonly hasTimestamps: boolean;
  readonly hasTag: boolean;
  readonly mss: number;
  readonly ids: { readonly first: number; readonly step: number };
  readonly firstSeq: number;
}

/** Full segments, then a shorter one that ends the message with PSH or FIN. */
interface Message {
  readonly flow: number;
  readonly full: number;
  readonly rest: number;
  readonly end: number;
  readonly congestion: number;
}

const FLOW: fc.Arbitrary<Flow> = fc.record({
  isIpv6: fc.boolean(),
  hasTimestamps: fc.boolean(),
  hasTag: fc.boolean(),
  // Odd ones shift the payload of every other segment by a byte in the checksum.
  mss: fc.constantFrom(100, 101, 536, 1399, 1440, 1460),
  // A lone super-packet with a fixed id that is not 0 looks like one with counting ids: that cannot come back.
  ids: fc.constantFrom({ first: 0, step: 0 }, { first: 7, step: 1 }, { first: 65_530, step: 1 }),
  firstSeq: fc.constantFrom(0, 2 ** 31 - 500, 2 ** 32 - 700),
});

const MESSAGE: fc.Arbitrary<Message> = fc.record({
  flow: fc.nat(2),
  full: fc.nat(30),
  rest: fc.nat(),
  end: fc.constantFrom(FLAG.PSH, FLAG.PSH | FLAG.FIN),
  congestion: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(FLAG.CWR, FLAG.ECE, FLAG.CWR | FLAG.ECE) },
  ),
});

interface Traffic {
  readonly frames: readonly Frame[];
  readonly polls: readonly number[];
}

const TRAFFIC: fc.Arbitrary<Traffic> = fc
  .record({
    flows: fc.array(FLOW, { minLength: 3, maxLength: 3 }),
    messages: fc.array(MESSAGE, { minLength: 1, maxLength: 6 }),
    polls: fc.uniqueArray(fc.nat(120), { maxLength: 4 }),
  })
  .map(({ flows, messages, polls }) => ({
    frames: trafficOf(flows, messages),
    polls: polls.toSorted((a, b) => a - b),
  }));

function trafficOf(flows: readonly Flow[], messages: readonly Message[]): Frame[] {
  const states = flows.map(({ firstSeq, ids }) => ({ seq: firstSeq + 1, id: ids.first }));
  const frames = flows.map((flow, port) => synOf(flow, port));
  for (const { flow: index, full, rest, end, congestion } of messages) {
    const flow = flows[index]!;
    const state = states[index]!;
    const most = flow.mss - (flow.hasTimestamps ? 12 : 0);
    const sizes = [...Array.from({ length: full }, () => most), 1 + (rest % most)];
    sizes.forEach((bytes, i) => {
      const isLast = i === sizes.length - 1;
      // CWR stands on the first segment of what a sender hands down at once, ECE on all.
      const marks = i === 0 ? congestion : congestion & FLAG.ECE;
      frames.push(segmentOf(flow, index, state, bytes, FLAG.ACK | marks | (isLast ? end : 0)));
      state.seq = (state.seq + bytes) % 2 ** 32;
      state.id = (state.id + flow.ids.step) % 65_536;
    });
  }
  return frames;
}

function synOf(flow: Flow, port: number): Frame {
  const options = concat(u8(2, 4), u16(flow.mss));
  const tcp = { sourcePort: 1000 + port, seq: flow.firstSeq, flags: FLAG.SYN, options };
  return linkOf(flow, flow.isIpv6 ? ipv6Packet({}, tcp) : ipv4Packet({}, tcp));
}

function segmentOf(
  flow: Flow,
  port: number,
  { seq, id }: { seq: number; id: number },
  bytes: number,
  flags: number,
): Frame {
  const options = flow.hasTimestamps ? timestamps(5, 6) : u8();
  const tcp = { sourcePort: 1000 + port, seq, flags, options, payload: pattern(bytes, seq) };
  return linkOf(flow, flow.isIpv6 ? ipv6Packet({}, tcp) : ipv4Packet({ id }, tcp));
}

function linkOf(flow: Flow, packet: Uint8Array): Frame {
  return frameOf(ethernet(packet, flow.hasTag ? [ETHERTYPE.VLAN] : []));
}

function framesOf(skbs: readonly PlainSkb[]): Frame[] {
  return skbs.map(({ bytes, wireBytes }, i) => ({ ...frameOf(bytes), wireBytes, timeNs: i * 1000 }));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Frames of each flow in their order: engines keep the order within a flow only. */
function byFlow(frames: readonly { readonly bytes: Uint8Array }[]): Record<string, string[]> {
  const flows: Record<string, string[]> = {};
  for (const { bytes } of frames) {
    const ip = bytes[12] === 0x81 ? 18 : 14;
    const tcp = ip + (bytes[ip]! >> 4 === 6 ? 40 : 20);
    const port = hex(bytes.subarray(tcp, tcp + 2));
    flows[port] = [...(flows[port] ?? []), hex(bytes)];
  }
  return flows;
}

describe('resegmenting what linux-gro merged', () => {
  it('gives every byte of every segment back', () => {
    let merged = 0;
    fc.assert(
      fc.property(TRAFFIC, ({ frames, polls }) => {
        const { skbs } = runEngine(frames, ENGINE, polls);
        merged += frames.length - skbs.length;
        const { packets, counts } = resegment(framesOf(skbs), { lookAhead: true });
        expect(byFlow(packets)).to.deep.equal(byFlow(frames));
        expect(counts.segments - counts.superPackets).to.equal(frames.length - skbs.length);
      }),
      { numRuns: 100 },
    );
    expect(merged).to.be.above(1000);
  });

  it('needs no payload for that, but for the checksums, which a merge of the segments sums up again', () => {
    let split = 0;
    fc.assert(
      fc.property(TRAFFIC, fc.nat(60), ({ frames, polls }, more) => {
        const { skbs } = runEngine(frames, ENGINE, polls);
        const handshakes = framesOf(skbs.slice(0, 3));
        for (const skb of skbs.filter(({ wireBytes }) => wireBytes > LONGEST_HEADERS + 100)) {
          const whole = frameOf(skb.bytes);
          const cut = { ...whole, bytes: skb.bytes.slice(0, LONGEST_HEADERS + more) };
          const { packets, counts } = resegment([...handshakes, cut], { lookAhead: true });
          if (counts.superPackets === 0) continue;
          split++;
          const segments = packets.slice(3).map((packet) => ({ ...frameOf(packet.bytes), ...packet }));
          const again = runEngine(segments, ENGINE);
          expect(again.skbs).to.have.length(1);
          const { bytes, wireBytes } = again.skbs[0]!;
          expect(wireBytes).to.equal(skb.wireBytes);
          const length = Math.min(bytes.length, cut.bytes.length);
          expect(hex(bytes.subarray(0, length))).to.equal(hex(skb.bytes.subarray(0, length)));
        }
      }),
      { numRuns: 30 },
    );
    expect(split).to.be.above(30);
  });

  it('changes nothing where nothing was merged', () => {
    fc.assert(
      fc.property(TRAFFIC, fc.integer({ min: 1, max: 9 }), ({ frames }, capacity) => {
        const timed = frames.map((frame, i) => ({ ...frame, timeNs: i }));
        const { packets, counts } = resegment(timed, { capacity });
        expect(packets.map(({ bytes }) => hex(bytes))).to.deep.equal(frames.map(({ bytes }) => hex(bytes)));
        expect(packets.map(({ record, timeNs }) => [record, timeNs])).to.deep.equal(
          frames.map((_, i) => [i, i]),
        );
        expect(counts).to.deep.include({ superPackets: 0, segments: 0, largestDelayNs: 0 });
      }),
      { numRuns: 50 },
    );
  });
});
