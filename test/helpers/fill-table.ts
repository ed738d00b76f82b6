/** Puts made-up frames into a packet table, as a capture reader would, without a file. */
import { DIRECTION } from '../../src/capture/record-block.ts';
import type { PacketTable } from '../../src/packet/table.ts';
import { viewOf } from './bytes.ts';

export interface Frame {
  /** Captured bytes. */
  readonly bytes: Uint8Array;
  readonly wireBytes: number;
  readonly linkType: number;
  /** Since the first packet. */
  readonly timeNs: number;
  readonly direction?: number;
}

/** Guard bytes around each frame: a decoder that reads past its end sees them instead of zeros. */
const GUARD = 0xee;
const GUARD_BYTES = 3;

/** The next block of the table: `frames` become its rows, the first of them record `firstRecord`. */
export function fillTable(table: PacketTable, frames: readonly Frame[], firstRecord = 0): void {
  const size = frames.reduce((sum, { bytes }) => sum + bytes.length + GUARD_BYTES, GUARD_BYTES);
  // With a core the bytes lie in its window, where captures are read to.
  const all = table.core === null ? new Uint8Array(size) : new Uint8Array(table.core.buffer, 0, size);
  if (table.core !== null && size > table.core.at.WINDOW_BYTES)
    throw new Error('too many bytes for a window');
  all.fill(GUARD);
  let at = GUARD_BYTES;
  frames.forEach(({ bytes, wireBytes, linkType, timeNs, direction }, row) => {
    all.set(bytes, at);
    table.frameOffset[row] = at;
    table.capturedBytes[row] = bytes.length;
    table.wireBytes[row] = Math.max(wireBytes, bytes.length);
    table.linkType[row] = linkType;
    table.direction[row] = direction ?? DIRECTION.UNKNOWN;
    table.timeNs[row] = timeNs;
    at += bytes.length + GUARD_BYTES;
  });
  table.bytes = all;
  table.view = viewOf(all);
  table.count = frames.length;
  table.firstRecord = firstRecord;
}

/** Hands `frames` to `consume` block by block, as rows of `table`. */
export function inBlocks(
  table: PacketTable,
  frames: readonly Frame[],
  consume: (table: PacketTable) => void,
): void {
  const capacity = table.timeNs.length;
  for (let first = 0; first < frames.length; first += capacity) {
    fillTable(table, frames.slice(first, first + capacity), first);
    consume(table);
  }
}
