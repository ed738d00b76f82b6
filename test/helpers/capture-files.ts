/** Writes capture files of every kind into memory, right or wrong. Layouts: the pcap and pcapng drafts of opsawg. */
import { concat, padded, u16, u32, u64 } from './bytes.ts';

export interface MadePacket {
  /** ns since 1970. */
  readonly timeNs: bigint;
  /** Captured bytes. */
  readonly bytes: Uint8Array;
  /** All of `bytes` where left out. */
  readonly wireBytes?: number;
}

export interface PcapStyle {
  readonly linkType: number;
  readonly littleEndian: boolean;
  readonly magic: 'microseconds' | 'nanoseconds' | 'modified';
  /** Upper 16 bits of the link type field: FCS length and its flag. */
  readonly linkFlags: number;
}

const MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d, modified: 0xa1b2cd34 } as const;

export const PCAP_STYLE: PcapStyle = {
  linkType: 1,
  littleEndian: true,
  magic: 'nanoseconds',
  linkFlags: 0,
};

export function pcapHeader(style: PcapStyle): Uint8Array {
  const { littleEndian: le } = style;
  return concat(
    u32(MAGIC[style.magic], le),
    u16(2, le),
    u16(4, le),
    u32(0, le),
    u32(0, le),
    u32(262_144, le),
    u32(style.linkFlags * 65_536 + style.linkType, le),
  );
}

export function pcapRecord(packet: MadePacket, style: PcapStyle): Uint8Array {
  const { littleEndian: le } = style;
  const unitNs = style.magic === 'nanoseconds' ? 1n : 1000n;
  return concat(
    u32(Number(packet.timeNs / 1_000_000_000n), le),
    u32(Number((packet.timeNs % 1_000_000_000n) / unitNs), le),
    u32(packet.bytes.length, le),
    u32(packet.wireBytes ?? packet.bytes.length, le),
    // The modified format adds interface index, protocol, packet type and padding.
    new Uint8Array(style.magic === 'modified' ? 8 : 0),
    packet.bytes,
  );
}

export function pcapFile(packets: readonly MadePacket[], style: Partial<PcapStyle> = {}): Uint8Array {
  const full = { ...PCAP_STYLE, ...style };
  return concat(pcapHeader(full), ...packets.map((packet) => pcapRecord(packet, full)));
}

/** Type, body (padded), and the length before and after. */
export function block(type: number, body: Uint8Array, littleEndian = true): Uint8Array {
  const length = u32(12 + Math.ceil(body.length / 4) * 4, littleEndian);
  return concat(u32(type, littleEndian), length, padded(body), length);
}

export function option(code: number, value: Uint8Array, littleEndian = true): Uint8Array {
  return concat(u16(code, littleEndian), u16(value.length, littleEndian), padded(value));
}

export const END_OF_OPTIONS = new Uint8Array(4);

export function sectionBlock(littleEndian = true): Uint8Array {
  const le = littleEndian;
  return block(0x0a0d0d0a, concat(u32(0x1a2b3c4d, le), u16(1, le), u16(0, le), u64(-1n, le)), le);
}

export function interfaceBlock(
  linkType: number,
  options: Uint8Array = new Uint8Array(0),
  snaplen = 0,
  littleEndian = true,
): Uint8Array {
  const le = littleEndian;
  return block(1, concat(u16(linkType, le), u16(0, le), u32(snaplen, le), options), le);
}

/** Time in units of the interface. */
export interface TickPacket {
  readonly ticks: bigint;
  readonly bytes: Uint8Array;
  readonly wireBytes?: number;
}

export function enhancedBlock(
  interfaceId: number,
  packet: TickPacket,
  options: Uint8Array = new Uint8Array(0),
  littleEndian = true,
): Uint8Array {
  const le = littleEndian;
  const body = concat(
    u32(interfaceId, le),
    u32(Number(packet.ticks >> 32n), le),
    u32(Number(packet.ticks & 0xffffffffn), le),
    u32(packet.bytes.length, le),
    u32(packet.wireBytes ?? packet.bytes.length, le),
    padded(packet.bytes),
    options,
  );
  return block(6, body, le);
}

export function simpleBlock(bytes: Uint8Array, wireBytes: number = bytes.length): Uint8Array {
  return block(3, concat(u32(wireBytes, true), bytes));
}

/** The packet block that came before the enhanced one. */
export function obsoleteBlock(interfaceId: number, packet: TickPacket): Uint8Array {
  return block(
    2,
    concat(
      u16(interfaceId, true),
      u16(0xffff, true),
      u32(Number(packet.ticks >> 32n), true),
      u32(Number(packet.ticks & 0xffffffffn), true),
      u32(packet.bytes.length, true),
      u32(packet.wireBytes ?? packet.bytes.length, true),
      packet.bytes,
    ),
  );
}

/** One little-endian section with one interface in ns. */
export function pcapngFile(packets: readonly MadePacket[], linkType = 1, options?: Uint8Array): Uint8Array {
  return concat(
    sectionBlock(),
    interfaceBlock(
      linkType,
      concat(option(9, Uint8Array.of(9)), options ?? new Uint8Array(0), END_OF_OPTIONS),
    ),
    ...packets.map(({ timeNs, bytes, wireBytes }) =>
      enhancedBlock(0, { ticks: timeNs, bytes, wireBytes: wireBytes ?? bytes.length }),
    ),
  );
}
