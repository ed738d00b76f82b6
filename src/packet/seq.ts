/** Sequence numbers and timestamps live modulo 2^32; compare them only through these (RFC 9293 §3.4, RFC 7323 §5.2). */

/** a - b as a signed 32-bit distance: negative if a is before b. */
export function seqDistance(a: number, b: number): number {
  return (a - b) | 0;
}
