/**
 * Netback that transfers (flips) pages to the guest, a page a slot. `flip`: the page of a lone packet goes as
 * the driver allocated it, everything else is copied first. `flip-copy`: everything is.
 */
import { EVENT } from './events.ts';
import { FORM, type Netback } from './netback.ts';
import { endBatch, fillSlots } from './netback-batch.ts';
import { crossesPage, softwareCopy } from './software-copy.ts';

const SLOTS = EVENT.ringSlots;

function countFlip(
  events: Float64Array,
  form: number,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  const asItIs = form === FORM.DRIVER_BUFFER && !crossesPage(frameBytes);
  if (!asItIs) return countFlipCopy(events, form, segments, payloadBytes, frameBytes, times);
  events[SLOTS]! += times;
  return 1;
}

function countFlipCopy(
  events: Float64Array,
  _form: number,
  _segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  const slots = softwareCopy(events, payloadBytes, frameBytes, times);
  events[SLOTS]! += slots * times;
  return slots;
}

function finish(events: Float64Array): void {
  events[EVENT.pageFlips] = events[EVENT.ringSlots]!;
}

const COMMON = {
  takesFragmentLists: false,
  carriesSegmentSize: false,
  inThread: false,
  fill: fillSlots,
  pollEnd: endBatch,
  finish,
} as const;

export const FLIP: Netback = { ...COMMON, count: countFlip };
export const FLIP_COPY: Netback = { ...COMMON, count: countFlipCopy };
