/** The headers of one segment of a super-packet: sequence number, lengths, IPv4 id, flags and checksums. */
import { complement, fold, pseudoHeader4, pseudoHeader6, sum16 } from './checksum.ts';

/** Where the headers of a segment stand in its buffer; its payload follows them as far as it was captured. */
export interface SegmentPlace {
  ip: number;
  tcp: number;
  /** End of the TCP header. */
  payload: number;
  isIpv4: boolean;
}

/** What becomes of the checksum of a super-packet's segments. */
export const CHECKSUM = {
  /** As it would be on the wire. */
  RIGHT: 0,
  /** The sum of the pseudo-header alone, as it was: to be filled in by a card. */
  PARTIAL: 1,
  /** Wrong by as much as it was. */
  WRONG: 2,
} as const;

const FIN_PSH = 0x09;
const CWR = 0x80;

/** Everything but the TCP checksum. `id` is negative where there is none to write. */
export function writeSegmentHeader(
  view: DataView,
  place: SegmentPlace,
  segment: { seq: number; id: number; payloadBytes: number; isFirst: boolean; isLast: boolean },
): void {
  const { ip, tcp } = place;
  const ipBytes = place.payload - ip + segment.payloadBytes;
  if (place.isIpv4) {
    view.setUint16(ip + 2, ipBytes);
    if (segment.id >= 0) view.setUint16(ip + 4, segment.id);
    view.setUint16(ip + 10, 0);
    view.setUint16(ip + 10, complement(sum16(view, ip, (view.getUint8(ip) & 0xf) << 2)));
  } else view.setUint16(ip + 4, ipBytes - 40);
  view.setInt32(tcp + 4, segment.seq);
  let flags = view.getUint8(tcp + 13);
  if (!segment.isFirst) flags &= ~CWR;
  if (!segment.isLast) flags &= ~FIN_PSH;
  view.setUint8(tcp + 13, flags);
}

/** Sum of pseudo-header and TCP header, the checksum taken as 0, modulo 65535. */
export function headerSum(view: DataView, place: SegmentPlace, payloadBytes: number): number {
  const { tcp, payload } = place;
  const header = sum16(view, tcp, payload - tcp) + 65_535 - view.getUint16(tcp + 16);
  return (header + pseudoSum(view, place, payloadBytes)) % 65_535;
}

export function pseudoSum(view: DataView, place: SegmentPlace, payloadBytes: number): number {
  const tcpBytes = place.payload - place.tcp + payloadBytes;
  const pseudoHeader = place.isIpv4 ? pseudoHeader4 : pseudoHeader6;
  return fold(pseudoHeader(view, place.ip, tcpBytes));
}

/** `dataSum`: what the payload sums to; `error` is added to the right checksum. */
export function writeTcpChecksum(
  view: DataView,
  place: SegmentPlace,
  payloadBytes: number,
  dataSum: number,
  error: number,
): void {
  const right = complement(headerSum(view, place, payloadBytes) + dataSum);
  view.setUint16(place.tcp + 16, error === 0 ? right : (right + error) % 65_535);
}

/** A sum as it counts at an odd offset: bytes swapped. */
export function swapped(sum: number): number {
  return (sum * 256) % 65_535;
}
