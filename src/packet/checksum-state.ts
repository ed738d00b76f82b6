/** What a captured TCP checksum tells: the place of the capture leaves its mark there. */
import { fold, pseudoHeader4, pseudoHeader6, sum16 } from './checksum.ts';
import { familyOf, type PacketTable } from './table.ts';

export const CHECKSUM_STATES = ['right', 'partial', 'wrong', 'unverifiable'] as const;
/**
 * `partial`: not filled in: the sum of the pseudo-header, or 0, which a card is to complete. `unverifiable`: some of the
 * packet was not captured, and it is not partial.
 */
export type ChecksumState = (typeof CHECKSUM_STATES)[number];

/** Index into CHECKSUM_STATES, for a row with a whole TCP header. */
export function checksumStateOf(table: PacketTable, row: number): number {
  const { view } = table;
  const ip = table.ipAt[row]!;
  const tcp = table.tcpAt[row]!;
  const end = table.frameOffset[row]! + table.capturedBytes[row]!;
  const ipBytes = table.ipLength[row]! || table.wireBytes[row]! - (ip - table.frameOffset[row]!);
  const tcpBytes = ipBytes - (tcp - ip);
  const pseudoHeader = familyOf(table.kind[row]!) === 4 ? pseudoHeader4 : pseudoHeader6;
  const field = view.getUint16(tcp + 16);
  const pseudo = pseudoHeader(view, ip, tcpBytes);
  if (field === 0 || field === fold(pseudo) || field === fold(pseudoHeader(view, ip, 0))) return 1;
  if (ip + ipBytes > end) return 3;
  return fold(sum16(view, tcp, tcpBytes) + pseudo) === 0xffff ? 0 : 2;
}
