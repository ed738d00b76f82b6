/**
 * The usual packet, decided at one place in a third of the time: an untagged TCP segment over IPv4 on Ethernet that
 * may join the skb of its flow. Whatever this leaves over goes through gro-packet.ts and gro-rules.ts, which decide the
 * same.
 */
import { LINK } from '../capture/link-types.ts';
import { type PacketTable, PLAIN_TCP4 } from '../packet/table.ts';
import { CWR, FIN_PSH, HELD_STRIDE, idRule, SLOT, SLOT_WORDS } from './gro-rules.ts';

const ETHERNET_BYTES = 14;
/** Both headers stand where they do without options or tags. */
const IPV4_BYTES = 20;

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
    if (kind[row] !== PLAIN_TCP4 || slots[at + SLOT.FLOW] !== flow[row]) return -1;
    if (seq[row] !== slots[at + SLOT.NEXT_SEQ] || linkType[row] !== LINK.ETHERNET) return -1;
    const frame = frameOffset[row]!;
    const ip = ipAt[row]!;
    const tcp = tcpAt[row]!;
    if (ip - frame !== ETHERNET_BYTES || tcp - ip !== IPV4_BYTES) return -1;
    if (slots[at + SLOT.TCP] !== ETHERNET_BYTES + IPV4_BYTES) return -1;
    const payload = payloadBytes[row]!;
    if (payload === 0 || payload > slots[at + SLOT.GSO_BYTES]!) return -1;
    const length = ipLength[row]!;
    if (length !== wireBytes[row]! - ETHERNET_BYTES) return -1;
    if (slots[at + SLOT.SIZE_BYTES]! + payload >= maxSize) return -1;
    const base = slot * HELD_STRIDE;
    const heldIp = base + ETHERNET_BYTES;
    const heldTcp = heldIp + IPV4_BYTES;
    const word = view.getInt32(tcp + 12);
    const flags = (word ^ held.getInt32(heldTcp + 12)) & ~FIN_PSH;
    if ((flags | (word & CWR)) !== 0) return -1;
    let difference = view.getInt32(tcp + 8) ^ held.getInt32(heldTcp + 8);
    for (let i = ((word >>> 28) << 2) - 4; i >= IPV4_BYTES; i -= 4)
      difference |= view.getInt32(tcp + i) ^ held.getInt32(heldTcp + i);
    difference |= view.getInt32(frame) ^ held.getInt32(base);
    difference |= view.getInt32(frame + 4) ^ held.getInt32(base + 4);
    difference |= view.getInt32(frame + 8) ^ held.getInt32(base + 8);
    difference |= view.getUint16(ip) ^ held.getUint16(heldIp);
    const ids = view.getInt32(ip + 4);
    const heldIds = held.getInt32(heldIp + 4);
    difference |= (ids ^ heldIds) & 0xffff;
    const protocol = view.getInt32(ip + 8);
    const heldProtocol = held.getInt32(heldIp + 8);
    difference |= (protocol ^ heldProtocol) >>> 16;
    if (difference !== 0) return -1;
    // All other words of the two IP headers are equal, and the held one's checksum is right: so is this one's if length,
    // id and checksum add up to the same modulo 65535.
    const sum = length + (ids >>> 16) + (protocol & 0xffff);
    const heldSum = held.getUint16(heldIp + 2) + (heldIds >>> 16) + (heldProtocol & 0xffff);
    if (sum !== heldSum && (sum - heldSum) % 65_535 !== 0) return -1;
    return idRule(
      ((ids >>> 16) - (heldIds >>> 16)) & 0xffff,
      slots[at + SLOT.COUNT]!,
      slots[at + SLOT.OUTER_ID]!,
    );
  }

  return {
    test,
    begin() {
      view = table.view;
    },
  };
}
