/**
 * The TCP segment in a row of the packet table, as the engines after published rules read it, and what keeps a packet
 * away from all of them: docs/engines/README.md, "What no engine looks at".
 */
import { sum16, verifyTcpChecksum } from '../packet/checksum.ts';
import { familyOf, type PacketTable, STATUS, statusOf, vlanTagsOf } from '../packet/table.ts';
import { REASON } from './reason.ts';

/** One object, filled again for each packet. */
export interface Segment {
  row: number;
  /** Flow index (one direction, IPv4 or IPv6), -1 where no TCP header was found. Valid after any `read`. */
  flow: number;
  /** 4 or 6. */
  family: number;
  /** Places in the bytes of the block: start of the frame, IP header, TCP header. */
  frame: number;
  ip: number;
  tcp: number;
  tcpHeaderBytes: number;
  payloadBytes: number;
  /** IP header, TCP header and payload. */
  ipBytes: number;
  /** The eight flags. */
  flags: number;
  seq: number;
  ack: number;
  window: number;
}

export interface SegmentRules {
  readonly ipv6: boolean;
  /** `strip`: the NIC took one 802.1Q tag out; otherwise a frame that has one is not looked into. */
  readonly vlan: 'strip' | 'pass' | 'inband';
  /** TCP checksum, and the header checksum of IPv4. */
  readonly verifyChecksums: boolean;
}

export interface SegmentReader {
  readonly segment: Segment;
  /** Fills `segment` and returns -1; or returns the reason for which the packet is not looked into. */
  read(row: number): number;
}

export const FIN = 1;
export const SYN = 2;
export const PSH = 8;
export const ACK = 16;

/** NOP, NOP, TIMESTAMP, length 10: the layout of RFC 7323, appendix A. */
const TIMESTAMP_OPTION = 0x0101080a;
const LONGEST_HEADERS = 128;

const REFUSED: Int8Array = (() => {
  const reasons = new Int8Array(8).fill(-1);
  reasons[STATUS.BAD_FRAME] = REASON['bad-header'];
  reasons[STATUS.NOT_IP] = REASON['not-tcp'];
  reasons[STATUS.NOT_TCP] = REASON['not-tcp'];
  reasons[STATUS.IP_FRAGMENT] = REASON['ip-fragment'];
  reasons[STATUS.BAD_HEADER] = REASON['bad-header'];
  reasons[STATUS.SHORT_IP_LENGTH] = REASON['bad-header'];
  return reasons;
})();

export function createSegmentReader(table: PacketTable, rules: SegmentRules): SegmentReader {
  const { kind, frameOffset, wireBytes, ipAt, tcpAt, ipLength, seq, tcpFlags, payloadBytes, flow } = table;
  const tagsAllowed = rules.vlan === 'strip' ? 1 : 0;
  const segment: Segment = {
    row: 0,
    flow: 0,
    family: 0,
    frame: 0,
    ip: 0,
    tcp: 0,
    tcpHeaderBytes: 0,
    payloadBytes: 0,
    ipBytes: 0,
    flags: 0,
    seq: 0,
    ack: 0,
    window: 0,
  };

  function refusal(row: number): number {
    const bits = kind[row]!;
    segment.row = row;
    segment.flow = -1;
    if (vlanTagsOf(bits) > tagsAllowed) return REASON['not-tcp'];
    segment.flow = flow[row]!;
    const family = familyOf(bits);
    if (family === 6 && !rules.ipv6) return REASON['not-ipv4'];
    const status = statusOf(bits);
    if (status !== STATUS.TCP) return REFUSED[status]!;
    const ip = ipAt[row]!;
    const tcp = tcpAt[row]!;
    const frame = frameOffset[row]!;
    if (tcp - ip !== (family === 4 ? 20 : 40)) return REASON['ip-options'];
    const headerBytes = (tcpFlags[row]! >> 12) << 2;
    if (headerBytes < 20 || tcp + headerBytes - frame > LONGEST_HEADERS) return REASON['bad-header'];
    // Ethernet padding and trailers are no part of the packet; a packet longer than its frame is none.
    if (ipLength[row]! > wireBytes[row]! - (ip - frame)) return REASON['length-mismatch'];
    segment.family = family;
    segment.frame = frame;
    segment.ip = ip;
    segment.tcp = tcp;
    segment.tcpHeaderBytes = headerBytes;
    return rules.verifyChecksums && !checksumsHold(row, family, ip) ? REASON.checksum : -1;
  }

  function checksumsHold(row: number, family: number, ip: number): boolean {
    if (family === 4 && sum16(table.view, ip, 20) !== 0xffff) return false;
    return verifyTcpChecksum(table, row);
  }

  return {
    segment,
    read(row) {
      const reason = refusal(row);
      if (reason >= 0) return reason;
      const { view } = table;
      const { tcp } = segment;
      segment.payloadBytes = payloadBytes[row]!;
      segment.ipBytes = ipLength[row]!;
      segment.flags = tcpFlags[row]! & 0xff;
      segment.seq = seq[row]!;
      segment.ack = view.getInt32(tcp + 8);
      segment.window = view.getUint16(tcp + 14);
      return -1;
    },
  };
}

/** What the TCP options are: none, the timestamp option in its usual place, or anything else. */
export const OPTIONS = { NONE: 0, TIMESTAMP: 1, OTHER: 2 } as const;

export function optionsOf(view: DataView, { tcp, tcpHeaderBytes }: Segment): number {
  if (tcpHeaderBytes === 20) return OPTIONS.NONE;
  const isTimestamp = tcpHeaderBytes === 32 && view.getInt32(tcp + 20) === TIMESTAMP_OPTION;
  return isTimestamp ? OPTIONS.TIMESTAMP : OPTIONS.OTHER;
}

/** Valid where `optionsOf` tells of a timestamp option. */
export function tsvalOf(view: DataView, { tcp }: Segment): number {
  return view.getInt32(tcp + 24);
}

export function tsecrOf(view: DataView, { tcp }: Segment): number {
  return view.getInt32(tcp + 28);
}
