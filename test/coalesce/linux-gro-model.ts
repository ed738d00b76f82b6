/**
 * Linux GRO once more, slow and plain: packets become objects, the flow a string, a list an array. It shares nothing
 * with the engine but the rules (docs/engines/linux-gro.md), and looks at every checksum word by word.
 */
import type { Reason } from '../../src/coalesce/reason.ts';
import { concat, u16, u32 } from '../helpers/bytes.ts';
import { onesSum } from '../helpers/internet-checksum.ts';

interface IpFields {
  readonly ttl: number;
  readonly tos: number;
  readonly df: boolean;
  readonly id: number | null;
}

export interface Segment {
  readonly flow: string;
  readonly ips: readonly IpFields[];
  readonly spoilt: Reason | null;
  readonly seq: number;
  readonly ack: string;
  readonly window: string;
  readonly options: string;
  /** The twelve bits. */
  readonly flags: number;
  readonly payload: number;
  readonly size: number;
}

interface Held {
  readonly first: Segment;
  readonly packets: number[];
  payload: number;
  /** When it was first held. */
  readonly tick: number;
  readonly idSteps: (number | null)[];
}

export interface ModelOptions {
  readonly perBucket: number;
  readonly maxSize: number;
  /** Packets before which a clock tick begins; none if left out. */
  readonly ticks?: readonly number[];
  /** Packets after which a poll ends that delivers only what an earlier tick held. */
  readonly oldEnds?: readonly number[];
}

export interface ModelSkb {
  readonly packets: readonly number[];
  readonly reason: Reason;
}

/** What one list of GRO delivers for whole Ethernet frames; `lastPackets` end polls. */
export function modelGro(
  frames: readonly Uint8Array[],
  lastPackets: readonly number[],
  { perBucket, maxSize, ticks = [], oldEnds = [] }: ModelOptions,
): ModelSkb[] {
  const out: ModelSkb[] = [];
  let list: Held[] = [];
  let tick = 0;
  const take = (held: Held, reason: Reason): void => {
    list = list.filter((other) => other !== held);
    out.push({ packets: held.packets, reason });
  };
  frames.forEach((frame, index) => {
    if (ticks.includes(index)) tick++;
    const segment = parseFrame(frame);
    if (typeof segment === 'string') out.push({ packets: [index], reason: segment });
    else {
      const held = list.find(({ first }) => first.flow === segment.flow);
      const why = held === undefined ? null : obstacle(held, segment, maxSize);
      if (held !== undefined && why === null) {
        held.packets.push(index);
        held.payload += segment.payload;
        const end = has(segment, 1)
          ? 'fin'
          : has(segment, 8)
            ? 'psh'
            : segment.payload < held.first.payload
              ? 'size-smaller'
              : null;
        if (end !== null) take(held, end);
      } else {
        if (held !== undefined && why !== null) take(held, why);
        const alone = reasonAlone(segment);
        if (alone !== null) out.push({ packets: [index], reason: alone });
        else {
          if (list.length === perBucket) take(list[0]!, 'table-full');
          list.push({
            first: segment,
            packets: [index],
            payload: segment.payload,
            tick,
            idSteps: segment.ips.map(() => null),
          });
        }
      }
    }
    if (oldEnds.includes(index))
      for (const held of list.filter((one) => one.tick < tick)) take(held, 'poll-end');
    if (lastPackets.includes(index)) for (const held of [...list]) take(held, 'poll-end');
  });
  for (const held of [...list]) take(held, 'capture-end');
  return out;
}

function has(segment: Segment, flag: number): boolean {
  return (segment.flags & flag) !== 0;
}

function reasonAlone(segment: Segment): Reason | null {
  if (segment.spoilt !== null) return segment.spoilt;
  const flags: readonly [number, Reason][] = [
    [4, 'rst'],
    [2, 'syn'],
    [1, 'fin'],
    [32, 'urg'],
    [8, 'psh'],
  ];
  for (const [flag, reason] of flags) if (has(segment, flag)) return reason;
  return segment.payload === 0 ? 'no-payload' : null;
}

function obstacle(held: Held, segment: Segment, maxSize: number): Reason | null {
  const { first } = held;
  if (segment.spoilt !== null) return segment.spoilt;
  if (has(segment, 128)) return 'cwr';
  for (const [flag, reason] of [
    [2, 'syn'],
    [4, 'rst'],
    [32, 'urg'],
  ] as const) {
    if (has(segment, flag) !== has(first, flag)) return reason;
  }
  if ((segment.flags | 9) !== (first.flags | 9)) return 'flags';
  if (segment.options.length !== first.options.length) return 'options-changed';
  if (segment.window !== first.window) return 'window-changed';
  if (segment.ack !== first.ack) return 'ack-changed';
  if (segment.options !== first.options) return 'options-changed';
  for (const [i, ip] of segment.ips.entries()) {
    const before = first.ips[i]!;
    if (ip.ttl !== before.ttl) return 'ttl-changed';
    if (ip.tos !== before.tos) return 'tos-changed';
    if (ip.df !== before.df) return 'df-changed';
  }
  if (segment.payload === 0) return 'no-payload';
  if (segment.payload > first.payload) return 'size-larger';
  if (segment.seq !== (first.seq + held.payload) % 2 ** 32) return 'sequence';
  const steps = segment.ips.map((ip, i) => idStep(held, i, ip));
  if (steps.includes('broken')) return 'ip-id';
  if (first.size + held.payload - first.payload + segment.payload >= maxSize) return 'max-size';
  steps.forEach((step, i) => {
    held.idSteps[i] = step === 'broken' ? null : step;
  });
  return null;
}

/** What ids of this header go up by for each packet, null without ids. */
function idStep(held: Held, header: number, { id }: IpFields): number | null | 'broken' {
  const before = held.first.ips[header]!.id;
  if (id === null || before === null) return null;
  const distance = (id - before + 65_536) % 65_536;
  const known = held.idSteps[header] ?? null;
  const allowed = known === null ? [0, 1] : [known];
  return allowed.find((step) => (step * held.packets.length) % 65_536 === distance) ?? 'broken';
}

/** The segment in a frame, or the reason for which GRO does not look at it. */
export function parseFrame(frame: Uint8Array): Segment | Reason {
  if (frame.length < 14) return 'bad-header';
  const type = number(frame, 12, 2);
  if (type !== 0x0800 && type !== 0x86dd) return 'not-tcp';
  let flow = text(frame.subarray(0, 14));
  let spoilt: Reason | null = null;
  const ips: IpFields[] = [];
  let rest = frame.subarray(14);
  const size = rest.length;
  let version = type === 0x0800 ? 4 : 6;
  for (;;) {
    const ip = version === 4 ? parseIpv4(rest) : parseIpv6(rest);
    if (typeof ip === 'string') return ip;
    flow += ` | ${ip.flow}`;
    spoilt ??= ip.spoilt;
    ips.push(ip.fields);
    rest = ip.body;
    if (ip.protocol === 6) return parseTcp(rest, ip.addresses, { flow, ips, spoilt, size });
    if (ips.length === 2) return 'not-tcp';
    version = ip.protocol === 4 ? 4 : 6;
    if (ip.protocol === 47) {
      if (rest.length < 4) return 'bad-header';
      const flags = number(rest, 0, 2);
      const inner = number(rest, 2, 2);
      if (![0, 0x2000, 0x8000, 0xa000].includes(flags) || ![0x0800, 0x86dd].includes(inner)) return 'not-tcp';
      const keyAt = flags >= 0x8000 ? 8 : 4;
      const end = keyAt + ((flags & 0x2000) === 0 ? 0 : 4);
      flow += ` | gre ${flags} ${inner} ${text(rest.subarray(keyAt, end))}`;
      rest = rest.subarray(end);
      version = inner === 0x0800 ? 4 : 6;
    }
  }
}

interface ParsedIp {
  readonly flow: string;
  readonly fields: IpFields;
  readonly spoilt: Reason | null;
  readonly protocol: number;
  readonly addresses: Uint8Array;
  readonly body: Uint8Array;
}

const MERGEABLE = [4, 6, 41, 47];

function parseIpv4(packet: Uint8Array): ParsedIp | Reason {
  if (packet.length < 20) return 'bad-header';
  const protocol = packet[9]!;
  if (!MERGEABLE.includes(protocol)) return 'not-tcp';
  if (packet[0] !== 0x45) return packet[0]! >= 0x46 && packet[0]! < 0x50 ? 'ip-options' : 'bad-header';
  const fragment = number(packet, 6, 2);
  if (fragment % 0x4000 !== 0) return 'ip-fragment';
  if (onesSum(packet.subarray(0, 20)) !== 0xffff) return 'checksum';
  const wrongLength = number(packet, 2, 2) !== packet.length;
  const addresses = packet.subarray(12, 20);
  return {
    flow: `4 ${protocol} ${text(addresses)}`,
    fields: {
      ttl: packet[8]!,
      tos: packet[1]!,
      df: Math.floor(fragment / 0x4000) % 2 === 1,
      id: number(packet, 4, 2),
    },
    spoilt: wrongLength ? 'length-mismatch' : fragment >= 0x8000 ? 'ip-fragment' : null,
    protocol,
    addresses,
    body: packet.subarray(20),
  };
}

function parseIpv6(packet: Uint8Array): ParsedIp | Reason {
  if (packet.length < 40) return 'bad-header';
  let protocol = packet[6]!;
  let at = 40;
  while ([0, 43, 60].includes(protocol)) {
    if (packet.length < at + 8) return 'bad-header';
    protocol = packet[at]!;
    at += 8 * (packet[at + 1]! + 1);
  }
  if (protocol === 44) return 'ip-fragment';
  if (!MERGEABLE.includes(protocol)) return 'not-tcp';
  const addresses = packet.subarray(8, 40);
  const label = number(packet, 0, 4) % 2 ** 20;
  return {
    flow: `6 ${label} ${packet[6]} ${text(packet.subarray(8, at))}`,
    fields: { ttl: packet[7]!, tos: Math.floor(number(packet, 0, 2) / 16) % 256, df: false, id: null },
    spoilt: number(packet, 4, 2) + 40 === packet.length ? null : 'length-mismatch',
    protocol,
    addresses,
    body: packet.subarray(at),
  };
}

function parseTcp(
  tcp: Uint8Array,
  addresses: Uint8Array,
  found: Pick<Segment, 'flow' | 'ips' | 'spoilt' | 'size'>,
): Segment | Reason {
  if (tcp.length < 20) return 'bad-header';
  const pseudo = addresses.length === 8 ? concat(u16(6), u16(tcp.length)) : concat(u32(tcp.length), u32(6));
  const padded = concat(addresses, pseudo, tcp);
  if (found.spoilt === null && onesSum(padded) !== 0xffff) return 'checksum';
  const headerBytes = (tcp[12]! >> 4) * 4;
  if (headerBytes < 20 || headerBytes > tcp.length) return 'bad-header';
  return {
    ...found,
    flow: `${found.flow} | ${text(tcp.subarray(0, 4))}`,
    seq: number(tcp, 4, 4),
    ack: text(tcp.subarray(8, 12)),
    window: text(tcp.subarray(14, 16)),
    options: text(tcp.subarray(20, headerBytes)),
    flags: number(tcp, 12, 2) % 0x1000,
    payload: tcp.length - headerBytes,
  };
}

function number(bytes: Uint8Array, at: number, size: number): number {
  return bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
