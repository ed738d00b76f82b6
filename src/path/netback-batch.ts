/**
 * Batches of netback in Linux 2.6.18: all slots of a batch are handed over in one multicall, after which the
 * guest is notified at most once. Assumed: a batch also ends with the NAPI poll.
 */
import { EVENT } from './events.ts';
import { MAX_SKB_FRAGS } from './memory.ts';
import type { NetbackState } from './netback.ts';

const RING_SLOTS = 256;

/** A batch of this many slots ends: the largest skb might not fit into the ring any more. */
export const FULL_BATCH_SLOTS = RING_SLOTS - MAX_SKB_FRAGS;

const SLOTS = EVENT.ringSlots;
const HYPERCALLS = EVENT.hypercalls;
const NOTIFICATIONS = EVENT.eventNotifications;

/** Counts the slots of so many equal skbs. */
export function fillSlots(state: NetbackState, slots: number, times: number): void {
  state.events[SLOTS]! += slots * times;
  for (let left = times; left > 0; ) {
    const fitting = Math.ceil((FULL_BATCH_SLOTS - state.batchSlots) / slots);
    const taken = Math.min(left, fitting);
    state.batchSlots += slots * taken;
    left -= taken;
    if (state.batchSlots >= FULL_BATCH_SLOTS) endBatch(state);
  }
}

export function endBatch(state: NetbackState): void {
  if (state.batchSlots === 0) return;
  state.batchSlots = 0;
  state.events[HYPERCALLS]! += 1;
  state.events[NOTIFICATIONS]! += 1;
}
