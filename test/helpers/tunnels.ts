/** Puts IP packets into IP and GRE tunnels. */
import { concat, u8, u16, u32 } from './bytes.ts';
import { checksumField } from './internet-checksum.ts';
import { IPV6_A, IPV6_B, ipv4Bytes } from './packets.ts';

export interface OuterFields {
  readonly id?: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly source?: string;
}

const IPV4_IN_IP = 4;
const IPV6_IN_IP = 41;
const GRE = 47;

/** An IPv4 header before `body`. */
export function inIpv4(protocol: number, body: Uint8Array, fields: OuterFields = {}): Uint8Array {
  const { id = 1, ttl = 64, tos = 0, source = '192.0.2.1' } = fields;
  const start = concat(u8(0x45, tos), u16(20 + body.length), u16(id), u16(0x4000), u8(ttl, protocol));
  const addresses = concat(ipv4Bytes(source), ipv4Bytes('192.0.2.2'));
  return concat(start, u16(checksumField(concat(start, addresses))), addresses, body);
}

/** An IPv6 header before `body`. */
export function inIpv6(protocol: number, body: Uint8Array): Uint8Array {
  return concat(u8(0x60, 0, 0, 0), u16(body.length), u8(protocol, 64), IPV6_A, IPV6_B, body);
}

/** The protocol number of an IP packet inside another. */
export function protocolOf(packet: Uint8Array): number {
  return packet[0]! >> 4 === 4 ? IPV4_IN_IP : IPV6_IN_IP;
}

export interface GreFields {
  readonly checksum?: boolean;
  readonly key?: number;
  readonly sequence?: number;
}

/** A GRE header before `packet` (RFC 2784, 2890). */
export function gre(packet: Uint8Array, { checksum = false, key, sequence }: GreFields = {}): Uint8Array {
  const flags =
    (checksum ? 0x8000 : 0) | (key === undefined ? 0 : 0x2000) | (sequence === undefined ? 0 : 0x1000);
  const head = concat(u16(flags), u16(packet[0]! >> 4 === 4 ? 0x0800 : 0x86dd));
  const rest = concat(
    key === undefined ? u8() : u32(key),
    sequence === undefined ? u8() : u32(sequence),
    packet,
  );
  if (!checksum) return concat(head, rest);
  return concat(head, u16(checksumField(concat(head, u32(0), rest))), u16(0), rest);
}

export function greInIpv4(packet: Uint8Array, fields: GreFields = {}, outer: OuterFields = {}): Uint8Array {
  return inIpv4(GRE, gre(packet, fields), outer);
}
