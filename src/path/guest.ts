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
  for (let i = 0; i < times; i++) {
    state.unacknowledgedBytes += payloadBytes;
    if (state.unacknowledgedBytes <= segmentBytes) continue;
    state.unacknowledgedBytes = 0;
    state.events[ACKS]! += 1;
  }
}

/** What follows from the sums of a run. */
export function deriveCopyToUser(events: Float64Array): void {
  events[EVENT.copyToUserBytes] = events[EVENT.payloadBytes]! - events[EVENT.droppedPayloadBytes]!;
}
