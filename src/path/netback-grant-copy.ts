/**
 * Netback that has the hypervisor copy into pages of the guest. As it shipped, fragment lists and what crosses
 * a page get a software copy first, then one operation a slot. With `direct` copies, which is a what-if, a
 * fragment list is copied piece by piece instead.
 */
import { EVENT } from './events.ts';
import { grantOperations } from './grant-operations.ts';
import { pagesOf } from './memory.ts';
import { FORM, type FragmentCopy, type Netback } from './netback.ts';
import { endBatch, fillSlots } from './netback-batch.ts';
import { crossesPage, softwareCopy } from './software-copy.ts';

const SLOTS = EVENT.ringSlots;
const OPERATIONS = EVENT.grantCopyOperations;

function count(
  events: Float64Array,
  form: number,
  _segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  const asItIs = form !== FORM.FRAGMENTS && !crossesPage(frameBytes);
  const slots = asItIs ? 1 : softwareCopy(events, payloadBytes, frameBytes, times);
  events[OPERATIONS]! += slots * times;
  events[SLOTS]! += slots * times;
  return slots;
}

function countDirect(
  events: Float64Array,
  form: number,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  if (form !== FORM.FRAGMENTS) return count(events, form, segments, payloadBytes, frameBytes, times);
  const slots = pagesOf(frameBytes);
  events[OPERATIONS]! += grantOperations(segments, payloadBytes, frameBytes) * times;
  events[SLOTS]! += slots * times;
  return slots;
}

/** All that reached netback was copied once by the hypervisor. */
export function deriveGrantCopied(events: Float64Array): void {
  events[EVENT.grantCopiedPayloadBytes] = events[EVENT.payloadBytes]! - events[EVENT.droppedPayloadBytes]!;
  events[EVENT.grantCopiedTotalBytes] = events[EVENT.frameBytes]! - events[EVENT.droppedFrameBytes]!;
}

const COMMON = {
  takesFragmentLists: false,
  carriesSegmentSize: false,
  inThread: false,
  fill: fillSlots,
  pollEnd: endBatch,
  finish: deriveGrantCopied,
} as const;

export const GRANT_COPY: Readonly<Record<FragmentCopy, Netback>> = {
  software: { ...COMMON, count },
  direct: { ...COMMON, count: countDirect },
};
