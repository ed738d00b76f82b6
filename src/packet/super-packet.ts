/** One super-packet taken apart: what its segments have in common, and the bytes of each. */
import { sum16 } from './checksum.ts';
import { jumboHeaderBytes, type MssSource, type SegmentEvidence } from './resegment-evidence.ts';
import {
  CHECKSUM,
  headerSum,
  pseudoSum,
  type SegmentPlace,
  swapped,
  writeSegmentHeader,
  writeTcpChecksum,
} from './segment-header.ts';
import { familyOf, type PacketTable, STATUS, statusOf, tcpHeaderBytes } from './table.ts';

/** The super-packet that is being split; one object, filled again for each. */
export interface SuperPacket {
  row: number;
  segments: number;
  mss: number;
  mssSource: MssSource;
  payloadBytes: number;
  /** Payload bytes that were captured. */
  capturedPayload: number;
  /** Headers of a segment, from the link header on; an IPv6 jumbo option is left out. */
  headerBytes: number;
  fixedId: boolean;
  id: number;
  checksum: number;
  /** How wrong the checksum is, modulo 65535. */
  checksumError: number;
  /** What the payload of the segments that are left sums to, where it cannot be read. */
  sumLeft: number;
}

const FLAG = { SYN: 0x02, RST: 0x04, URG: 0x20 };
export function createSuperPacket(): SuperPacket {
  return {
    row: 0,
    segments: 0,
    mss: 0,
    mssSource: 'mtu',
    payloadBytes: 0,
    capturedPayload: 0,
    headerBytes: 0,
    fixedId: false,
    id: -1,
    checksum: CHECKSUM.RIGHT,
    checksumError: 0,
    sumLeft: 0,
  };
}

/** Whether a row is a super-packet that can be split: TCP data with whole headers and lengths that agree. */
export function canSplit(table: PacketTable, row: number, evidence: SegmentEvidence): boolean {
  const { kind, tcpAt, payloadBytes, tcpFlags, frameOffset, ipAt, ipLength } = table;
  if (tcpAt[row] === 0 || payloadBytes[row]! <= 0) return false;
  const status = statusOf(kind[row]!);
  if (status !== STATUS.TCP && status !== STATUS.SHORT_IP_LENGTH) return false;
  if (!evidence.isSuperPacket(table, row)) return false;
  if ((tcpFlags[row]! & (FLAG.SYN | FLAG.RST | FLAG.URG)) !== 0) return false;
  const headerEnd = tcpAt[row]! + tcpHeaderBytes(tcpFlags[row]!);
  const frame = frameOffset[row]!;
  if (headerEnd > frame + table.capturedBytes[row]! || headerEnd < tcpAt[row]! + 20) return false;
  const l3Bytes = table.wireBytes[row]! - (ipAt[row]! - frame);
  if (ipLength[row] !== 0 && l3Bytes !== ipLength[row]) return false;
  return ipLength[row] === 0 || payloadBytes[row]! > evidence.mssOf(table, row).bytes;
}

/** Fills `packet` with what a row that can be split is made of. */
export function openSuperPacket(
  packet: SuperPacket,
  table: PacketTable,
  row: number,
  evidence: SegmentEvidence,
): void {
  const { view } = table;
  const frame = table.frameOffset[row]!;
  const headerEnd = table.tcpAt[row]! + tcpHeaderBytes(table.tcpFlags[row]!);
  const { bytes, source } = evidence.mssOf(table, row);
  packet.row = row;
  packet.mss = bytes;
  packet.mssSource = source;
  packet.payloadBytes = table.payloadBytes[row]!;
  packet.segments = Math.ceil(packet.payloadBytes / bytes);
  packet.capturedPayload = Math.min(packet.payloadBytes, frame + table.capturedBytes[row]! - headerEnd);
  packet.headerBytes = headerEnd - frame - jumboHeaderBytes(table, row);
  packet.id = -1;
  if (familyOf(table.kind[row]!) === 4) {
    const ip = table.ipAt[row]!;
    packet.id = view.getUint16(ip + 4);
    packet.fixedId = evidence.hasFixedId(
      table.flow[row]!,
      packet.id,
      (view.getUint16(ip + 6) & 0x4000) !== 0,
    );
  }
  judgeChecksum(packet, table, headerEnd);
}

/** Captures before a card's checksum offload, and after GRO, hold the pseudo-header's sum instead of a checksum. */
function judgeChecksum(packet: SuperPacket, table: PacketTable, headerEnd: number): void {
  const { view } = table;
  const { row, payloadBytes, capturedPayload } = packet;
  const isIpv4 = familyOf(table.kind[row]!) === 4;
  const place: SegmentPlace = { ip: table.ipAt[row]!, tcp: table.tcpAt[row]!, payload: headerEnd, isIpv4 };
  const field = view.getUint16(place.tcp + 16);
  const isPartial =
    field === 0 ||
    field === pseudoSum(view, place, payloadBytes) ||
    field === pseudoSum(view, place, place.tcp - headerEnd);
  packet.checksumError = 0;
  const rest = (2 * 65_535 - headerSum(view, place, payloadBytes) - (field % 65_535)) % 65_535;
  packet.sumLeft = rest;
  if (capturedPayload < payloadBytes) {
    packet.checksum = isPartial ? CHECKSUM.PARTIAL : CHECKSUM.RIGHT;
    return;
  }
  const error = (sum16(view, headerEnd, payloadBytes) + 65_535 - rest) % 65_535;
  packet.checksum = isPartial || error === 0 ? CHECKSUM.RIGHT : CHECKSUM.WRONG;
  if (packet.checksum === CHECKSUM.WRONG) packet.checksumError = error;
}

/** Payload bytes of segment `index`. */
export function segmentPayload(packet: SuperPacket, index: number): number {
  return Math.min(packet.mss, packet.payloadBytes - index * packet.mss);
}

/** Bytes of segment `index` that can be written. */
export function segmentCaptured(packet: SuperPacket, index: number): number {
  const captured = packet.capturedPayload - index * packet.mss;
  return packet.headerBytes + Math.max(0, Math.min(segmentPayload(packet, index), captured));
}

/**
 * Writes segment `index` to `at` in `to`, and its columns to row `toRow` of that table. Segments are written in order.
 * The columns for time, record and receiver are left to the caller.
 */
export function writeSegment(
  packet: SuperPacket,
  from: PacketTable,
  to: PacketTable,
  index: number,
  at: number,
  toRow: number,
): void {
  const { row, headerBytes, mss } = packet;
  const frame = from.frameOffset[row]!;
  const payloadBytes = segmentPayload(packet, index);
  const captured = segmentCaptured(packet, index);
  const ip = from.ipAt[row]! - frame;
  const headerEnd = from.tcpAt[row]! + tcpHeaderBytes(from.tcpFlags[row]!);
  copyHeader(packet, from, to, at, headerEnd);
  const payloadFrom = headerEnd + index * mss;
  const part = captured - headerBytes;
  to.bytes.set(from.bytes.subarray(payloadFrom, payloadFrom + part), at + headerBytes);

  const isIpv4 = familyOf(from.kind[row]!) === 4;
  const tcp = at + headerBytes - (headerEnd - from.tcpAt[row]!);
  const place: SegmentPlace = { ip: at + ip, tcp, payload: at + headerBytes, isIpv4 };
  const isLast = index === packet.segments - 1;
  const seq = (from.seq[row]! + index * mss) | 0;
  const id = packet.id < 0 || packet.fixedId ? packet.id : (packet.id + index) & 0xffff;
  writeSegmentHeader(to.view, place, { seq, id, payloadBytes, isFirst: index === 0, isLast });
  writeChecksum(packet, to.view, place, index, part);

  to.frameOffset[toRow] = at;
  to.capturedBytes[toRow] = captured;
  to.wireBytes[toRow] = headerBytes + payloadBytes;
  to.linkType[toRow] = from.linkType[row]!;
  to.direction[toRow] = from.direction[row]!;
  to.kind[toRow] = (from.kind[row]! & ~7) | STATUS.TCP;
  to.ipAt[toRow] = place.ip;
  to.tcpAt[toRow] = place.tcp;
  to.ipLength[toRow] = headerBytes - ip + payloadBytes;
  to.seq[toRow] = seq;
  to.tcpFlags[toRow] = to.view.getUint16(place.tcp + 12);
  to.payloadBytes[toRow] = payloadBytes;
  to.flow[toRow] = from.flow[row]!;
}

function copyHeader(
  packet: SuperPacket,
  from: PacketTable,
  to: PacketTable,
  at: number,
  headerEnd: number,
): void {
  const frame = from.frameOffset[packet.row]!;
  const leftOut = headerEnd - frame - packet.headerBytes;
  if (leftOut === 0) {
    to.bytes.set(from.bytes.subarray(frame, headerEnd), at);
    return;
  }
  const jumboAt = from.ipAt[packet.row]! + 40;
  to.bytes.set(from.bytes.subarray(frame, jumboAt), at);
  to.bytes.set(from.bytes.subarray(jumboAt + leftOut, headerEnd), at + jumboAt - frame);
  to.view.setUint8(at + jumboAt - frame - 34, from.view.getUint8(jumboAt));
}

function writeChecksum(
  packet: SuperPacket,
  view: DataView,
  place: SegmentPlace,
  index: number,
  part: number,
): void {
  const payloadBytes = segmentPayload(packet, index);
  if (packet.checksum === CHECKSUM.PARTIAL && part < payloadBytes) {
    view.setUint16(place.tcp + 16, pseudoSum(view, place, payloadBytes));
    return;
  }
  const isOdd = ((index * packet.mss) & 1) === 1;
  let sum = 0;
  if (part === payloadBytes) {
    sum = sum16(view, place.payload, payloadBytes) % 65_535;
    packet.sumLeft = (packet.sumLeft + 65_535 - (isOdd ? swapped(sum) : sum)) % 65_535;
    // All segments but the last are given a sum of 0, so that a merge of them has the checksum that was there.
  } else if (index === packet.segments - 1) sum = isOdd ? swapped(packet.sumLeft) : packet.sumLeft;
  writeTcpChecksum(view, place, payloadBytes, sum, packet.checksumError);
}
