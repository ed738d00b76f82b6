/**
 * The usual packet, decided at one place in a third of the time: an untagged TCP segment on Ethernet, over IPv4 or over
 * IPv6 without extension headers, that may join the skb of its flow. Whatever this leaves over goes through gro-packet.ts
 * and gro-rules.ts, which decide the same.
 */
import { LINK } from '../capture/link-types.ts';
import { KIND, type PacketTable, PLAIN_TCP4, STATUS } from '../packet/table.ts';
import { CWR, FIN_PSH, HELD_STRIDE, ID_RULE, idRule, SLOT, SLOT_WORDS } from './gro-rules.ts';

const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const PLAIN_TCP6 = KIND.IPV6 | STATUS.TCP;
const MIN_TCP_BYTES = 20;

export interface UsualTest {
  /** Once for each block, before its rows. */
  begin(): void;
  /** The id rule of the skb in `slot` with this packet if it may join, -1 if it may not or is unusual. */
  test(row: number, slot: number): number;
}

export function createUsualTest(
  table: PacketTable,
  slots: Int32Array,
  held: DataView,
  maxSize: number,
): UsualTest {
  const { kind, flow, seq, ipAt, tcpAt, ipLength, wireBytes, payloadBytes, frameOffset, linkType } = table;
  let { view } = table;

  function test(row: number, slot: number): number {
    const at = slot * SLOT_WORDS;
    if (slots[at + SLOT.FLOW] !== flow[row] || seq[row] !== slots[at + SLOT.NEXT_SEQ]) return -1;
    const bits = kind[row];
    if (bits !== PLAIN_TCP4 && bits !== PLAIN_TCP6) return -1;
    const ipBytes = bits === PLAIN_TCP4 ? IPV4_BYTES : IPV6_BYTES;
    const frame = frameOffset[row]!;
    const ip = ipAt[row]!;
    const tcp = tcpAt[row]!;
    if (linkType[row] !== LINK.ETHERNET || ip - frame !== ETHERNET_BYTES || tcp - ip !== ipBytes) return -1;
    // The held skb's headers stand at the same places: no options, extensions, tags.
    if (slots[at + SLOT.TCP] !== ETHERNET_BYTES + ipBytes) return -1;
    const payload = payloadBytes[row]!;
    if (payload === 0 || payload > slots[at + SLOT.GSO_BYTES]!) return -1;
    if (ipLength[row] !== wireBytes[row]! - ETHERNET_BYTES) return -1;
    if (slots[at + SLOT.SIZE_BYTES]! + payload >= maxSize) return -1;
    const base = slot * HELD_STRIDE;
    const heldIp = base + ETHERNET_BYTES;
    const heldTcp = heldIp + ipBytes;
    const word = view.getInt32(tcp + 12);
    const flags = (word ^ held.getInt32(heldTcp + 12)) & ~FIN_PSH;
    if ((flags | (word & CWR)) !== 0) return -1;
    let difference = view.getInt32(tcp + 8) ^ held.getInt32(heldTcp + 8);
    for (let i = ((word >>> 28) << 2) - 4; i >= MIN_TCP_BYTES; i -= 4)
      difference |= view.getInt32(tcp + i) ^ held.getInt32(heldTcp + i);
    difference |= view.getInt32(frame) ^ held.getInt32(base);
    difference |= view.getInt32(frame + 4) ^ held.getInt32(base + 4);
    difference |= view.getInt32(frame + 8) ^ held.getInt32(base + 8);
    if (difference !== 0) return -1;
    return bits === PLAIN_TCP4 ? testIpv4(ip, heldIp, at) : testIpv6(ip, heldIp);
  }

  function testIpv4(ip: number, heldIp: number, at: number): number {
    let difference = view.getUint16(ip) ^ held.getUint16(heldIp);
    const ids = view.getInt32(ip + 4);
    const heldIds = held.getInt32(heldIp + 4);
    difference |= (ids ^ heldIds) & 0xffff;
    const protocol = view.getInt32(ip + 8);
    const heldProtocol = held.getInt32(heldIp + 8);
    difference |= (protocol ^ heldProtocol) >>> 16;
    if (difference !== 0) return -1;
    // All other words of the two headers are equal, and the held one's checksum is right: so is this one's if length,
    // id and checksum add up to the same modulo 65535.
    const sum = view.getUint16(ip + 2) + (ids >>> 16) + (protocol & 0xffff);
    const heldSum = held.getUint16(heldIp + 2) + (heldIds >>> 16) + (heldProtocol & 0xffff);
    if (sum !== heldSum && (sum - heldSum) % 65_535 !== 0) return -1;
    const distance = ((ids >>> 16) - (heldIds >>> 16)) & 0xffff;
    return idRule(distance, slots[at + SLOT.COUNT]!, slots[at + SLOT.OUTER_ID]!);
  }

  /** Traffic class and flow label; next header and hop limit. */
  function testIpv6(ip: number, heldIp: number): number {
    const difference =
      (view.getInt32(ip) ^ held.getInt32(heldIp)) | (view.getUint16(ip + 6) ^ held.getUint16(heldIp + 6));
    return difference === 0 ? ID_RULE.UNDECIDED : -1;
  }

  return {
    test,
    begin() {
      view = table.view;
    },
  };
}
