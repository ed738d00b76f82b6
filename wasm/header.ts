/** Sizes of plain headers, and how the `kind` column calls packets that have them. */

/** As in src/capture/link-types.ts. */
export const LINK_ETHERNET: i32 = 1;
export const ETHERNET_BYTES: i32 = 14;
export const IPV4_BYTES: i32 = 20;
export const IPV6_BYTES: i32 = 40;
export const TCP_BYTES: i32 = 20;
/** As in src/packet/table.ts: TCP over IP, no tags. */
export const PLAIN_TCP4: u32 = 8;
export const PLAIN_TCP6: u32 = 16;
