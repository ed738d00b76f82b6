/**
 * Zstandard as a stream. A walker cuts the input into blocks and hands those of each frame to a decompressor of
 * its own: Node's where it has one (22.15 and later), otherwise fzstd. Node's would take the end of a frame for the
 * end of the file, and a cut frame for a whole one; fzstd would put out all blocks of its input at once, where one
 * block has at most 128 KiB. Frame layout after RFC 8878.
 */
import { Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/** Frames that ask for a larger window are refused, as `zstd -d` does without --long (RFC 8878 §3.1.1.1.2). */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;
const NATIVE_CHUNK_BYTES = 1024 * 1024;

/** Decompresses one frame. */
interface FrameDecoder {
  /** Takes the frame's header, then block by block. */
  push(bytes: Uint8Array, last: boolean): void | Promise<void>;
}

type Put = (bytes: Uint8Array) => void;
type NativeFactory = (options: { chunkSize: number }) => Transform;

function createFrameDecoder(put: Put): FrameDecoder {
  const native = (zlib as { createZstdDecompress?: NativeFactory }).createZstdDecompress;
  if (native !== undefined) return createNativeDecoder(native({ chunkSize: NATIVE_CHUNK_BYTES }), put);
  return createLagging(
    new Decompress((data) => {
      if (data.length > 0) put(Buffer.from(data));
    }),
  );
}

/**
 * Keeps one byte back until the next: fzstd remembers what is left over of its input, and where that is nothing, it
 * remembers the nothing, and with it the whole input, for good.
 */
function createLagging(decoder: Decompress): FrameDecoder {
  let held: Uint8Array = new Uint8Array(0);
  return {
    push(bytes, last) {
      const piece = Buffer.concat([held, bytes]);
      const end = last ? piece.length : piece.length - 1;
      held = piece.subarray(end);
      decoder.push(piece.subarray(0, end), last);
    },
  };
}

function createNativeDecoder(stage: Transform, put: Put): FrameDecoder {
  let fail = (_error: Error): void => {};
  stage.on('data', put).on('error', (error) => fail(error));
  return {
    push: (bytes, last) =>
      new Promise((resolve, reject) => {
        fail = reject;
        if (last) stage.once('end', resolve).end(bytes);
        else stage.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
  };
}

export function createZstdStream(): Transform {
  let pending: Buffer = Buffer.alloc(0);
  let frame: FrameDecoder | null = null;
  let checksum = false;
  let skip = 0;

  /** Takes one piece off `pending` and returns its length; 0 while it is incomplete. */
  async function step(out: Transform): Promise<number> {
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
      frame = createFrameDecoder((bytes) => out.push(bytes));
      await frame.push(pending.subarray(0, header.length), false);
      return header.length;
    }
    if (available < 3) return 0;
    const word = pending.readUIntLE(0, 3);
    const last = (word & 1) === 1;
    const size = ((word >> 1) & 3) === 1 ? 1 : word >> 3;
    const needed = 3 + size + (last && checksum ? 4 : 0);
    if (available < needed) return 0;
    await frame.push(pending.subarray(0, needed), last);
    if (last) frame = null;
    return needed;
  }

  async function take(out: Transform, chunk: Buffer): Promise<void> {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let used = await step(out); used > 0; used = await step(out)) pending = pending.subarray(used);
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      take(this, chunk).then(() => done(), done);
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
