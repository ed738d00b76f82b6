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
const HYPERCALLS = EVENT.hypercalls;
const NOTIFICATIONS = EVENT.eventNotifications;

function receive(
  state: NetbackState,
  _form: number,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): void {
  const { events } = state;
  const operations = grantOperations(segments, payloadBytes, frameBytes);
  const gsoSlots = segments > 1 ? 1 : 0;
  events[SLOTS]! += (pagesOf(frameBytes) + gsoSlots) * times;
  events[GSO_SLOTS]! += gsoSlots * times;
  events[OPERATIONS]! += operations * times;
  for (let i = 0; i < times; i++) takeOperations(state, operations);
}

function takeOperations(state: NetbackState, operations: number): void {
  state.batchOperations += operations;
  for (; state.batchOperations >= HYPERCALL_OPERATIONS; state.batchOperations -= HYPERCALL_OPERATIONS) {
    flush(state.events);
  }
  state.batchSkbs += 1;
  if (state.batchSkbs === BATCH_SKBS) endBatch(state);
}

/** The hypercall, and the notification that follows. */
function flush(events: Float64Array): void {
  events[HYPERCALLS]! += 1;
  events[NOTIFICATIONS]! += 1;
}

/** Assumed: the thread has done with the skbs of a poll before those of the next one come. */
function endBatch(state: NetbackState): void {
  if (state.batchOperations > 0) flush(state.events);
  state.batchOperations = 0;
  state.batchSkbs = 0;
}

export const MODERN: Netback = {
  takesFragmentLists: true,
  carriesSegmentSize: true,
  inThread: true,
  receive,
  pollEnd: endBatch,
  finish: deriveGrantCopied,
};
