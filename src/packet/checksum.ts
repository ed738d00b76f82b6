/** Internet checksums (RFC 1071) over bytes in place: ones-complement sums modulo 65535. */
import { familyOf, type PacketTable } from './table.ts';

/** Sum of the big-endian 16-bit words of `length` bytes at `at`, folded to 16 bits; an odd last byte is padded with 0. */
export function sum16(view: DataView, at: number, length: number): number {
  let low = 0;
  let high = 0;
  let i = at;
  // Two accumulators of 16-bit halves: no carry is lost before 2^37 bytes.
  for (const end = at + (length & ~3); i < end; i += 4) {
    const word = view.getInt32(i);
    high += word >>> 16;
    low += word & 0xffff;
  }
  let sum = high + low;
  if ((length & 2) !== 0) {
    sum += view.getUint16(i);
    i += 2;
  }
  if ((length & 1) !== 0) sum += view.getUint8(i) << 8;
  return fold(sum);
}

/** A sum folded to 16 bits with end-around carries; 0 only for an all-zero sum. */
export function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

/** The checksum field for a sum: its ones complement, never 0xffff. */
export function complement(sum: number): number {
  const rest = sum % 65535;
  return rest === 0 ? 0 : 65535 - rest;
}

/** Pseudo-header sum of IPv4: both addresses, protocol 6, and the TCP length modulo 65536. */
export function pseudoHeader4(view: DataView, ip: number, tcpBytes: number): number {
  return sum16(view, ip + 12, 8) + 6 + (tcpBytes & 0xffff);
}

/** Pseudo-header sum of IPv6 (RFC 8200 §8.1; the final destination of a routing header is not looked for). */
export function pseudoHeader6(view: DataView, ip: number, tcpBytes: number): number {
  return sum16(view, ip + 8, 32) + 6 + (tcpBytes >>> 16) + (tcpBytes & 0xffff);
}

/**
 * Whether a TCP segment's checksum is right. Counts as right when the datagram was not captured whole,
 * as a checksum that cannot be verified is no evidence of damage.
 */
export function verifyTcpChecksum(table: PacketTable, row: number): boolean {
  const { view } = table;
  const ip = table.ipAt[row]!;
  const tcp = table.tcpAt[row]!;
  const ipBytes = table.ipLength[row]!;
  if (table.frameOffset[row]! + table.capturedBytes[row]! < ip + ipBytes) return true;
  const tcpBytes = ipBytes - (tcp - ip);
  const isIpv4 = familyOf(table.kind[row]!) === 4;
  const pseudo = isIpv4 ? pseudoHeader4(view, ip, tcpBytes) : pseudoHeader6(view, ip, tcpBytes);
  return fold(sum16(view, tcp, tcpBytes) + pseudo) === 0xffff;
}
