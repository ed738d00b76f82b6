/** The internet checksum by the book (RFC 1071 §1): one 16-bit word after the other, carries added at once. */

/** Ones-complement sum of big-endian words; an odd last byte is the upper half of a word. */
export function onesSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

/** The field that makes the sum over everything 0xffff. */
export function checksumField(bytes: Uint8Array): number {
  return 0xffff - onesSum(bytes);
}
