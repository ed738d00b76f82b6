/**
 * The header chain of a packet as Linux GRO sees it: link header, one or two IP headers (a tunnel), TCP. Tells which
 * packets go past GRO (class A of docs/engines/linux-gro.md) and which can only end a merge (class B).
 */
import { fold, pseudoHeader4, pseudoHeader6, sum16 } from '../packet/checksum.ts';
import { KIND, type PacketTable, STATUS, statusOf, vlanTagsOf } from '../packet/table.ts';
import { REASON } from './reason.ts';

/** Where the headers of one packet stand in the bytes of its block, and what is asked of them often. */
export interface GroPacket {
  row: number;
  /** Start of the frame. */
  frame: number;
  linkType: number;
  /** Flow index, -1 where the table has none: in tunnels. Packets of one flow share it, but not the reverse. */
  flow: number;
  /** The outermost IP header; the link header ends there. */
  outer: number;
  outerVersion: number;
  /** Where the headers between the two IP headers of a GRE tunnel begin; -1 otherwise. */
  gre: number;
  /** The IP header next to the TCP header: the outermost one without a tunnel. */
  inner: number;
  innerVersion: number;
  tcp: number;
  /** Bytes 12 to 15 of the TCP header: data offset, reserved bits, flags, window. */
  tcpWord: number;
  tcpHeaderBytes: number;
  payloadBytes: number;
  /** From the outermost IP header to the end of the frame. */
  sizeBytes: number;
  /** Reason for which the packet is spoilt, -1 if it is not. */
  spoilt: number;
}

/** Headers longer than this are not looked into: a limit of this program, far beyond real packets. */
export const MAX_HEADER_BYTES = 1024;

const PROTOCOL = {
  HOP_BY_HOP: 0,
  IPV4: 4,
  TCP: 6,
  IPV6: 41,
  ROUTING: 43,
  FRAGMENT: 44,
  GRE: 47,
  DESTINATION: 60,
};
const ETHERTYPE = { IPV4: 0x0800, IPV6: 0x86dd };
/** Flags and version of a GRE header (RFC 2784, 2890) that a merge allows: checksum and key. */
const GRE_CHECKSUM = 0x8000;
const GRE_KEY = 0x2000;

export interface GroPacketReader {
  readonly packet: GroPacket;
  /** Fills `packet`; returns the reason for which it goes past GRO, -1 if it does not (then all is valid). */
  read(row: number): number;
}

export function createGroPacketReader(
  table: PacketTable,
  stripVlan: boolean,
  verifyChecksums: boolean,
): GroPacketReader {
  const { kind, ipAt, frameOffset, capturedBytes, wireBytes, linkType, flow } = table;
  let { view } = table;
  /** End of the captured bytes. */
  let end = 0;
  /** Where the network header read last ends, and the protocol that follows it. */
  let next = 0;
  let protocol = 0;
  const packet: GroPacket = {
    row: 0,
    frame: 0,
    linkType: 0,
    flow: 0,
    outer: 0,
    outerVersion: 0,
    gre: 0,
    inner: 0,
    innerVersion: 0,
    tcp: 0,
    tcpWord: 0,
    tcpHeaderBytes: 0,
    payloadBytes: 0,
    sizeBytes: 0,
    spoilt: -1,
  };

  function spoil(reason: number): void {
    if (packet.spoilt < 0) packet.spoilt = reason;
  }

  /** An IPv4 header of a packet that has `bytes` left from there on. */
  function readIpv4(at: number, bytes: number): number {
    if (end - at < 20) return REASON['bad-header'];
    protocol = view.getUint8(at + 9);
    if (!isMergeable(protocol)) return REASON['not-tcp'];
    const first = view.getUint8(at);
    if (first !== 0x45) return first >> 4 === 4 && first > 0x45 ? REASON['ip-options'] : REASON['bad-header'];
    const fragment = view.getUint16(at + 6);
    if ((fragment & 0x3fff) !== 0) return REASON['ip-fragment'];
    if (sum16(view, at, 20) !== 0xffff) return REASON.checksum;
    if (view.getUint16(at + 2) !== bytes) spoil(REASON['length-mismatch']);
    if (fragment >= 0x8000) spoil(REASON['ip-fragment']);
    next = at + 20;
    return -1;
  }

  /** An IPv6 header with its extension headers. */
  function readIpv6(at: number, bytes: number): number {
    if (end - at < 40 || view.getUint8(at) >> 4 !== 6) return REASON['bad-header'];
    if (view.getUint16(at + 4) + 40 !== bytes) spoil(REASON['length-mismatch']);
    protocol = view.getUint8(at + 6);
    next = at + 40;
    while (isSteppedOver(protocol)) {
      if (end - next < 8) return REASON['bad-header'];
      protocol = view.getUint8(next);
      next += (view.getUint8(next + 1) + 1) << 3;
    }
    if (protocol === PROTOCOL.FRAGMENT) return REASON['ip-fragment'];
    return isMergeable(protocol) ? -1 : REASON['not-tcp'];
  }

  /** After the outer IP header: what a tunnel carries. */
  function readTunnel(): number {
    packet.gre = -1;
    packet.innerVersion = protocol === PROTOCOL.IPV4 ? 4 : 6;
    if (protocol === PROTOCOL.GRE) {
      packet.gre = next;
      if (end - next < 4) return REASON['bad-header'];
      const flags = view.getUint16(next);
      if ((flags & ~(GRE_CHECKSUM | GRE_KEY)) !== 0) return REASON['not-tcp'];
      const type = view.getUint16(next + 2);
      if (type !== ETHERTYPE.IPV4 && type !== ETHERTYPE.IPV6) return REASON['not-tcp'];
      packet.innerVersion = type === ETHERTYPE.IPV4 ? 4 : 6;
      next += 4 + ((flags & GRE_CHECKSUM) !== 0 ? 4 : 0) + ((flags & GRE_KEY) !== 0 ? 4 : 0);
    }
    packet.inner = next;
    const bytes = packet.sizeBytes - (next - packet.outer);
    const reason = packet.innerVersion === 4 ? readIpv4(next, bytes) : readIpv6(next, bytes);
    // A tunnel in a tunnel is not looked into.
    return reason < 0 && protocol !== PROTOCOL.TCP ? REASON['not-tcp'] : reason;
  }

  function readTcp(): number {
    const tcp = next;
    if (end - tcp < 20) return REASON['bad-header'];
    if (verifyChecksums && packet.spoilt < 0 && !checksumHolds(tcp)) return REASON.checksum;
    const word = view.getInt32(tcp + 12);
    const headerBytes = (word >>> 28) << 2;
    if (headerBytes < 20 || end - tcp < headerBytes) return REASON['bad-header'];
    if (tcp + headerBytes - packet.frame > MAX_HEADER_BYTES) return REASON['bad-header'];
    packet.tcp = tcp;
    packet.tcpWord = word;
    packet.tcpHeaderBytes = headerBytes;
    packet.payloadBytes = packet.sizeBytes - (tcp - packet.outer) - headerBytes;
    return -1;
  }

  /** Counts as right where the frame was cut: what cannot be verified is no evidence of damage. */
  function checksumHolds(tcp: number): boolean {
    const bytes = packet.sizeBytes - (tcp - packet.outer);
    if (end - tcp < bytes) return true;
    const pseudoHeader = packet.innerVersion === 4 ? pseudoHeader4 : pseudoHeader6;
    return fold(sum16(view, tcp, bytes) + pseudoHeader(view, packet.inner, bytes)) === 0xffff;
  }

  function read(row: number): number {
    view = table.view;
    const bits = kind[row]!;
    if (vlanTagsOf(bits) > (stripVlan ? 1 : 0)) return REASON['not-tcp'];
    if (statusOf(bits) === STATUS.BAD_FRAME) return REASON['bad-header'];
    if ((bits & (KIND.IPV4 | KIND.IPV6)) === 0) return REASON['not-tcp'];
    const outer = ipAt[row]!;
    packet.row = row;
    packet.frame = frameOffset[row]!;
    packet.linkType = linkType[row]!;
    packet.outer = outer;
    packet.outerVersion = (bits & KIND.IPV4) !== 0 ? 4 : 6;
    packet.sizeBytes = wireBytes[row]! - (outer - packet.frame);
    packet.spoilt = -1;
    end = packet.frame + capturedBytes[row]!;
    let reason =
      packet.outerVersion === 4 ? readIpv4(outer, packet.sizeBytes) : readIpv6(outer, packet.sizeBytes);
    if (reason >= 0) return reason;
    if (protocol === PROTOCOL.TCP) {
      packet.flow = flow[row]!;
      packet.gre = -1;
      packet.inner = outer;
      packet.innerVersion = packet.outerVersion;
    } else {
      packet.flow = -1;
      reason = readTunnel();
      if (reason >= 0) return reason;
    }
    return readTcp();
  }

  return { packet, read };
}

function isMergeable(protocol: number): boolean {
  return (
    protocol === PROTOCOL.TCP ||
    protocol === PROTOCOL.IPV4 ||
    protocol === PROTOCOL.IPV6 ||
    protocol === PROTOCOL.GRE
  );
}

function isSteppedOver(protocol: number): boolean {
  return (
    protocol === PROTOCOL.HOP_BY_HOP || protocol === PROTOCOL.ROUTING || protocol === PROTOCOL.DESTINATION
  );
}
