/**
 * Frames to columns: link layer, VLAN tags, IPv4 and IPv6 with extension headers, TCP. Written for speed: it
 * reads in place, allocates nothing, and never throws; what cannot be decoded gets a status. No length from
 * the packet is used before it was compared with what was captured.
 */
import { LINK } from '../capture/link-types.ts';
import { DIRECTION, kernelsFor } from '../capture/record-block.ts';
import { KIND, type PacketTable, STATUS, statusOf, tcpHeaderBytes } from './table.ts';

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

/**
 * A decoder for the blocks of one table: each call decodes rows 0 … count-1 into the columns after `direction`.
 * The columns are captured once, so that the compiler can treat them as constants.
 */
export function createDecoder(table: PacketTable): () => void {
  const { frameOffset, capturedBytes, wireBytes, linkType, direction } = table;
  const { kind, ipAt, tcpAt, ipLength, seq, tcpFlags, payloadBytes } = table;
  let { view } = table;

  function decodeBlock(): void {
    const { count } = table;
    view = table.view;
    kind.fill(STATUS.NOT_IP, 0, count);
    tcpAt.fill(0, 0, count);
    const kernels = kernelsFor(table);
    for (let row = 0; row < count; row++) {
      if (kernels !== null) {
        row = kernels.decode(row, count);
        if (row === count) break;
      }
      if (linkType[row] === LINK.ETHERNET) decodeEthernet(row);
      else decodeOtherLink(row);
    }
  }

  function decodeEthernet(row: number): void {
    const captured = capturedBytes[row]!;
    if (captured < 14 || wireBytes[row]! > MAX_FRAME_BYTES) {
      kind[row] = STATUS.BAD_FRAME;
      return;
    }
    const frame = frameOffset[row]!;
    const type = view.getUint16(frame + 12);
    if (type === ETHERTYPE.IPV4) decodeIpv4(row, frame + 14, frame + captured, 0);
    else decodeTagged(row, type, frame + 14);
  }

  /** An Ethernet type that is not plainly IPv4, found just before `at`. */
  function decodeTagged(row: number, type: number, at: number): void {
    const end = frameOffset[row]! + capturedBytes[row]!;
    let tags = 0;
    while (type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ || type === ETHERTYPE.QINQ_OLD) {
      tags = tags === 0 && type === ETHERTYPE.VLAN ? KIND.ONE_TAG : KIND.MORE_TAGS;
      kind[row] = STATUS.NOT_IP | tags;
      if (end < at + 4) {
        kind[row] = STATUS.BAD_FRAME | tags;
        return;
      }
      type = view.getUint16(at + 2);
      at += 4;
    }
    if (type === ETHERTYPE.IPV4) decodeIpv4(row, at, end, tags);
    else if (type === ETHERTYPE.IPV6) decodeIpv6(row, at, end, tags);
  }

  function decodeOtherLink(row: number): void {
    const frame = frameOffset[row]!;
    const captured = capturedBytes[row]!;
    switch (linkType[row]) {
      case LINK.LINUX_SLL:
        if (captured < 16) break;
        direction[row] = sllDirection(view.getUint16(frame));
        decodeTagged(row, view.getUint16(frame + 14), frame + 16);
        return;
      case LINK.LINUX_SLL2:
        if (captured < 20) break;
        direction[row] = sllDirection(view.getUint8(frame + 10));
        decodeTagged(row, view.getUint16(frame), frame + 20);
        return;
      case LINK.NULL:
      case LINK.LOOP:
        if (captured <= 4) break;
        if (isIpFamily(view.getUint32(frame))) decodeIpVersion(row, frame + 4, frame + captured);
        return;
      case LINK.RAW:
      case LINK.RAW_BSD:
      case LINK.RAW_OPENBSD:
      case LINK.IPV4:
      case LINK.IPV6:
        if (captured === 0) break;
        decodeIpVersion(row, frame, frame + captured);
        return;
      default:
        return;
    }
    kind[row] = STATUS.BAD_FRAME;
  }

  /** IP told apart by its version. */
  function decodeIpVersion(row: number, at: number, end: number): void {
    const version = view.getUint8(at) >> 4;
    if (version === 4) decodeIpv4(row, at, end, 0);
    else if (version === 6) decodeIpv6(row, at, end, 0);
  }

  /** An IPv4 header at `ip`; captured bytes end at `end`. `tags` are the tag bits of `kind`. */
  function decodeIpv4(row: number, ip: number, end: number, tags: number): void {
    const base = KIND.IPV4 | tags;
    ipAt[row] = ip;
    if (end - ip < 20) {
      kind[row] = base | STATUS.BAD_HEADER;
      return;
    }
    const first = view.getUint8(ip);
    const headerBytes = (first & 0xf) << 2;
    if (first >> 4 !== 4 || headerBytes < 20) {
      kind[row] = base | STATUS.BAD_HEADER;
      return;
    }
    const totalBytes = view.getUint16(ip + 2);
    ipLength[row] = totalBytes;
    if (view.getUint8(ip + 9) !== PROTOCOL.TCP) {
      kind[row] = base | STATUS.NOT_TCP;
      return;
    }
    const fragment = view.getUint16(ip + 6) & 0x3fff;
    if (fragment !== 0) {
      kind[row] = base | STATUS.IP_FRAGMENT;
      if ((fragment & 0x1fff) === 0) decodeTcp(row, ip, headerBytes, end, totalBytes);
    } else kind[row] = base | decodeTcp(row, ip, headerBytes, end, totalBytes);
  }

  /** An IPv6 header and its extension headers. */
  function decodeIpv6(row: number, ip: number, end: number, tags: number): void {
    const base = KIND.IPV6 | tags;
    ipAt[row] = ip;
    kind[row] = base | STATUS.BAD_HEADER;
    if (end - ip < 40 || view.getUint8(ip) >> 4 !== 6) return;
    const payload = view.getUint16(ip + 4);
    const totalBytes = payload === 0 ? 0 : payload + 40;
    ipLength[row] = totalBytes;
    let next = view.getUint8(ip + 6);
    let offset = 40;
    for (let headers = 0; next !== PROTOCOL.TCP; headers++) {
      if (headers === MAX_EXTENSION_HEADERS) return;
      const fragment = next === PROTOCOL.FRAGMENT;
      if (fragment) kind[row] = base | STATUS.IP_FRAGMENT;
      else if (!isExtensionHeader(next)) {
        if (statusOf(kind[row]!) === STATUS.BAD_HEADER) kind[row] = base | STATUS.NOT_TCP;
        return;
      }
      if (end - ip < offset + 8) return;
      // Bytes 2 and 3 of a fragment header hold the offset; only a first fragment has the TCP header.
      if (fragment && view.getUint16(ip + offset + 2) >> 3 !== 0) return;
      const units = fragment ? 0 : view.getUint8(ip + offset + 1);
      const headerBytes = next === PROTOCOL.AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
      next = view.getUint8(ip + offset);
      offset += headerBytes;
    }
    const status = decodeTcp(row, ip, offset, end, totalBytes);
    if (statusOf(kind[row]!) === STATUS.BAD_HEADER) kind[row] = base | status;
  }

  /** The TCP header `networkBytes` after `ip`; fills the TCP columns and returns the status. */
  function decodeTcp(row: number, ip: number, networkBytes: number, end: number, totalBytes: number): number {
    const tcp = ip + networkBytes;
    if (end - tcp < 20) return STATUS.BAD_HEADER;
    const flags = view.getUint16(tcp + 12);
    const headerBytes = tcpHeaderBytes(flags);
    tcpAt[row] = tcp;
    seq[row] = view.getInt32(tcp + 4);
    tcpFlags[row] = flags;
    const payload = totalBytes - networkBytes - headerBytes;
    if (payload < 0 || totalBytes < networkBytes + 20) {
      const l3Bytes = wireBytes[row]! - (ip - frameOffset[row]!);
      payloadBytes[row] = totalBytes === 0 ? Math.max(0, l3Bytes - networkBytes - headerBytes) : 0;
      return STATUS.SHORT_IP_LENGTH;
    }
    payloadBytes[row] = payload;
    return end - tcp < headerBytes ? STATUS.BAD_HEADER : STATUS.TCP;
  }

  return decodeBlock;
}

function isExtensionHeader(protocol: number): boolean {
  return (
    protocol === PROTOCOL.HOP_BY_HOP ||
    protocol === PROTOCOL.ROUTING ||
    protocol === PROTOCOL.DESTINATION ||
    protocol === PROTOCOL.AUTHENTICATION
  );
}

/** Packet types of Linux cooked capture: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us. */
function sllDirection(packetType: number): number {
  if (packetType <= 2) return DIRECTION.INBOUND;
  if (packetType === 4) return DIRECTION.OUTBOUND;
  return packetType === 3 ? DIRECTION.OTHER_HOST : DIRECTION.UNKNOWN;
}

/**
 * Whether the header of a NULL or LOOP frame names IP: AF_INET is 2 everywhere, AF_INET6 is 24, 28 or 30 on
 * BSDs and macOS and 10 on Linux; NULL headers have the byte order of the system that wrote them.
 */
function isIpFamily(word: number): boolean {
  const family = word > 0xffffff ? word >>> 24 : word;
  return family === 2 || family === 10 || family === 24 || family === 28 || family === 30;
}
