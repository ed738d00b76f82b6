/**
 * Netfront: the head of each skb is copied out of its first page, the rest stays in pages (docs/model.md,
 * "Guest"). The slots that it takes are those that netback filled.
 */
import { EVENT } from './events.ts';

/** Netfront copies this much of an skb into its head (RX_COPY_THRESHOLD of Linux 2.6.18-xen). */
const HEAD_COPY_BYTES = 256;

const HEAD_COPIED_BYTES = EVENT.guestHeadCopiedBytes;

/** Counts the head copies of so many skbs of L = `frameBytes`. */
export function receiveInNetfront(events: Float64Array, frameBytes: number, times: number): void {
  events[HEAD_COPIED_BYTES]! += times * Math.min(frameBytes, HEAD_COPY_BYTES);
}
