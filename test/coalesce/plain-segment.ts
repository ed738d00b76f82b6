/** A frame as plain fields, for the slow models of engines after published rules. Shares nothing with src but reason names. */
import type { Reason } from '../../src/coalesce/reason.ts';
import { concat, u16, u32 } from '../helpers/bytes.ts';
import { onesSum } from '../helpers/internet-checksum.ts';

export interface PlainSegment {
  /** Why no engine looks into it; null if they do. */
  readonly refused: Reason | null;
  /** Addresses and ports; empty where no TCP header can be found. */
  readonly flow: string;
  readonly family: number;
  /** Destination and source MAC address. */
  readonly macs: string;
  /** Bytes of the link header, tags included. */
  readonly linkBytes: number;
  readonly checksumsRight: boolean;
  readonly tos: number;
  readonly ttl: number;
  readonly df: boolean;
  readonly id: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly options: string;
  readonly payload: number;
  /** From the IP header on. */
  readonly ipBytes: number;
}

const UNKNOWN: Omit<PlainSegment, 'refused' | 'macs' | 'linkBytes'> = {
  flow: '',
  family: 0,
  checksumsRight: true,
  tos: 0,
  ttl: 0,
  df: false,
  id: 0,
  flags: 0,
  seq: 0,
  ack: 0,
  window: 0,
  options: '',
  payload: 0,
  ipBytes: 0,
};

/** Of an Ethernet frame captured whole; one VLAN tag is looked through if `tags` is 1. */
export function plainSegment(frame: Uint8Array, tags: 0 | 1): PlainSegment {
  if (frame.length < 14) return { ...UNKNOWN, refused: 'bad-header', macs: '', linkBytes: 0 };
  const macs = text(frame.subarray(0, 12));
  let at = 12;
  let found = 0;
  for (; [0x8100, 0x88a8, 0x9100].includes(number(frame, at, 2)); at += 4) {
    found += number(frame, at, 2) === 0x8100 ? 1 : 2;
  }
  const type = number(frame, at, 2);
  const link = { macs, linkBytes: at + 2 };
  const refuse = (refused: Reason, flow = ''): PlainSegment => ({ ...UNKNOWN, ...link, refused, flow });
  if (found > tags) return refuse('not-tcp');
  const ip = frame.subarray(at + 2);
  if (type === 0x0800) return { ...parseIpv4(ip, refuse), ...link };
  return type === 0x86dd ? { ...parseIpv6(ip, refuse), ...link, family: 6 } : refuse('not-tcp');
}

type Refuse = (reason: Reason, flow?: string) => PlainSegment;

function parseIpv4(ip: Uint8Array, refuse: Refuse): PlainSegment {
  if (ip.length < 20) return refuse('bad-header');
  const headerBytes = (ip[0]! % 16) * 4;
  const total = number(ip, 2, 2);
  if (ip[0]! >> 4 !== 4 || headerBytes < 20) return refuse('bad-header');
  if (ip[9] !== 6) return refuse('not-tcp');
  const fragment = number(ip, 6, 2);
  const addresses = ip.subarray(12, 20);
  const tcp = ip.subarray(headerBytes);
  const flow = tcp.length < 20 ? '' : `4 ${text(addresses)} ${text(tcp.subarray(0, 4))}`;
  if (fragment % 0x2000 !== 0) return refuse('ip-fragment');
  if (Math.floor(fragment / 0x2000) % 2 === 1) return refuse('ip-fragment', flow);
  if (!isWhole(tcp, total - headerBytes)) return refuse('bad-header', flow);
  if (headerBytes > 20) return refuse('ip-options', flow);
  if (tcp[12]! >> 4 < 5) return refuse('bad-header', flow);
  if (total > ip.length) return refuse('length-mismatch', flow);
  const whole = tcp.subarray(0, total - headerBytes);
  const fields = tcpFields(whole);
  return {
    ...UNKNOWN,
    ...fields,
    refused: null,
    macs: '',
    linkBytes: 0,
    flow,
    family: 4,
    checksumsRight:
      onesSum(ip.subarray(0, 20)) === 0xffff &&
      onesSum(concat(addresses, u16(6), u16(whole.length), whole)) === 0xffff,
    tos: ip[1]!,
    ttl: ip[8]!,
    df: Math.floor(fragment / 0x4000) % 2 === 1,
    id: number(ip, 4, 2),
    ipBytes: total,
  };
}

function parseIpv6(ip: Uint8Array, refuse: Refuse): PlainSegment {
  if (ip.length < 40) return refuse('bad-header');
  const addresses = ip.subarray(8, 40);
  const flowOf = (tcp: Uint8Array): string =>
    tcp.length < 20 ? '' : `6 ${text(addresses)} ${text(tcp.subarray(0, 4))}`;
  // A first fragment; the fragment header has eight bytes.
  if (ip[6] === 44) return refuse('ip-fragment', number(ip, 42, 2) < 8 ? flowOf(ip.subarray(48)) : '');
  let at = 40;
  let protocol = ip[6]!;
  while ([0, 43, 60].includes(protocol)) {
    protocol = ip[at]!;
    at += 8 * (ip[at + 1]! + 1);
  }
  if (protocol !== 6) return refuse('not-tcp');
  const tcp = ip.subarray(at);
  const flow = flowOf(tcp);
  const payload = number(ip, 4, 2) - (at - 40);
  if (isWhole(tcp, payload) && at > 40) return refuse('ip-options', flow);
  if (!isWhole(tcp, payload) || tcp[12]! >> 4 < 5) return refuse('bad-header', flow);
  if (payload > tcp.length) return refuse('length-mismatch', flow);
  const whole = tcp.subarray(0, payload);
  return {
    ...UNKNOWN,
    ...tcpFields(whole),
    refused: null,
    macs: '',
    linkBytes: 0,
    flow,
    family: 6,
    checksumsRight: onesSum(concat(addresses, u32(whole.length), u32(6), whole)) === 0xffff,
    tos: Math.floor(number(ip, 0, 2) / 16) % 256,
    ttl: ip[7]!,
    ipBytes: 40 + payload,
  };
}

/** Whether all headers are there, and inside the IP length. */
function isWhole(tcp: Uint8Array, bytes: number): boolean {
  if (tcp.length < 20 || bytes < 20) return false;
  const headerBytes = (tcp[12]! >> 4) * 4;
  return headerBytes <= tcp.length && headerBytes <= bytes;
}

function tcpFields(
  tcp: Uint8Array,
): Pick<PlainSegment, 'flags' | 'seq' | 'ack' | 'window' | 'options' | 'payload'> {
  const headerBytes = (tcp[12]! >> 4) * 4;
  return {
    seq: number(tcp, 4, 4),
    ack: number(tcp, 8, 4),
    flags: tcp[13]!,
    window: number(tcp, 14, 2),
    options: text(tcp.subarray(20, headerBytes)),
    payload: tcp.length - headerBytes,
  };
}

export function number(bytes: Uint8Array, at: number, size: number): number {
  return bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** How far `a` is ahead of `b` on the circle of 32-bit numbers, from -2^31 to 2^31 - 1. */
export function ahead(a: number, b: number): number {
  const distance = (((a - b) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return distance < 2 ** 31 ? distance : distance - 2 ** 32;
}
