/**
 * The two questions of Linux GRO about a packet and a held skb: are they of one flow, and may the packet join?
 * Pure functions over the packet's bytes (`view`) and the held skb's copy of its first packet's headers (`held`, from
 * `base` on). The order of the tests is that of docs/engines/linux-gro.md; it decides the reason that is told.
 */
import { type GroPacket, MAX_HEADER_BYTES } from './gro-packet.ts';
import { OBSTACLE, type ObstacleSet } from './obstacle.ts';
import { REASON } from './reason.ts';

/** Words of a held skb in the slot array: one cache line. */
export const SLOT = {
  FLOW: 0,
  LINK_TYPE: 1,
  /** Offsets from the start of the frame. */
  OUTER: 2,
  INNER: 3,
  TCP: 4,
  /** Packets merged. */
  COUNT: 5,
  NEXT_SEQ: 6,
  /** Payload of the first packet, and of all. */
  GSO_BYTES: 7,
  PAYLOAD_BYTES: 8,
  /** From the outermost IP header on. */
  SIZE_BYTES: 9,
  /** What the ids of each IPv4 header do, one of ID_RULE. */
  OUTER_ID: 10,
  INNER_ID: 11,
  ADDED_FLAGS: 12,
  BUCKET: 13,
  /** The clock tick in which it was first held. */
  TICK: 14,
} as const;
export const SLOT_WORDS = 16;

/** Bytes of headers kept of each held skb, and a cache line more, so that slots do not compete for the same sets. */
export const HELD_STRIDE = MAX_HEADER_BYTES + 64;

/** The second packet decides whether ids stay or count. */
export const ID_RULE = { UNDECIDED: 0, FIXED: 1, COUNTING: 2 } as const;

/** Bits of the TCP word: bytes 12 to 15. */
export const FIN_PSH = 0x0009_0000;
const SYN = 0x0002_0000;
const RST = 0x0004_0000;
const URG = 0x0020_0000;
export const CWR = 0x0080_0000;
const ALL_FLAGS = 0x0fff_0000;
const DATA_OFFSET = 0xf000_0000 | 0;
const WINDOW = 0xffff;
const DF = 0x4000;
/** Version and flow label of IPv6; the traffic class stands between them. */
const VERSION_AND_LABEL = 0xf00f_ffff | 0;
const TRAFFIC_CLASS = 0x0ff0_0000;

/** Whether the packet belongs to the flow of the held skb: link header, addresses, labels, tunnels, ports. */
export function isSameFlow(
  packet: GroPacket,
  view: DataView,
  slots: Int32Array,
  at: number,
  held: DataView,
  base: number,
): boolean {
  const { frame, outer, inner, gre, tcp, flow } = packet;
  if (slots[at + SLOT.FLOW] !== flow || slots[at + SLOT.LINK_TYPE] !== packet.linkType) return false;
  if (slots[at + SLOT.TCP] !== tcp - frame || slots[at + SLOT.OUTER] !== outer - frame) return false;
  const shift = base - frame;
  if (!sameBytes(view, frame, held, base, outer - frame)) return false;
  // The flow index stands for both addresses and ports.
  if (flow >= 0 && packet.outerVersion === 4) return true;
  const outerEnd = gre >= 0 ? gre : inner > outer ? inner : tcp;
  if (!sameIpFlow(view, outer, packet.outerVersion, outerEnd, held, shift)) return false;
  // Bytes 4 to 7 of a GRE header may hold its checksum, which is not part of the flow; a key follows.
  if (gre >= 0 && !sameGre(view, gre, inner, held, shift)) return false;
  if (inner > outer && !sameIpFlow(view, inner, packet.innerVersion, tcp, held, shift)) return false;
  return view.getInt32(tcp) === held.getInt32(tcp + shift);
}

/** An IP header at `ip` with its extension headers, which end at `end`. */
function sameIpFlow(
  view: DataView,
  ip: number,
  version: number,
  end: number,
  held: DataView,
  shift: number,
): boolean {
  if (version === 4) {
    return (
      view.getUint8(ip) === held.getUint8(ip + shift) &&
      view.getUint8(ip + 9) === held.getUint8(ip + 9 + shift) &&
      sameBytes(view, ip + 12, held, ip + 12 + shift, 8)
    );
  }
  const difference = view.getInt32(ip) ^ held.getInt32(ip + shift);
  return (
    (difference & VERSION_AND_LABEL) === 0 &&
    view.getUint8(ip + 6) === held.getUint8(ip + 6 + shift) &&
    sameBytes(view, ip + 8, held, ip + 8 + shift, end - ip - 8)
  );
}

function sameGre(view: DataView, gre: number, end: number, held: DataView, shift: number): boolean {
  const first = view.getInt32(gre);
  if (first !== held.getInt32(gre + shift)) return false;
  const keyAt = gre + (first < 0 ? 8 : 4);
  return sameBytes(view, keyAt, held, keyAt + shift, end - keyAt);
}

function sameBytes(view: DataView, at: number, held: DataView, heldAt: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (view.getInt32(at + i) !== held.getInt32(heldAt + i)) return false;
  for (; i < length; i++) if (view.getUint8(at + i) !== held.getUint8(heldAt + i)) return false;
  return true;
}

/** NOP, NOP, TIMESTAMP, length 10: the first four bytes of the usual timestamp option. */
const TIMESTAMP_OPTION = 0x0101080a;
const TIMESTAMP_OPTION_BYTES = 12;

/**
 * The first rule that keeps a packet out of the held skb of its flow, as a reason; -1 if it may join. Rules of `waived`
 * obstacles are left out.
 */
export function joinViolation(
  packet: GroPacket,
  view: DataView,
  slots: Int32Array,
  at: number,
  held: DataView,
  base: number,
  maxSize: number,
  waived: ObstacleSet,
): number {
  if (packet.spoilt >= 0) return packet.spoilt;
  const { tcp, frame, outer, inner, payloadBytes } = packet;
  const heldTcp = base + tcp - frame;
  const word = packet.tcpWord;
  const difference = word ^ held.getInt32(heldTcp + 12);
  if ((word & CWR) !== 0) return REASON.cwr;
  if ((difference & ALL_FLAGS & ~FIN_PSH) !== 0) return flagReason(difference);
  if ((difference & DATA_OFFSET) !== 0) return REASON['options-changed'];
  if ((difference & WINDOW) !== 0 && (waived & OBSTACLE['window-changed']) === 0) {
    return REASON['window-changed'];
  }
  if (view.getInt32(tcp + 8) !== held.getInt32(heldTcp + 8) && (waived & OBSTACLE['ack-changed']) === 0) {
    return REASON['ack-changed'];
  }
  const anyTimestamp =
    (waived & OBSTACLE.timestamp) !== 0 && bothTimestamps(view, tcp, held, heldTcp, packet.tcpHeaderBytes);
  const options = anyTimestamp ? 20 + TIMESTAMP_OPTION_BYTES : 20;
  if (!sameBytes(view, tcp + options, held, heldTcp + options, packet.tcpHeaderBytes - options)) {
    return REASON['options-changed'];
  }
  let reason = ipViolation(view, outer, packet.outerVersion, held, base + outer - frame);
  if (reason >= 0) return reason;
  if (inner > outer) {
    reason = ipViolation(view, inner, packet.innerVersion, held, base + inner - frame);
    if (reason >= 0) return reason;
  }
  if (payloadBytes === 0) return REASON['no-payload'];
  if (payloadBytes > slots[at + SLOT.GSO_BYTES]! && (waived & OBSTACLE['segment-size']) === 0) {
    return REASON['size-larger'];
  }
  if (view.getInt32(tcp + 4) !== slots[at + SLOT.NEXT_SEQ]) return REASON.sequence;
  // After a loss the ids fail as well: the sequence is looked at first, because the loss is the cause.
  if (idRules(packet, view, slots, at, held, base) < 0) return REASON['ip-id'];
  return slots[at + SLOT.SIZE_BYTES]! + payloadBytes < maxSize ? -1 : REASON['max-size'];
}

/** Whether two TCP headers of this length both begin their options with the usual timestamp option. */
function bothTimestamps(
  view: DataView,
  tcp: number,
  held: DataView,
  heldTcp: number,
  headerBytes: number,
): boolean {
  return (
    headerBytes >= 20 + TIMESTAMP_OPTION_BYTES &&
    view.getInt32(tcp + 20) === TIMESTAMP_OPTION &&
    held.getInt32(heldTcp + 20) === TIMESTAMP_OPTION
  );
}

function flagReason(difference: number): number {
  if ((difference & SYN) !== 0) return REASON.syn;
  if ((difference & RST) !== 0) return REASON.rst;
  return (difference & URG) !== 0 ? REASON.urg : REASON.flags;
}

function ipViolation(view: DataView, ip: number, version: number, held: DataView, heldIp: number): number {
  if (version === 6) {
    if (view.getUint8(ip + 7) !== held.getUint8(heldIp + 7)) return REASON['ttl-changed'];
    const difference = view.getInt32(ip) ^ held.getInt32(heldIp);
    return (difference & TRAFFIC_CLASS) !== 0 ? REASON['tos-changed'] : -1;
  }
  if (view.getUint8(ip + 8) !== held.getUint8(heldIp + 8)) return REASON['ttl-changed'];
  if (view.getUint8(ip + 1) !== held.getUint8(heldIp + 1)) return REASON['tos-changed'];
  const difference = view.getUint16(ip + 6) ^ held.getUint16(heldIp + 6);
  return (difference & DF) !== 0 ? REASON['df-changed'] : -1;
}

/** The id rules of the outer (bits 0, 1) and the inner IPv4 header (bits 2, 3) with this packet; -1 if one is broken. */
export function idRules(
  packet: GroPacket,
  view: DataView,
  slots: Int32Array,
  at: number,
  held: DataView,
  base: number,
): number {
  const { outer, inner, frame } = packet;
  const count = slots[at + SLOT.COUNT]!;
  let outerRule: number = ID_RULE.UNDECIDED;
  let innerRule: number = ID_RULE.UNDECIDED;
  if (packet.outerVersion === 4) {
    const ids = (view.getUint16(outer + 4) - held.getUint16(base + outer - frame + 4)) & 0xffff;
    outerRule = idRule(ids, count, slots[at + SLOT.OUTER_ID]!);
  }
  if (inner > outer && packet.innerVersion === 4) {
    const ids = (view.getUint16(inner + 4) - held.getUint16(base + inner - frame + 4)) & 0xffff;
    innerRule = idRule(ids, count, slots[at + SLOT.INNER_ID]!);
  }
  return outerRule < 0 || innerRule < 0 ? -1 : outerRule | (innerRule << 2);
}

/** What ids do after a packet whose id is `distance` from that of the first of `count`; -1 if it breaks `rule`. */
export function idRule(distance: number, count: number, rule: number): number {
  switch (rule) {
    case ID_RULE.UNDECIDED:
      return distance === 0 ? ID_RULE.FIXED : distance === 1 ? ID_RULE.COUNTING : -1;
    case ID_RULE.FIXED:
      return distance === 0 ? rule : -1;
    default:
      return distance === (count & 0xffff) ? rule : -1;
  }
}
