/**
 * Sizes of Linux 2.6.18 buffers that several stages share, those of a 64-bit host with a GbE driver's
 * receive buffers. docs/model.md has source and grade of each, and what changes on other hosts.
 */

export const PAGE_SHIFT = 12;
export const PAGE_BYTES = 1 << PAGE_SHIFT;

/** In front of the Ethernet header in a driver's buffer: 16 of padding, 2 to align the IP header. */
export const HEADROOM_BYTES = 16 + 2;

/** Fragments that one skb's page array can hold: 65536 / 4096 + 2. */
export const MAX_SKB_FRAGS = 18;

/** Page order of an allocation: the least n with 2^n pages ≥ `bytes`. */
export function pageOrder(bytes: number): number {
  return 32 - Math.clz32((bytes - 1) >>> PAGE_SHIFT);
}

/** Pages that `bytes` fill one after the other. */
export function pagesOf(bytes: number): number {
  return (bytes + PAGE_BYTES - 1) >>> PAGE_SHIFT;
}
