/** Copies of packets that have to outlive their block: columns and first bytes, as rows of a table of their own. */
import { createPacketTable, type PacketTable } from '../packet/table.ts';

/** Bytes kept of a packet, which hold its headers; packets with longer ones do not merge in a copy. */
export const KEPT_BYTES = 192;

export interface PacketCopy {
  /** `count` and `received` grow with each packet; `rows` are in order. */
  readonly table: PacketTable;
  /** Adds row `row` of the source. The caller looks for room: `table.count` below the capacity. */
  take(row: number): void;
  clear(): void;
}

/** @param wholePackets keep all bytes captured, for checksums that are to be verified */
export function createPacketCopy(source: PacketTable, capacity: number, wholePackets: boolean): PacketCopy {
  const table = createPacketTable(capacity);
  for (let row = 0; row < capacity; row++) table.rows[row] = row;
  let used = 0;
  useBytes(new Uint8Array(capacity * KEPT_BYTES));

  function useBytes(bytes: Uint8Array): void {
    table.bytes = bytes;
    table.view = new DataView(bytes.buffer);
  }

  /** Four at a time: a loop over bytes was most of what such a replay took. */
  function copyBytes(from: number, to: number, length: number): void {
    const { bytes, view } = table;
    const words = length & ~3;
    for (let i = 0; i < words; i += 4) view.setInt32(to + i, source.view.getInt32(from + i));
    for (let i = words; i < length; i++) bytes[to + i] = source.bytes[from + i]!;
  }

  return {
    table,
    take(row) {
      const to = table.count;
      const frame = source.frameOffset[row]!;
      const captured = source.capturedBytes[row]!;
      const kept = wholePackets ? captured : Math.min(captured, KEPT_BYTES);
      if (used + kept > table.bytes.length) {
        const larger = new Uint8Array((used + kept) * 2);
        larger.set(table.bytes);
        useBytes(larger);
      }
      copyBytes(frame, used, kept);
      const shift = used - frame;
      const tcp = source.tcpAt[row]!;
      table.frameOffset[to] = used;
      table.capturedBytes[to] = kept;
      table.wireBytes[to] = source.wireBytes[row]!;
      table.linkType[to] = source.linkType[row]!;
      table.kind[to] = source.kind[row]!;
      table.ipAt[to] = source.ipAt[row]! + shift;
      table.tcpAt[to] = tcp === 0 ? 0 : tcp + shift;
      table.ipLength[to] = source.ipLength[row]!;
      table.seq[to] = source.seq[row]!;
      table.tcpFlags[to] = source.tcpFlags[row]!;
      table.payloadBytes[to] = source.payloadBytes[row]!;
      table.flow[to] = source.flow[row]!;
      used += kept;
      table.count = to + 1;
      table.received = to + 1;
    },
    clear() {
      table.count = 0;
      table.received = 0;
      used = 0;
    },
  };
}
