/**
 * Frames to columns: link layer, VLAN tags, IPv4 and IPv6 with extension headers, TCP. Written for speed: it
 * reads in place, allocates nothing, and never throws; what cannot be decoded gets a status. No length from
 * the packet is used before it was compared with what was captured.
 */
import { LINK } from '../capture/link-types.ts';
import { DIRECTION } from '../capture/record-block.ts';
import { type PacketTable, STATUS } from './table.ts';

const ETHERTYPE = { IPV4: 0x0800, IPV6: 0x86dd, VLAN: 0x8100, QINQ: 0x88a8, QINQ_OLD: 0x9100 } as const;
const PROTOCOL = {
  HOP_BY_HOP: 0,
  TCP: 6,
  ROUTING: 43,
  FRAGMENT: 44,
  AUTHENTICATION: 51,
  DESTINATION: 60,
} as const;

/** Longest frame that a driver is taken to hand up; longer ones are refused (docs/engines/inet-lro.md). */
const MAX_FRAME_BYTES = 262_144;
/** Extension headers looked through at most: real packets have one or two, a made-up one thousands. */
const MAX_EXTENSION_HEADERS = 16;
/** NOP, NOP, TIMESTAMP, length 10: the first four bytes of the usual timestamp option. */
const TIMESTAMP_OPTION = 0x0101080a;

/**
 * A decoder for the blocks of one table: each call decodes rows 0 … count-1 into the columns after `direction`.
 * The columns are captured once, so that the compiler can treat them as constants.
 */
export function createDecoder(table: PacketTable): () => void {
  const {
    frameOffset,
    capturedBytes,
    wireBytes,
    linkType,
    direction,
    status,
    family,
    vlanTags,
    l2Bytes,
    tcpOffset,
    ipLength,
    ipHeaderBytes,
    tos,
    seq,
    ack,
    window,
    tcpFlags,
    payloadBytes,
    timestampOnly,
    tsval,
    word28,
  } = table;
  let view = table.view;

  /** Decodes rows 0 … count-1 of the block into the columns after `direction`. */
  function decodeBlock(): void {
    const { count } = table;
    view = table.view;
    status.fill(STATUS.NOT_IP, 0, count);
    family.fill(0, 0, count);
    vlanTags.fill(0, 0, count);
    tcpOffset.fill(0, 0, count);
    l2Bytes.fill(0, 0, count);
    for (let row = 0; row < count; row++) {
      if (linkType[row] === LINK.ETHERNET) decodeEthernet(row);
      else decodeOtherLink(row);
    }
  }

  function decodeEthernet(row: number): void {
    const captured = capturedBytes[row]!;
    if (captured < 14 || wireBytes[row]! > MAX_FRAME_BYTES) {
      status[row] = STATUS.BAD_FRAME;
      return;
    }
    const type = view.getUint16(frameOffset[row]! + 12);
    if (type === ETHERTYPE.IPV4) {
      l2Bytes[row] = 14;
      decodeIpv4(row, 14);
    } else decodeTagged(row, type, 14);
  }

  /** An Ethernet type that is not plainly IPv4, found before offset `at`. */
  function decodeTagged(row: number, type: number, at: number): void {
    const frame = frameOffset[row]!;
    const captured = capturedBytes[row]!;
    let tags = 0;
    while (type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ || type === ETHERTYPE.QINQ_OLD) {
      tags = tags === 0 && type === ETHERTYPE.VLAN ? 1 : 2;
      vlanTags[row] = tags;
      if (captured < at + 4) {
        status[row] = STATUS.BAD_FRAME;
        return;
      }
      type = view.getUint16(frame + at + 2);
      at += 4;
    }
    l2Bytes[row] = at;
    if (type === ETHERTYPE.IPV4) decodeIpv4(row, at);
    else if (type === ETHERTYPE.IPV6) decodeIpv6(row, at);
  }

  function decodeOtherLink(row: number): void {
    const frame = frameOffset[row]!;
    const captured = capturedBytes[row]!;
    switch (linkType[row]) {
      case LINK.LINUX_SLL:
        if (captured < 16) break;
        direction[row] = sllDirection(view.getUint16(frame));
        decodeTagged(row, view.getUint16(frame + 14), 16);
        return;
      case LINK.LINUX_SLL2:
        if (captured < 20) break;
        direction[row] = sllDirection(view.getUint8(frame + 10));
        decodeTagged(row, view.getUint16(frame), 20);
        return;
      case LINK.NULL:
      case LINK.LOOP:
        if (captured < 4) break;
        l2Bytes[row] = 4;
        decodeIpVersion(row, 4);
        return;
      case LINK.RAW:
      case LINK.RAW_BSD:
      case LINK.RAW_OPENBSD:
      case LINK.IPV4:
      case LINK.IPV6:
        decodeIpVersion(row, 0);
        return;
      default:
        return;
    }
    status[row] = STATUS.BAD_FRAME;
  }

  /**
   * IP told apart by its version nibble. NULL and LOOP headers name an address family, whose numbers and byte
   * order depend on the system that wrote the file; other families have no IP version there.
   */
  function decodeIpVersion(row: number, at: number): void {
    if (capturedBytes[row]! <= at) {
      status[row] = STATUS.BAD_FRAME;
      return;
    }
    if (at === 4 && !isIpFamily(view.getUint32(frameOffset[row]!))) return;
    const version = view.getUint8(frameOffset[row]! + at) >> 4;
    if (version === 4) decodeIpv4(row, at);
    else if (version === 6) decodeIpv6(row, at);
  }

  function decodeIpv4(row: number, at: number): void {
    const ip = frameOffset[row]! + at;
    const captured = capturedBytes[row]! - at;
    family[row] = 4;
    status[row] = STATUS.BAD_HEADER;
    if (captured < 20) return;
    const first = view.getUint16(ip);
    const headerBytes = (first >> 6) & 0x3c;
    if (first >> 12 !== 4 || headerBytes < 20) return;
    const totalBytes = view.getUint16(ip + 2);
    ipLength[row] = totalBytes;
    ipHeaderBytes[row] = headerBytes;
    tos[row] = first & 0xff;
    if (view.getUint8(ip + 9) !== PROTOCOL.TCP) {
      status[row] = STATUS.NOT_TCP;
      return;
    }
    const fragment = view.getUint16(ip + 6) & 0x3fff;
    if (fragment !== 0) {
      status[row] = STATUS.IP_FRAGMENT;
      if ((fragment & 0x1fff) !== 0) return;
    }
    decodeTcp(row, at + headerBytes, totalBytes, headerBytes);
  }

  function decodeIpv6(row: number, at: number): void {
    const ip = frameOffset[row]! + at;
    const captured = capturedBytes[row]! - at;
    family[row] = 6;
    status[row] = STATUS.BAD_HEADER;
    if (captured < 40 || view.getUint8(ip) >> 4 !== 6) return;
    const payload = view.getUint16(ip + 4);
    ipLength[row] = payload === 0 ? 0 : payload + 40;
    tos[row] = (view.getUint16(ip) >> 4) & 0xff;
    let next = view.getUint8(ip + 6);
    let offset = 40;
    for (let headers = 0; next !== PROTOCOL.TCP; headers++) {
      if (headers === MAX_EXTENSION_HEADERS) return;
      if (next === PROTOCOL.FRAGMENT) {
        status[row] = STATUS.IP_FRAGMENT;
        if (captured < offset + 8) return;
        if (view.getUint16(ip + offset + 2) >> 3 !== 0) return;
        next = view.getUint8(ip + offset);
        offset += 8;
        continue;
      }
      const known =
        next === PROTOCOL.HOP_BY_HOP ||
        next === PROTOCOL.ROUTING ||
        next === PROTOCOL.DESTINATION ||
        next === PROTOCOL.AUTHENTICATION;
      if (!known) {
        if (status[row] !== STATUS.IP_FRAGMENT) status[row] = STATUS.NOT_TCP;
        return;
      }
      if (captured < offset + 8) return;
      const units = view.getUint8(ip + offset + 1);
      const headerBytes = next === PROTOCOL.AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
      next = view.getUint8(ip + offset);
      offset += headerBytes;
    }
    ipHeaderBytes[row] = offset;
    decodeTcp(row, at + offset, ipLength[row]!, offset);
  }

  /** The TCP header at `at`; keeps status IP_FRAGMENT, else sets TCP, SHORT_IP_LENGTH or leaves BAD_HEADER. */
  function decodeTcp(row: number, at: number, totalBytes: number, networkBytes: number): void {
    const captured = capturedBytes[row]! - at;
    if (captured < 20) return;
    const tcp = frameOffset[row]! + at;
    const word = view.getUint16(tcp + 12);
    const headerBytes = (word >> 10) & 0x3c;
    tcpOffset[row] = at;
    seq[row] = view.getInt32(tcp + 4);
    ack[row] = view.getInt32(tcp + 8);
    tcpFlags[row] = word;
    window[row] = view.getUint16(tcp + 14);
    const effectiveLength = totalBytes === 0 ? wireBytes[row]! - l2Bytes[row]! : totalBytes;
    payloadBytes[row] = effectiveLength - networkBytes - headerBytes;
    if (captured >= 32) {
      const isTimestamp = headerBytes === 32 && view.getInt32(tcp + 20) === TIMESTAMP_OPTION;
      timestampOnly[row] = isTimestamp ? 1 : 0;
      tsval[row] = isTimestamp ? view.getInt32(tcp + 24) : 0;
      word28[row] = view.getInt32(tcp + 28);
    } else {
      timestampOnly[row] = 0;
      tsval[row] = 0;
      word28[row] = partialWord(table.bytes, tcp + 28, captured - 28);
    }
    if (status[row] === STATUS.IP_FRAGMENT) return;
    if (totalBytes < networkBytes + 20 || totalBytes < networkBytes + headerBytes) {
      status[row] = STATUS.SHORT_IP_LENGTH;
      if (payloadBytes[row]! < 0) payloadBytes[row] = 0;
    } else if (captured >= headerBytes) status[row] = STATUS.TCP;
  }

  return decodeBlock;
}

/** Packet types of Linux cooked capture: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us. */
function sllDirection(packetType: number): number {
  if (packetType <= 2) return DIRECTION.INBOUND;
  if (packetType === 4) return DIRECTION.OUTBOUND;
  return packetType === 3 ? DIRECTION.OTHER_HOST : DIRECTION.UNKNOWN;
}

/** AF_INET is 2 everywhere; AF_INET6 is 24, 28 or 30 on BSDs and macOS, 10 on Linux; in either byte order. */
function isIpFamily(word: number): boolean {
  const family = word > 0xffffff ? word >>> 24 : word;
  return family === 2 || family === 10 || family === 24 || family === 28 || family === 30;
}

/** Four bytes of which only the first `captured` are there. */
function partialWord(bytes: Uint8Array, at: number, captured: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | (i < captured ? bytes[at + i]! : 0);
  return word;
}
