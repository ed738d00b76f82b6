/** The received rows of a block in turns, parted where their times pass edges. */
import type { PacketTable } from '../packet/table.ts';

export interface TimeSplit {
  /** The next edge. A packet of an earlier time that comes after one of a later time stays on the later side. */
  edgeNs(): number;
  /** The next packet is at or after the edge: moves it on. */
  pass(atNs: number): void;
  /** Takes the received rows of the table, which are those of one side. */
  take(): void;
}

/** For each turn its rows are moved to the beginning of `table.rows`; at the end all are back where they were. */
export function splitByTime(table: PacketTable, { edgeNs, pass, take }: TimeSplit): void {
  const { rows, timeNs, received } = table;
  let all: Int32Array | null = null;
  let from = 0;

  function give(to: number): void {
    if (to > from) {
      // Blocks that hold an edge are few.
      if (to < received) all ??= rows.slice(0, received);
      rows.copyWithin(0, from, to);
      table.received = to - from;
      take();
    }
    from = to;
  }

  let edge = edgeNs();
  for (let i = firstAt(table, 0, received, edge); i < received; i = firstAt(table, i, received, edge)) {
    const now = timeNs[rows[i]!]!;
    while (now >= edge) {
      give(i);
      pass(now);
      edge = edgeNs();
    }
  }
  give(received);
  if (all === null) return;
  rows.set(all);
  table.received = received;
}

/** The first of the rows from `from` on that is not earlier than the edge, `to` if none is. */
function firstAt(table: PacketTable, from: number, to: number, edgeNs: number): number {
  const { core, rows, timeNs } = table;
  if (table.inOrder && timeNs[rows[to - 1]!]! < edgeNs) return to;
  if (core !== null) return core.kernels.firstAt(from, to, edgeNs);
  for (let i = from; i < to; i++) if (timeNs[rows[i]!]! >= edgeNs) return i;
  return to;
}
