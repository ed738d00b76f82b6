/** Byte builders for made-up packets and files: plain, slow, and unlike the code under test. */

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** An unsigned number of `size` bytes. */
function unsigned(value: number, size: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = value < 0 ? value + 2 ** (8 * size) : value;
  for (let i = 0; i < size; i++) {
    bytes[littleEndian ? i : size - 1 - i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

export function u16(value: number, littleEndian = false): Uint8Array {
  return unsigned(value, 2, littleEndian);
}

export function u32(value: number, littleEndian = false): Uint8Array {
  return unsigned(value, 4, littleEndian);
}

export function u64(value: bigint, littleEndian = false): Uint8Array {
  const high = u32(Number(BigInt.asUintN(32, value >> 32n)), littleEndian);
  const low = u32(Number(BigInt.asUintN(32, value)), littleEndian);
  return littleEndian ? concat(low, high) : concat(high, low);
}

/** `bytes` with zeros up to the next multiple of four. */
export function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
}

/** `length` bytes that differ from place to place, and for each `seed`. */
export function pattern(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 7 + seed * 13 + (i >> 8)) & 0xff;
  return bytes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A copy of `bytes` with `replacement` from `at` on. */
export function replaced(bytes: Uint8Array, at: number, replacement: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(replacement, at);
  return copy;
}
