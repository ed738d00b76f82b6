/**
 * Batches of netback in Linux 2.6.18: all slots of a batch are handed over in one multicall, after which the
 * guest is notified at most once. Assumed: a batch also ends with the NAPI poll.
 */
import { MAX_SKB_FRAGS } from './memory.ts';
import type { NetbackState } from './netback.ts';

const RING_SLOTS = 256;

/** A batch of this many slots ends: the largest skb might not fit into the ring any more. */
export const FULL_BATCH_SLOTS = RING_SLOTS - MAX_SKB_FRAGS;

/** Takes so many skbs of so many slots each. */
export function fillSlots(state: NetbackState, slots: number, times: number): void {
  let left = times;
  while (state.pending + slots * left >= FULL_BATCH_SLOTS) {
    const taken = Math.ceil((FULL_BATCH_SLOTS - state.pending) / slots);
    state.pending += slots * taken;
    left -= taken;
    endBatch(state);
  }
  state.pending += slots * left;
}

export function endBatch(state: NetbackState): void {
  if (state.pending === 0) return;
  state.pending = 0;
  state.hypercalls += 1;
}
