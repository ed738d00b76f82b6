/**
 * A gzip file, unpacked in place: by Node's zlib, into the reading window. Its streams hand over new buffers from
 * another thread, which takes twice as long (docs/performance.md). Node uses the synchronous call itself, but offers it
 * for whole buffers only; where a version has it no more, the file is read as a stream.
 */
import { closeSync, readSync } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import type { ByteSource } from './byte-source.ts';

const READ_BYTES = 256 * 1024;
/** What damage can cost at most of the good part before it. */
const PART_BYTES = 64 * 1024;

/** As in Node 20: after a write, bytes of room and of input that are left. */
interface GunzipHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputBytes: number,
    output: Uint8Array,
    outputAt: number,
    outputBytes: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
  close(): void;
}

interface Gunzip {
  readonly handle: GunzipHandle;
  readonly left: Uint32Array;
}

/** Null where this version of Node has none. */
function openGunzip(): Gunzip | null {
  const { _handle: handle, _writeState: left } = createGunzip() as unknown as {
    readonly _handle?: Partial<GunzipHandle>;
    readonly _writeState?: unknown;
  };
  if (typeof handle?.writeSync !== 'function' || typeof handle.close !== 'function') return null;
  return left instanceof Uint32Array ? { handle: handle as GunzipHandle, left } : null;
}

/** Of an open file, from its first byte on; null where Node cannot do it. */
export function createGunzipSource(fd: number, fileBytes: number): ByteSource | null {
  const first = openGunzip();
  if (first === null) return null;
  const input = new Uint8Array(READ_BYTES);
  let { handle, left } = begin(first);
  let position = 0;
  let at = 0;
  let there = 0;
  let failure: Error | null = null;
  let ended = false;

  function begin(gunzip: Gunzip): Gunzip {
    gunzip.handle.onerror = (message, errno, code) => {
      failure = Object.assign(new Error(message), { errno, code });
    };
    return gunzip;
  }

  function refill(): void {
    at = 0;
    there = readSync(fd, input, 0, READ_BYTES, position);
    position += there;
  }

  /** Bytes unpacked into `into` from `from` on, which may be none before the end. */
  function unpack(into: Uint8Array, from: number): number {
    const room = Math.min(PART_BYTES, into.length - from);
    const isLast = there === 0;
    const flush = isLast ? constants.Z_FINISH : constants.Z_NO_FLUSH;
    handle.writeSync(flush, input, at, there, into, from, room);
    if (failure !== null) throw failure;
    const [roomLeft = 0, inputLeft = 0] = left;
    at += there - inputLeft;
    there = inputLeft;
    // Something else stands behind the compressed data.
    ended = roomLeft > 0 && (isLast || inputLeft > 0);
    return room - roomLeft;
  }

  return {
    compression: 'gzip',
    fileBytes,
    consumedBytes: () => position,
    read(into, from) {
      if (failure !== null) throw failure;
      let filled = from;
      while (!ended && filled < into.length) {
        try {
          if (there === 0) refill();
          filled += unpack(into, filled);
        } catch (error) {
          failure = error as Error;
          if (filled === from) throw error;
          break;
        }
      }
      return filled - from;
    },
    readAhead: () => null,
    rewind() {
      handle.close();
      ({ handle, left } = begin(openGunzip()!));
      position = 0;
      at = 0;
      there = 0;
      failure = null;
      ended = false;
    },
    rewindLimitBytes: Number.POSITIVE_INFINITY,
    forget() {},
    close() {
      handle.close();
      closeSync(fd);
    },
  };
}
