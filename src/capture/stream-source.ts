/**
 * A byte source over a Node stream: chunks are queued, handed out by copying, and kept for one rewind, unless the
 * stream can be opened anew, until told to forget them.
 */
import { Readable } from 'node:stream';
import { type ByteSource, type Compression, REWIND_LIMIT_BYTES } from './byte-source.ts';

/** Chunks waiting at most: enough for the decompressor to work ahead on its own thread. */
const QUEUE_CHUNKS = 32;

/**
 * Chunks lie outside of V8's heap, and dead ones are freed only when its young part is full and looked through. The
 * replay itself leaves next to nothing there, so that 60 MB of them would pile up: with this much garbage for each
 * chunk it is 4 MB.
 */
const LITTER_WORDS = 2048;

export interface StreamSource extends ByteSource {
  /** The first bytes without consuming them; fewer at the end of the stream. */
  peek(length: number): Promise<Uint8Array>;
  /** Everything from the first byte on, as a stream again; the source must not be used afterwards. */
  toReadable(): Readable;
}

export function createStreamSource(setup: {
  stream: Readable;
  name: string;
  compression: Compression;
  fileBytes: number | null;
  /** How much of the underlying file was consumed; null: as much as was handed out. */
  consumedBytes: (() => number) | null;
  /** Whether it cannot be read again. */
  keeps: boolean;
}): StreamSource {
  const { stream } = setup;
  const queue: Uint8Array[] = [];
  let kept: Uint8Array[] | null = setup.keeps ? [] : null;
  let offset = 0;
  let handedOut = 0;
  let ended = false;
  const litter: { words: readonly number[] } = { words: [] };
  let failure: Error | null = null;
  let wake: (() => void) | null = null;

  const onData = (chunk: Uint8Array): void => {
    queue.push(chunk);
    if (queue.length >= QUEUE_CHUNKS) stream.pause();
    wake?.();
  };
  const onEnd = (): void => {
    ended = true;
    wake?.();
  };
  const onError = (error: Error): void => {
    failure = error;
    wake?.();
  };
  stream.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);

  function take(into: Uint8Array, at: number): number {
    let filled = at;
    while (filled < into.length && queue.length > 0) {
      const chunk = queue[0]!;
      const part = Math.min(chunk.length - offset, into.length - filled);
      into.set(offset === 0 && part === chunk.length ? chunk : chunk.subarray(offset, offset + part), filled);
      filled += part;
      offset += part;
      if (offset === chunk.length) {
        if (kept !== null) kept.push(chunk);
        litter.words = new Array<number>(LITTER_WORDS).fill(0);
        queue.shift();
        offset = 0;
      }
    }
    if (queue.length < QUEUE_CHUNKS && stream.isPaused()) stream.resume();
    handedOut += filled - at;
    return filled - at;
  }

  function more(): Promise<void> {
    return new Promise((resolve) => {
      wake = () => {
        wake = null;
        resolve();
      };
    });
  }

  async function readLater(into: Uint8Array, at: number): Promise<number> {
    while (queue.length === 0) {
      if (failure !== null) throw failure;
      if (ended) return 0;
      await more();
    }
    return take(into, at);
  }

  return {
    compression: setup.compression,
    fileBytes: setup.fileBytes,
    consumedBytes: () => setup.consumedBytes?.() ?? handedOut,
    read: (into, at) => (queue.length > 0 ? take(into, at) : readLater(into, at)),
    // The stream does.
    readAhead: () => null,
    rewind() {
      if (kept === null) throw new Error('rewind after forget');
      queue.unshift(...kept);
      kept = null;
      offset = 0;
      handedOut = 0;
    },
    rewindLimitBytes: REWIND_LIMIT_BYTES,
    forget() {
      kept = null;
    },
    close: () => stream.destroy(),
    async peek(length) {
      const size = (): number => queue.reduce((sum, chunk) => sum + chunk.length, 0);
      while (size() < length && !ended && failure === null) {
        if (stream.isPaused()) stream.resume();
        await more();
      }
      if (failure !== null && size() === 0) throw failure;
      return Buffer.concat(queue).subarray(0, length);
    },
    toReadable() {
      stream.pause();
      stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
      const first = queue.splice(0);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield* first;
        if (failure !== null) throw failure;
        if (!ended) yield* stream as AsyncIterable<Uint8Array>;
      }
      return Readable.from(chunks(), { objectMode: false });
    },
  };
}
