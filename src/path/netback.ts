/**
 * Netback: hands an skb to the guest over the ring, either by transferring (flipping) pages or by having
 * the hypervisor copy them, and makes a software copy first where the skb cannot be handed over as it is
 * (docs/model.md, "Netback"). One guest, a ring that is never full.
 *
 * Left out: drops for want of ring slots, the extra slot of a GSO skb (the path of the study cannot have
 * had one), and netback of later kernels, which copies fragments directly.
 */
import { EVENT } from './events.ts';
import { HEADROOM_BYTES, MAX_SKB_FRAGS, PAGE_BYTES, PAGE_SHIFT } from './memory.ts';

/** How the guest gets its pages: the three ways that shipped from 2006 to 2008. */
export const RECEIVE_MODES = ['flip', 'flip-copy', 'grant-copy'] as const;
export type ReceiveMode = (typeof RECEIVE_MODES)[number];

/** What netback finds in the skb. */
export const FORM = {
  /** One packet in the buffer that the driver allocated: the only form whose page can be flipped as it is. */
  DRIVER_BUFFER: 0,
  /** Several packets in one buffer. */
  LINEAR: 1,
  /** Several packets in a buffer each. */
  FRAGMENTS: 2,
} as const;

/** Forms from this one on get a software copy whatever their size. */
export const FIRST_COPIED_FORM: Readonly<Record<ReceiveMode, number>> = {
  flip: FORM.LINEAR,
  'flip-copy': FORM.DRIVER_BUFFER,
  'grant-copy': FORM.FRAGMENTS,
};

/** Head of a software copy: what one page holds beside headroom and bookkeeping on a 64-bit host. */
export const HEAD_CAPACITY_BYTES = 3694;

const RING_SLOTS = 256;

/** A batch of this many slots ends: the largest skb might not fit into the ring any more. */
export const FULL_BATCH_SLOTS = RING_SLOTS - MAX_SKB_FRAGS;

/** Slots of a software copy of L bytes, S in docs/model.md: a head, then whole pages. */
export function copySlots(frameBytes: number): number {
  if (frameBytes <= HEAD_CAPACITY_BYTES) return 1;
  return 1 + ((frameBytes - HEAD_CAPACITY_BYTES + PAGE_BYTES - 1) >> PAGE_SHIFT);
}

const COPIED_SKBS = EVENT.netbackCopiedSkbs;
const COPIED_PAYLOAD_BYTES = EVENT.netbackCopiedPayloadBytes;
const COPIED_TOTAL_BYTES = EVENT.netbackCopiedTotalBytes;
const PAGES = EVENT.netbackPages;
const ZEROED_PAGES = EVENT.netbackZeroedPages;

/** Counts the software copy of one skb of L = `frameBytes`, if it needs one; returns its ring slots. */
export function receiveInNetback(
  events: Float64Array,
  firstCopiedForm: number,
  form: number,
  payloadBytes: number,
  frameBytes: number,
): number {
  const crossesPage = HEADROOM_BYTES + frameBytes >= PAGE_BYTES;
  if (form < firstCopiedForm && !crossesPage) return 1;
  events[COPIED_SKBS]! += 1;
  events[COPIED_PAYLOAD_BYTES]! += payloadBytes;
  events[COPIED_TOTAL_BYTES]! += frameBytes;
  const slots = copySlots(frameBytes);
  if (slots > 1) {
    events[PAGES]! += slots - 1;
    events[ZEROED_PAGES]! += 1;
  }
  return slots;
}

/** Counts the hypercall that hands over a batch of slots, and the notification that follows. */
export function endBatch(events: Float64Array): void {
  events[EVENT.hypercalls]! += 1;
  events[EVENT.eventNotifications]! += 1;
}

/** What follows from the sums of a run: slots, and how each was handed over. */
export function deriveSlots(events: Float64Array, mode: ReceiveMode): void {
  const slots = events[EVENT.skbs]! + events[PAGES]!;
  events[EVENT.ringSlots] = slots;
  if (mode === 'grant-copy') {
    events[EVENT.grantCopyOperations] = slots;
    events[EVENT.grantCopiedPayloadBytes] = events[EVENT.payloadBytes]!;
    events[EVENT.grantCopiedTotalBytes] = events[EVENT.frameBytes]!;
  } else {
    events[EVENT.pageFlips] = slots;
  }
}
