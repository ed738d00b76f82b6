/** Tells where polls ended, in the form that `--poll file:F` reads: the record number of each poll's last packet. */
import { type PacketTable, recordNumber } from '../packet/table.ts';
import type { PollTarget } from './poll-model.ts';

/**
 * Passes everything on to `target` and reports the last packet of each poll that ended with `pollEnd`. The poll that the
 * end of the capture cuts off has no boundary, so that it ends the same way when the polls are read back.
 */
export function reportBoundaries(
  table: PacketTable,
  target: PollTarget,
  pollEnd: number,
  report: (lastPacket: number) => void,
): PollTarget {
  let last = -1;
  return {
    receive(from, to) {
      last = recordNumber(table, table.rows[to - 1]!);
      target.receive(from, to);
    },
    flushAll(reason) {
      target.flushAll(reason);
      if (reason === pollEnd) report(last);
    },
    beginTick: target.beginTick,
    flushOld: target.flushOld,
  };
}
