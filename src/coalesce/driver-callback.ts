/** The header callback of a driver, which inet_lro asks first: docs/engines/inet-lro.md, §2. */
import { verifyTcpChecksum } from '../packet/checksum.ts';
import { KIND, type PacketTable, STATUS, statusOf, vlanTagsOf } from '../packet/table.ts';
import { REASON } from './reason.ts';

/** Rejections by decoder status, in the order of the callback. */
const REJECTION: Int8Array = (() => {
  const reasons = new Int8Array(8).fill(-1);
  reasons[STATUS.BAD_FRAME] = REASON['bad-header'];
  reasons[STATUS.NOT_IP] = REASON['not-ipv4'];
  reasons[STATUS.NOT_TCP] = REASON['not-tcp'];
  reasons[STATUS.IP_FRAGMENT] = REASON['ip-fragment'];
  reasons[STATUS.BAD_HEADER] = REASON['bad-header'];
  reasons[STATUS.SHORT_IP_LENGTH] = REASON['bad-header'];
  return reasons;
})();

/** The rule that a packet violates, as a reason; -1 if it is accepted. */
export function rejectedBy(
  table: PacketTable,
  row: number,
  vlan: 'strip' | 'pass' | 'inband',
  verifyChecksums: boolean,
): number {
  const kind = table.kind[row]!;
  const tags = vlanTagsOf(kind);
  if (tags > 1 || (tags === 1 && vlan === 'pass')) return REASON['not-ipv4'];
  if ((kind & KIND.IPV6) !== 0) return REASON['not-ipv4'];
  const status = statusOf(kind);
  if (status !== STATUS.TCP) return REJECTION[status]!;
  return verifyChecksums && !verifyTcpChecksum(table, row) ? REASON.checksum : -1;
}
