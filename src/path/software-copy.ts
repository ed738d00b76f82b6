/** The software copy of an skb in netback of Linux 2.6.18: into a head, then into whole pages. */
import { EVENT } from './events.ts';
import { HEADROOM_BYTES, PAGE_BYTES, PAGE_SHIFT } from './memory.ts';

/** Head of a copy: what one page holds beside headroom and bookkeeping on a 64-bit host. */
export const HEAD_CAPACITY_BYTES = 3694;

/** Slots of a copy of L bytes, S in docs/model.md: a head, then whole pages. */
export function copySlots(frameBytes: number): number {
  if (frameBytes <= HEAD_CAPACITY_BYTES) return 1;
  return 1 + ((frameBytes - HEAD_CAPACITY_BYTES + PAGE_BYTES - 1) >> PAGE_SHIFT);
}

/** Whether L bytes in one buffer reach into a second page, so that no mode of the time can pass them on. */
export function crossesPage(frameBytes: number): boolean {
  return HEADROOM_BYTES + frameBytes >= PAGE_BYTES;
}

const COPIED_SKBS = EVENT.netbackCopiedSkbs;
const COPIED_PAYLOAD_BYTES = EVENT.netbackCopiedPayloadBytes;
const COPIED_TOTAL_BYTES = EVENT.netbackCopiedTotalBytes;
const PAGES = EVENT.netbackPages;
const ZEROED_PAGES = EVENT.netbackZeroedPages;

/** Counts the copies of so many equal skbs and returns the ring slots of one. */
export function softwareCopy(
  events: Float64Array,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  events[COPIED_SKBS]! += times;
  events[COPIED_PAYLOAD_BYTES]! += payloadBytes * times;
  events[COPIED_TOTAL_BYTES]! += frameBytes * times;
  const slots = copySlots(frameBytes);
  if (slots > 1) {
    events[PAGES]! += (slots - 1) * times;
    events[ZEROED_PAGES]! += times;
  }
  return slots;
}
