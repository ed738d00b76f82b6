/**
 * Between bridge and vif: a fragment list that the vif cannot take is linearised, that is, the whole
 * super-packet is copied into one new buffer, its first packet included (docs/model.md, "Linearising").
 *
 * Left out: the failure of high-order allocations, and what the bridge itself does (no event of its own
 * can be told apart from the skb).
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

/** Counts the allocation for one super-packet of two segments or more. */
export function linearise(events: Float64Array, segments: number, payloadBytes: number): void {
  const order = pageOrder(linearBufferBytes(segments, payloadBytes));
  events[ORDER_0 + Math.min(order, HIGHEST_ORDER)]! += 1;
}

/** What follows from the sums of a run in which every super-packet was linearised. */
export function deriveLinearised(events: Float64Array): void {
  const skbs = events[EVENT.superPackets]!;
  events[EVENT.linearisedSkbs] = skbs;
  events[EVENT.linearisedPayloadBytes] = events[EVENT.superPacketPayloadBytes]!;
  events[EVENT.linearisedTotalBytes] = events[EVENT.superPacketFrameBytes]! + HEADROOM_BYTES * skbs;
}
