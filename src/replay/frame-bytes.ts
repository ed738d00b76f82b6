import { familyOf, type PacketTable } from '../packet/table.ts';

/** L of a packet that was not merged: Ethernet header and all bytes that the IP length counts; the frame as it is
 * where that says nothing. */
export function frameBytesOf(table: PacketTable, row: number): number {
  const { kind, wireBytes, ipLength, ipAt, frameOffset } = table;
  if (familyOf(kind[row]!) === 0) return wireBytes[row]!;
  const length = ipLength[row]!;
  return 14 + (length > 0 ? length : wireBytes[row]! - (ipAt[row]! - frameOffset[row]!));
}
