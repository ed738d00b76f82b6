/** Bare arrivals for poll models: a table of times, and a target that notes what each poll got. */
import type { PollModel, PollTarget } from '../../src/nic/poll-model.ts';
import { createPacketTable, type PacketTable } from '../../src/packet/table.ts';

export const POLL_END = 1;
export const CAPTURE_END = 2;
export const FLUSH_REASONS = { pollEnd: POLL_END, captureEnd: CAPTURE_END };

/** Wire length of each of these packets. */
export const ARRIVAL_BYTES = 1514;

export interface PollLog extends PollTarget {
  /** Record numbers of each poll's packets. */
  readonly polls: number[][];
}

/** `onFlush` is told how many packets the poll had. */
export function createPollLog(table: PacketTable, onFlush: (packets: number) => void = () => {}): PollLog {
  const polls: number[][] = [];
  let open: number[] = [];
  return {
    polls,
    receive(from, to) {
      for (let i = from; i < to; i++) open.push(table.firstRecord + table.rows[i]!);
    },
    flushAll() {
      if (open.length > 0) polls.push(open);
      onFlush(open.length);
      open = [];
    },
  };
}

export function createArrivalTable(): PacketTable {
  return createPacketTable(64);
}

/** Feeds arrivals at these times in blocks of at most `blockRows`, and ends the capture. */
export function feed(table: PacketTable, model: PollModel, timesNs: readonly number[], blockRows = 64): void {
  for (let first = 0; first < timesNs.length; first += blockRows) {
    const times = timesNs.slice(first, first + blockRows);
    table.firstRecord = first;
    table.count = times.length;
    table.received = times.length;
    times.forEach((time, row) => {
      table.rows[row] = row;
      table.timeNs[row] = time;
      table.wireBytes[row] = ARRIVAL_BYTES;
    });
    model.run(table);
  }
  model.finish();
}
