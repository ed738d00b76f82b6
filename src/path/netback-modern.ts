/**
 * Netback of later kernels (Linux `drivers/net/xen-netback/rx.c`): its vif takes fragment lists, and it walks
 * head, fragments and list, copying piece by piece into whole pages of the guest. A super-packet takes one more
 * slot, for its segment size. A thread of its own does it.
 *
 * Left out: further extra slots (hash, XDP), several queues, a ring that is full.
 */
import { EVENT } from './events.ts';
import { grantOperations } from './grant-operations.ts';
import { pagesOf } from './memory.ts';
import type { Netback, NetbackState } from './netback.ts';
import { deriveGrantCopied } from './netback-grant-copy.ts';

/** Operations of one hypercall (COPY_BATCH_SIZE). */
const HYPERCALL_OPERATIONS = 64;
/** Skbs of one batch (RX_BATCH_SIZE). */
const BATCH_SKBS = 64;

const SLOTS = EVENT.ringSlots;
const GSO_SLOTS = EVENT.gsoSlots;
const OPERATIONS = EVENT.grantCopyOperations;

function count(
  events: Float64Array,
  _form: number,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  const operations = grantOperations(segments, payloadBytes, frameBytes);
  const gsoSlots = segments > 1 ? 1 : 0;
  events[SLOTS]! += (pagesOf(frameBytes) + gsoSlots) * times;
  events[GSO_SLOTS]! += gsoSlots * times;
  events[OPERATIONS]! += operations * times;
  return operations;
}

function fill(state: NetbackState, operations: number, times: number): void {
  for (let i = 0; i < times; i++) {
    state.pending += operations;
    for (; state.pending >= HYPERCALL_OPERATIONS; state.pending -= HYPERCALL_OPERATIONS) state.hypercalls++;
    state.pendingSkbs++;
    if (state.pendingSkbs === BATCH_SKBS) endBatch(state);
  }
}

/** Assumed: the thread has done with the skbs of a poll before those of the next one come. */
function endBatch(state: NetbackState): void {
  if (state.pending > 0) state.hypercalls++;
  state.pending = 0;
  state.pendingSkbs = 0;
}

export const MODERN: Netback = {
  takesFragmentLists: true,
  carriesSegmentSize: true,
  inThread: true,
  count,
  fill,
  pollEnd: endBatch,
  finish: deriveGrantCopied,
};
