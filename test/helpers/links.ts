/** Wraps IP packets into frames of the link types that the decoder knows. */
import { LINK } from '../../src/capture/link-types.ts';
import { concat, u8, u16, u32 } from './bytes.ts';
import { ETHERTYPE } from './packets.ts';

export const MAC_A = u8(2, 0, 0, 0, 0, 1);
export const MAC_B = u8(2, 0, 0, 0, 0, 2);

/** The Ethernet type that goes with an IP packet. */
function typeOf(packet: Uint8Array): number {
  return packet[0]! >> 4 === 6 ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4;
}

/** `tags` are tag protocol identifiers from the outside in; each tag names VLAN 100 + its index. */
export function ethernet(
  packet: Uint8Array,
  tags: readonly number[] = [],
  from = MAC_A,
  to = MAC_B,
): Uint8Array {
  return concat(to, from, tagged(packet, tags));
}

/** Type (or tag) on. */
function tagged(packet: Uint8Array, tags: readonly number[]): Uint8Array {
  const types = [...tags, typeOf(packet)];
  const parts = tags.map((_, i) => concat(u16(100 + i), u16(types[i + 1]!)));
  return concat(u16(types[0]!), ...parts, packet);
}

/** Packet type 0: to us. */
export function sll(packet: Uint8Array, packetType = 0): Uint8Array {
  return concat(u16(packetType), u16(1), u16(6), MAC_A, u16(0), u16(typeOf(packet)), packet);
}

export function sll2(packet: Uint8Array, packetType = 0): Uint8Array {
  return concat(u16(typeOf(packet)), u16(0), u32(3), u16(1), u8(packetType, 6), MAC_A, u16(0), packet);
}

/** Address families of IPv6 on FreeBSD, Darwin, NetBSD/OpenBSD and Linux. */
export const AF_INET6 = [28, 30, 24, 10] as const;

export function nullOrLoop(
  packet: Uint8Array,
  littleEndian: boolean,
  inet6: number = AF_INET6[0],
): Uint8Array {
  return concat(u32(packet[0]! >> 4 === 6 ? inet6 : 2, littleEndian), packet);
}

/** Every way to carry a packet: name, link type, frame. */
export const WRAPPINGS: readonly {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (packet: Uint8Array) => Uint8Array;
  /** Bits of `kind` for VLAN tags. */
  readonly tags: 0 | 1 | 2;
}[] = [
  { name: 'Ethernet', linkType: LINK.ETHERNET, wrap: (packet) => ethernet(packet), tags: 0 },
  { name: '802.1Q', linkType: LINK.ETHERNET, wrap: (p) => ethernet(p, [ETHERTYPE.VLAN]), tags: 1 },
  {
    name: 'QinQ',
    linkType: LINK.ETHERNET,
    wrap: (p) => ethernet(p, [ETHERTYPE.QINQ, ETHERTYPE.VLAN]),
    tags: 2,
  },
  { name: 'old QinQ', linkType: LINK.ETHERNET, wrap: (p) => ethernet(p, [0x9100, ETHERTYPE.VLAN]), tags: 2 },
  { name: 'two 802.1Q', linkType: LINK.ETHERNET, wrap: (p) => ethernet(p, [0x8100, 0x8100]), tags: 2 },
  { name: 'SLL', linkType: LINK.LINUX_SLL, wrap: (packet) => sll(packet), tags: 0 },
  { name: 'SLL2', linkType: LINK.LINUX_SLL2, wrap: (packet) => sll2(packet), tags: 0 },
  { name: 'NULL, little-endian', linkType: LINK.NULL, wrap: (p) => nullOrLoop(p, true), tags: 0 },
  { name: 'NULL, big-endian', linkType: LINK.NULL, wrap: (p) => nullOrLoop(p, false), tags: 0 },
  { name: 'NULL of Darwin', linkType: LINK.NULL, wrap: (p) => nullOrLoop(p, true, AF_INET6[1]), tags: 0 },
  { name: 'NULL of OpenBSD', linkType: LINK.NULL, wrap: (p) => nullOrLoop(p, true, AF_INET6[2]), tags: 0 },
  { name: 'LOOP', linkType: LINK.LOOP, wrap: (p) => nullOrLoop(p, false, AF_INET6[2]), tags: 0 },
  { name: 'raw IP', linkType: LINK.RAW, wrap: (packet) => packet, tags: 0 },
  { name: 'raw IP of BSD', linkType: LINK.RAW_BSD, wrap: (packet) => packet, tags: 0 },
  { name: 'raw IP of OpenBSD', linkType: LINK.RAW_OPENBSD, wrap: (packet) => packet, tags: 0 },
];
