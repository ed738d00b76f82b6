/**
 * Netfront and the guest above it: the head of each skb is copied out of its first page, the rest stays in
 * pages, and the payload is copied once to user space (docs/model.md, "Guest").
 *
 * Left out: the guest's ACKs, and which payload the socket already had.
 */
import { EVENT } from './events.ts';

/** Netfront copies this much of an skb into its head (RX_COPY_THRESHOLD of Linux 2.6.18-xen). */
const HEAD_COPY_BYTES = 256;

const HEAD_COPIED_BYTES = EVENT.guestHeadCopiedBytes;

/** Counts the head copy of one skb of L = `frameBytes`. */
export function receiveInNetfront(events: Float64Array, frameBytes: number): void {
  events[HEAD_COPIED_BYTES]! += Math.min(frameBytes, HEAD_COPY_BYTES);
}

/** What follows from the sums of a run. */
export function deriveCopyToUser(events: Float64Array): void {
  events[EVENT.copyToUserBytes] = events[EVENT.payloadBytes]!;
}
