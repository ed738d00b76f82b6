/**
 * Netback that transfers (flips) pages to the guest, a page a slot. `flip`: the page of a lone packet goes as
 * the driver allocated it, everything else is copied first. `flip-copy`: everything is.
 */
import { EVENT } from './events.ts';
import { FORM, type Netback, type NetbackState } from './netback.ts';
import { endBatch, fillSlots } from './netback-batch.ts';
import { crossesPage, softwareCopy } from './software-copy.ts';

function receiveFlip(
  state: NetbackState,
  form: number,
  _segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): void {
  const asItIs = form === FORM.DRIVER_BUFFER && !crossesPage(frameBytes);
  fillSlots(state, asItIs ? 1 : softwareCopy(state.events, payloadBytes, frameBytes, times), times);
}

function receiveFlipCopy(
  state: NetbackState,
  _form: number,
  _segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): void {
  fillSlots(state, softwareCopy(state.events, payloadBytes, frameBytes, times), times);
}

function finish(events: Float64Array): void {
  events[EVENT.pageFlips] = events[EVENT.ringSlots]!;
}

const COMMON = {
  takesFragmentLists: false,
  carriesSegmentSize: false,
  inThread: false,
  pollEnd: endBatch,
  finish,
} as const;

export const FLIP: Netback = { ...COMMON, receive: receiveFlip };
export const FLIP_COPY: Netback = { ...COMMON, receive: receiveFlipCopy };
