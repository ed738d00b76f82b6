/**
 * Zstandard as a stream. The native decompressor is used where Node has it (22.15 and later); otherwise
 * fzstd, which is fed one block at a time, so that a block's worth of output (128 KiB) is the most that is
 * ever produced at once. Frame layout after RFC 8878.
 */
import { Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/** Frames that ask for a larger window are refused, as `zstd -d` does without --long (RFC 8878 §3.1.1.1.2). */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

export function createZstdStream(): Transform {
  const native = (zlib as { createZstdDecompress?: (options: object) => Transform }).createZstdDecompress;
  return native === undefined ? createFzstdStream() : native({ chunkSize: 1024 * 1024 });
}

/** fzstd behind a frame walker: cuts the input at block ends, skips skippable frames, checks the window. */
function createFzstdStream(): Transform {
  let pending: Buffer = Buffer.alloc(0);
  let frame: Decompress | null = null;
  let checksum = false;
  let skip = 0;

  function step(out: Transform): number {
    const available = pending.length;
    if (skip > 0) {
      const part = Math.min(skip, available);
      skip -= part;
      return part;
    }
    if (frame === null) {
      if (available < 4) return 0;
      const magic = pending.readUInt32LE(0);
      if ((magic & ~0xf) >>> 0 === 0x184d2a50) {
        if (available < 8) return 0;
        skip = pending.readUInt32LE(4);
        return 8;
      }
      if (magic !== 0xfd2fb528) throw new Error('not a zstd frame');
      const header = frameHeader(pending);
      if (header === null) return 0;
      if (header.windowBytes > MAX_WINDOW_BYTES)
        throw new Error(`a zstd window of ${header.windowBytes} bytes, more than ${MAX_WINDOW_BYTES}`);
      checksum = header.checksum;
      frame = new Decompress((data) => {
        if (data.length > 0) out.push(Buffer.from(data));
      });
      frame.push(pending.subarray(0, header.length));
      return header.length;
    }
    if (available < 3) return 0;
    const word = pending.readUIntLE(0, 3);
    const last = (word & 1) === 1;
    const size = ((word >> 1) & 3) === 1 ? 1 : word >> 3;
    const needed = 3 + size + (last && checksum ? 4 : 0);
    if (available < needed) return 0;
    frame.push(pending.subarray(0, needed), last);
    if (last) frame = null;
    return needed;
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      try {
        for (let used = step(this); used > 0; used = step(this)) pending = pending.subarray(used);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done: TransformCallback) {
      done(frame === null && pending.length === 0 && skip === 0 ? null : new Error('unexpected end of file'));
    },
  });
}

/** Length, window and checksum flag of a frame header; null while it is incomplete. */
function frameHeader(bytes: Buffer): { length: number; windowBytes: number; checksum: boolean } | null {
  if (bytes.length < 5) return null;
  const descriptor = bytes[4]!;
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const sizeAt = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  const length = sizeAt + sizeBytes;
  if (bytes.length < length) return null;
  const checksum = (descriptor & 4) !== 0;
  if (!singleSegment) {
    const base = 2 ** (10 + (bytes[5]! >> 3));
    return { length, windowBytes: base + (base / 8) * (bytes[5]! & 7), checksum };
  }
  let contentBytes = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) contentBytes = contentBytes * 256 + bytes[sizeAt + i]!;
  return { length, windowBytes: contentBytes + (sizeBytes === 2 ? 256 : 0), checksum };
}
