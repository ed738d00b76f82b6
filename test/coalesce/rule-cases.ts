/** Tables of cases for the engines that are known by their published rules: packets in, skbs out. */
import { expect } from 'chai';
import type { EngineName } from '../../src/coalesce/catalog.ts';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import type { Reason } from '../../src/coalesce/reason.ts';
import type { EngineOptions } from '../../src/replay/coalesce.ts';
import { concat, pattern, u8, viewOf } from '../helpers/bytes.ts';
import { type EngineRun, frameOf, runEngine } from '../helpers/engine-run.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, type Ipv4Fields, ipv4Packet, ipv6Packet, type TcpFields } from '../helpers/packets.ts';

export const ENOUGH = 100;
export const ACK_PSH = FLAG.ACK | FLAG.PSH;

/** Segment `i` of a train of 100-byte segments with counting ids, as a frame. */
export function segment(i: number, tcp: Partial<TcpFields> = {}, ip: Partial<Ipv4Fields> = {}): Uint8Array {
  const payload = pattern(ENOUGH, i);
  return ethernet(ipv4Packet({ id: 10 + i, ...ip }, { seq: 1000 + ENOUGH * i, payload, ...tcp }));
}

export function segment6(i: number, tcp: Partial<TcpFields> = {}): Uint8Array {
  return ethernet(ipv6Packet({}, { seq: 1000 + ENOUGH * i, payload: pattern(ENOUGH, i), ...tcp }));
}

/** A packet without payload behind segment `i - 1`. */
export function pureAck(i: number, tcp: Partial<TcpFields> = {}, ip: Partial<Ipv4Fields> = {}): Uint8Array {
  return segment(i, { payload: u8(), ...tcp }, ip);
}

/** The whole numbers from `from` to `to - 1`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Segment `i` of flow `flow`. */
export function ofFlow(flow: number, i = 0): Uint8Array {
  return segment(i, { sourcePort: 2000 + flow });
}

export type RuleOptions = Omit<EngineOptions, 'engine' | 'inetLro'>;

export function run(
  engine: EngineName,
  frames: readonly Uint8Array[],
  options: RuleOptions = {},
  polls: readonly number[] = [],
): EngineRun {
  return runEngine(frames.map(frameOf), { engine, inetLro: INET_LRO_DEFAULTS, ...options }, polls);
}

export type Delivered = readonly [packets: readonly number[], reason: Reason];

/** Fields of the delivered header of the first skb, as far as a case names them. */
interface Header {
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly id?: number;
  readonly tsval?: number;
  readonly tsecr?: number;
}

export interface Case {
  readonly name: string;
  readonly frames: readonly Uint8Array[];
  readonly options?: RuleOptions;
  readonly polls?: readonly number[];
  readonly expected: readonly Delivered[];
  readonly header?: Header;
  readonly gsoSize?: number;
  readonly pureAcks?: number;
}

/** Two segments that join, with an odd one between them that does not. */
export function apart(name: string, odd: Uint8Array): Case {
  return {
    name: `${name} makes an item of its own, beside which the other goes on`,
    frames: [segment(0), odd, segment(1)],
    expected: [
      [[0, 2], 'capture-end'],
      [[1], 'capture-end'],
    ],
  };
}

export function describeCases(engine: EngineName, title: string, cases: readonly Case[]): void {
  describe(`${engine}, ${title}`, () => {
    for (const { name, frames, options, polls, expected, header, gsoSize, pureAcks } of cases) {
      it(name, () => {
        const { skbs, stats } = run(engine, frames, options, polls);
        const delivered = skbs.map(({ packets, reason }) => [packets, reason]);
        expect(delivered).to.deep.equal(expected);
        expect(stats.delivered).to.equal(skbs.length);
        const [first] = skbs;
        if (header !== undefined) {
          const got = headerOf(first!.bytes);
          for (const [field, value] of Object.entries(header)) {
            expect(got[field as keyof Header], field).to.equal(value);
          }
        }
        if (gsoSize !== undefined) expect(first?.gsoSize).to.equal(gsoSize);
        if (pureAcks !== undefined) expect(first?.pureAcks).to.equal(pureAcks);
      });
    }
  });
}

/** Of an Ethernet frame with an IPv4 header without options. */
function headerOf(frame: Uint8Array): Required<Header> {
  const view = viewOf(frame);
  const hasTimestamps = view.getUint8(46) >> 4 === 8;
  return {
    id: view.getUint16(18),
    seq: view.getUint32(38),
    ack: view.getUint32(42),
    flags: view.getUint8(47),
    window: view.getUint16(48),
    tsval: hasTimestamps ? view.getUint32(58) : -1,
    tsecr: hasTimestamps ? view.getUint32(62) : -1,
  };
}

/** What no engine looks at: delivered alone at once, before what is held. */
export function passingCases(ipv6: boolean): Case[] {
  const held = segment(0);
  const behind = segment(1);
  const passes = (name: string, reason: Reason, odd: Uint8Array): Case => ({
    name: `passes ${name}; what is held stays`,
    frames: [held, odd, behind],
    expected: [
      [[1], reason],
      [[0, 2], 'capture-end'],
    ],
  });
  return [
    passes('another protocol', 'not-tcp', segment(1, {}, { protocol: 17 })),
    passes('ARP', 'not-tcp', concat(held.subarray(0, 12), u8(8, 6), held.subarray(14))),
    passes('a later fragment', 'ip-fragment', segment(1, {}, { fragment: 0x4002 })),
    passes('two VLAN tags', 'not-tcp', ethernet(segment(1).subarray(14), [0x88a8, 0x8100])),
    passes('a cut header', 'bad-header', segment(1).subarray(0, 50)),
    ...(ipv6 ? [] : [passes('IPv6', 'not-ipv4', segment6(1))]),
  ];
}

/** Lengths of frames, for the engines after a table that says nothing of them. */
export const LENGTH_CASES: readonly Case[] = [
  {
    name: 'does not look at padding and trailers of a frame',
    frames: [0, 1].map((i) => concat(segment(i), u8(1, 2, 3))),
    expected: [[[0, 1], 'capture-end']],
  },
  {
    name: 'passes a frame that is shorter than its packet; what is held stays',
    frames: [segment(0), segment(1).subarray(0, 100), segment(1)],
    expected: [
      [[1], 'length-mismatch'],
      [[0, 2], 'capture-end'],
    ],
  },
];
