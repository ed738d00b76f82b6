/**
 * The guest's TCP: an ACK is sent when more than one segment is unacknowledged, and the payload is copied once
 * to user space (docs/model.md, "Guest").
 *
 * Left out: the timer of delayed ACKs, ACKs at once (after loss, at the start of a connection), which payload
 * the socket already had. All payload is taken as that of one connection.
 */
import { EVENT } from './events.ts';

export interface GuestState {
  /** Whether the guest knows the segments of a super-packet; otherwise it takes the whole for one. */
  readonly knowsSegmentSize: boolean;
  /** Skbs of one segment in a row: after every second one, more than a segment is unacknowledged. */
  inRow: number;
  /** Before those. */
  acks: number;
}

/** Counts the ACKs that so many equal skbs with payload bring about. */
export function receiveInGuest(state: GuestState, segments: number, times: number): void {
  if (segments > 1 && state.knowsSegmentSize) {
    state.acks = acksOf(state) + times;
    state.inRow = 0;
  } else state.inRow += times;
}

/** The ACKs so far. */
export function acksOf({ acks, inRow }: GuestState): number {
  return acks + Math.floor(inRow / 2);
}

/** What follows from the sums of a run. */
export function deriveCopyToUser(events: Float64Array): void {
  events[EVENT.copyToUserBytes] = events[EVENT.payloadBytes]! - events[EVENT.droppedPayloadBytes]!;
}
