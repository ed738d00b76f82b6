/**
 * The header of a merged skb: the first packet's, with what its engine changed in it.
 * No payload is needed for the checksums: what it sums to follows from the packets' own (docs/engines/inet-lro.md §6).
 */
import type { HeldSkb } from '../coalesce/engine.ts';
import { complement, pseudoHeader4, pseudoHeader6, sum16 } from '../packet/checksum.ts';

/** The first packet's headers in a buffer of their own; offsets are from the start of its frame. */
export interface MergedHeader {
  readonly view: DataView;
  readonly l2Bytes: number;
  /** The IP header next to the TCP header. */
  readonly ipOffset: number;
  readonly tcpOffset: number;
  /** All headers, the link header included. */
  readonly headerBytes: number;
  /** What the payload of all packets sums to if their checksums are right, modulo 65535. */
  readonly dataSum: number;
}

/** Writes what the engine changed, then lengths and checksums of all headers, in a tunnel the outer ones too. */
export function writeMergedHeader(header: MergedHeader, skb: HeldSkb): void {
  const { view, l2Bytes, ipOffset, tcpOffset } = header;
  view.setInt32(tcpOffset + 8, skb.ack);
  view.setUint8(tcpOffset + 13, view.getUint8(tcpOffset + 13) | skb.addedFlags);
  view.setUint16(tcpOffset + 14, skb.window);
  if (skb.hasNewTsval) view.setInt32(tcpOffset + 24, skb.tsval);
  if (skb.hasTimestamp) view.setInt32(tcpOffset + 28, skb.tsecr);
  writeIpLength(view, ipOffset, skb.ipLength);
  writeTcpChecksum(header, skb.ipLength - (tcpOffset - ipOffset));
  if (ipOffset === l2Bytes) return;
  writeIpLength(view, l2Bytes, skb.ipLength + ipOffset - l2Bytes);
  writeGreChecksum(header);
}

/** `bytes` from the IP header on, and the checksum of an IPv4 header. */
function writeIpLength(view: DataView, at: number, bytes: number): void {
  if (versionOf(view, at) === 6) {
    view.setUint16(at + 4, bytes - 40);
    return;
  }
  view.setUint16(at + 2, bytes);
  view.setUint16(at + 10, 0);
  view.setUint16(at + 10, complement(sum16(view, at, (view.getUint8(at) & 0xf) << 2)));
}

function writeTcpChecksum(header: MergedHeader, tcpBytes: number): void {
  const { view, ipOffset, tcpOffset, headerBytes, dataSum } = header;
  const pseudoHeader = versionOf(view, ipOffset) === 4 ? pseudoHeader4 : pseudoHeader6;
  view.setUint16(tcpOffset + 16, 0);
  const sum = dataSum + sum16(view, tcpOffset, headerBytes - tcpOffset);
  view.setUint16(tcpOffset + 16, complement(sum + pseudoHeader(view, ipOffset, tcpBytes)));
}

const GRE = 47;
const GRE_HAS_CHECKSUM = 0x8000;

/** The checksum over a GRE header and all that follows (RFC 2784 §2.3), where there is one. */
function writeGreChecksum({ view, l2Bytes, ipOffset, headerBytes, dataSum }: MergedHeader): void {
  const gre = greOffset(view, l2Bytes);
  if (gre < 0 || (view.getUint16(gre) & GRE_HAS_CHECKSUM) === 0) return;
  view.setUint16(gre + 4, 0);
  const sum = sum16(view, gre, ipOffset - gre) + sum16(view, ipOffset, headerBytes - ipOffset) + dataSum;
  view.setUint16(gre + 4, complement(sum));
}

/** Where the GRE header of a tunnel stands, -1 without one. An engine that merged the packet found it whole. */
function greOffset(view: DataView, outer: number): number {
  if (versionOf(view, outer) === 4) return view.getUint8(outer + 9) === GRE ? outer + 20 : -1;
  let next = view.getUint8(outer + 6);
  let at = outer + 40;
  while (next === 0 || next === 43 || next === 60) {
    next = view.getUint8(at);
    at += (view.getUint8(at + 1) + 1) * 8;
  }
  return next === GRE ? at : -1;
}

function versionOf(view: DataView, at: number): number {
  return view.getUint8(at) >> 4;
}
