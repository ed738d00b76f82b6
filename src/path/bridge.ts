/**
 * Between bridge and vif: a fragment list that the vif cannot take is linearised, that is, the whole
 * super-packet is copied into one new buffer, its first packet included (docs/model.md, "Linearising").
 *
 * Left out: what the bridge itself does (no event of its own can be told apart from the skb).
 */
import { EVENT } from './events.ts';
import { HEADROOM_BYTES, MAX_SKB_FRAGS, pageOrder } from './memory.ts';

const ORDER_0 = EVENT.linearisedOrder0;
const HIGHEST_ORDER = EVENT.linearisedOrder5 - ORDER_0;

/** Assumed: a 1,536-byte receive buffer with headroom and slack, in whole cache lines of 128 bytes. */
const DRIVER_BUFFER_BYTES = 1664;
/** Tail room that is asked for beyond what is missing. */
const EXTRA_TAIL_BYTES = 128;
/** Assumed: 32 bytes and one 16-byte entry for each page fragment, as on a 64-bit host. */
const SHARED_INFO_BYTES = 32 + 16 * MAX_SKB_FRAGS;

/**
 * Bytes allocated to linearise a super-packet. The first packet is taken to carry a mean share of the
 * payload: the stage is told totals only.
 */
export function linearBufferBytes(segments: number, payloadBytes: number): number {
  const missingBytes = payloadBytes - Math.trunc(payloadBytes / segments);
  return DRIVER_BUFFER_BYTES + missingBytes + EXTRA_TAIL_BYTES + SHARED_INFO_BYTES;
}

/**
 * Counts the allocations for so many equal super-packets of two segments or more. False where it needs a higher page
 * order than `maxOrder`: it fails then, and the super-packet is dropped.
 */
export function linearise(
  events: Float64Array,
  maxOrder: number,
  segments: number,
  payloadBytes: number,
  times: number,
): boolean {
  const order = pageOrder(linearBufferBytes(segments, payloadBytes));
  if (order > maxOrder) return false;
  events[ORDER_0 + Math.min(order, HIGHEST_ORDER)]! += times;
  return true;
}

const DROPPED_SKBS = EVENT.droppedSkbs;
const DROPPED_PACKETS = EVENT.droppedPackets;
const DROPPED_PAYLOAD_BYTES = EVENT.droppedPayloadBytes;
const DROPPED_FRAME_BYTES = EVENT.droppedFrameBytes;

/** Counts so many equal super-packets that go no further. */
export function drop(
  events: Float64Array,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): void {
  events[DROPPED_SKBS]! += times;
  events[DROPPED_PACKETS]! += times * segments;
  events[DROPPED_PAYLOAD_BYTES]! += times * payloadBytes;
  events[DROPPED_FRAME_BYTES]! += times * frameBytes;
}

/** What follows from the sums of a run in which every super-packet was linearised or dropped. */
export function deriveLinearised(events: Float64Array): void {
  const skbs = events[EVENT.superPackets]! - events[EVENT.droppedSkbs]!;
  events[EVENT.linearisedSkbs] = skbs;
  events[EVENT.linearisedPayloadBytes] =
    events[EVENT.superPacketPayloadBytes]! - events[EVENT.droppedPayloadBytes]!;
  events[EVENT.linearisedTotalBytes] =
    events[EVENT.superPacketFrameBytes]! - events[EVENT.droppedFrameBytes]! + HEADROOM_BYTES * skbs;
}
