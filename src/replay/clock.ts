import type { PacketTable } from '../packet/table.ts';
import type { Session } from './session.ts';

/**
 * Whether the packets of a block have no times that polls could be simulated with: some have no time stamp, or
 * all have the same.
 */
export function lacksTimes(session: Session, { count, timeNs }: PacketTable): boolean {
  if (session.reader.notes().withoutTime > 0) return true;
  if (count < 2) return false;
  for (let row = 1; row < count; row++) if (timeNs[row] !== timeNs[0]) return false;
  return true;
}
