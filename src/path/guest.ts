/**
 * The guest's TCP: an ACK is sent when more than one segment is unacknowledged, and the payload is copied once
 * to user space (docs/model.md, "Guest").
 *
 * Left out: the timer of delayed ACKs, ACKs at once (after loss, at the start of a connection), which payload
 * the socket already had. All payload is taken as that of one connection.
 */
import { EVENT } from './events.ts';

export interface GuestState {
  readonly events: Float64Array;
  /** Whether the guest knows the segments of a super-packet; otherwise it takes the whole for one. */
  readonly knowsSegmentSize: boolean;
  unacknowledgedBytes: number;
}

const ACKS = EVENT.guestAcks;

/** Counts the ACKs that so many equal skbs with payload bring about. */
export function receiveInGuest(
  state: GuestState,
  segments: number,
  payloadBytes: number,
  times: number,
): void {
  const segmentBytes = state.knowsSegmentSize ? payloadBytes / segments : payloadBytes;
  let left = times;
  for (; left > 0 && state.unacknowledgedBytes > 0; left--) {
    state.unacknowledgedBytes += payloadBytes;
    if (state.unacknowledgedBytes > segmentBytes) acknowledge(state, 1);
  }
  /** Skbs to an ACK, from one ACK to the next. */
  const each = Math.floor(segmentBytes / payloadBytes) + 1;
  const acks = Math.floor(left / each);
  if (acks > 0) acknowledge(state, acks);
  state.unacknowledgedBytes += (left - acks * each) * payloadBytes;
}

function acknowledge(state: GuestState, acks: number): void {
  state.unacknowledgedBytes = 0;
  state.events[ACKS]! += acks;
}

/** What follows from the sums of a run. */
export function deriveCopyToUser(events: Float64Array): void {
  events[EVENT.copyToUserBytes] = events[EVENT.payloadBytes]! - events[EVENT.droppedPayloadBytes]!;
}
