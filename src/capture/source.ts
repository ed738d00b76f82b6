/**
 * Where the bytes of a capture come from: a file, stdin or a pipe, compressed or not. Compression is
 * recognised by content. A source can be rewound once, so that the first packets can be looked at
 * before the replay begins.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ByteSource, Compression } from './byte-source.ts';
import { CaptureError, type CaptureErrorKind, readingFault } from './errors.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';

/** Blocks of the decompressors. Larger output blocks gain 3 % of time and cost 20 MB of memory (docs/performance.md). */
const COMPRESSED_READ_BYTES = 256 * 1024;
const GUNZIP_CHUNK_BYTES = 64 * 1024;
/** What is left of a file from which on it is read ahead. */
const AHEAD_FROM_BYTES = 4 * 1024 * 1024;
const PAGE_BYTES = 4096;

function sniff(head: Uint8Array): Compression {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head.length >= 4) {
    const magic = head[0]! | (head[1]! << 8) | (head[2]! << 16) | (head[3]! << 24);
    // A zstd frame, or a skippable frame before it.
    if (magic === 0xfd2fb528 >> 0 || (magic & ~0xf) === 0x184d2a50) return 'zstd';
  }
  return 'none';
}

function fail(kind: CaptureErrorKind, file: string, found: string, advice: string): never {
  throw new CaptureError({ kind, file, offset: null, packet: null, found, advice });
}

/** Opens a path, or stdin for `-`. Throws a CaptureError where there is nothing to read. */
export async function openSource(path: string, stdin: () => Readable): Promise<ByteSource> {
  if (path === '-') return openStream(stdin(), 'stdin', null);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const found = code === 'ENOENT' ? 'no such file' : `cannot be opened (${code})`;
    return fail('cannot-open', path, found, 'Check the path and its permissions');
  }
  const stat = fstatSync(fd);
  if (stat.isDirectory()) {
    closeSync(fd);
    fail('cannot-open', path, 'is a folder', 'Give a capture file; only the main command takes a folder');
  }
  if (!stat.isFile())
    return openStream(createReadStream('', { fd, highWaterMark: COMPRESSED_READ_BYTES }), path, null);
  const compression = sniff(readHead(fd, path));
  if (compression === 'none') return createFileSource(fd, stat.size);
  if (compression === 'gzip') {
    // Loaded only here: most captures are not compressed, and start-up counts.
    const source = (await import('./gunzip-source.ts')).createGunzipSource(fd, stat.size);
    if (source !== null) return source;
  }
  closeSync(fd);
  const openAnew = (): Promise<ByteSource> => {
    const stream = createReadStream(path, { highWaterMark: COMPRESSED_READ_BYTES });
    return decompress(stream, compression, path, stat.size, false);
  };
  return rewoundByOpening(await openAnew(), openAnew);
}

function rewoundByOpening(first: ByteSource, openAnew: () => Promise<ByteSource>): ByteSource {
  let source = first;
  return {
    ...first,
    consumedBytes: () => source.consumedBytes(),
    read: (into, at) => source.read(into, at),
    async rewind() {
      source.close();
      source = await openAnew();
    },
    rewindLimitBytes: Number.POSITIVE_INFINITY,
    close: () => source.close(),
  };
}

/** The first four bytes, as far as there are any. */
function readHead(fd: number, path: string): Uint8Array {
  const head = new Uint8Array(4);
  try {
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } catch (cause) {
    closeSync(fd);
    const { kind, found } = readingFault(cause as Error);
    return fail(kind, path, found, 'Check the file system');
  }
}

function createFileSource(fd: number, fileBytes: number): ByteSource {
  let position = 0;
  let ahead: ReadAhead | null = null;
  return {
    compression: 'none',
    fileBytes,
    consumedBytes: () => position,
    read(into, at) {
      const got = readSync(fd, into, at, into.length - at, position);
      position += got;
      return got;
    },
    readAhead(buffer, places, chunkBytes) {
      if (fileBytes - position < AHEAD_FROM_BYTES || position % PAGE_BYTES !== 0) return null;
      const reading = createReadAhead({ fd, buffer, places, chunkBytes, offset: position });
      const count = (got: number): number => {
        position += got;
        return got;
      };
      ahead = {
        ...reading,
        take() {
          const got = reading.take();
          return typeof got === 'number' ? count(got) : got.then(count);
        },
      };
      return ahead;
    },
    rewind() {
      position = 0;
    },
    rewindLimitBytes: Number.POSITIVE_INFINITY,
    forget() {},
    close() {
      // Another file could get the number while a thread still reads by it.
      if (ahead === null) closeSync(fd);
      else void ahead.stop().then(() => closeSync(fd));
    },
  };
}

/** A pipe: its first chunk tells whether it is compressed. */
async function openStream(stream: Readable, name: string, fileBytes: number | null): Promise<ByteSource> {
  // Node's streams are loaded only where they are needed: start-up counts.
  const { createStreamSource } = await import('./stream-source.ts');
  const setup = { stream, name, fileBytes, keeps: true };
  const plain = createStreamSource({ ...setup, compression: 'none', consumedBytes: null });
  const compression = sniff(await plain.peek(4));
  return compression === 'none' ? plain : decompress(plain.toReadable(), compression, name, fileBytes, true);
}

async function decompress(
  input: Readable,
  compression: 'gzip' | 'zstd',
  name: string,
  fileBytes: number | null,
  keeps: boolean,
): Promise<ByteSource> {
  let consumed = 0;
  const stage =
    compression === 'gzip'
      ? (await import('node:zlib')).createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES })
      : (await import('./zstd.ts')).createZstdStream();
  input.on('data', (chunk: Uint8Array) => {
    consumed += chunk.length;
  });
  input.on('error', (error) => stage.destroy(error));
  input.pipe(stage);
  const { createStreamSource } = await import('./stream-source.ts');
  const source = createStreamSource({
    stream: stage,
    name,
    compression,
    fileBytes,
    consumedBytes: () => consumed,
    keeps,
  });
  return {
    ...source,
    close() {
      input.destroy();
      source.close();
    },
  };
}
