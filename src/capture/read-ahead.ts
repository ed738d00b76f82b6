/**
 * Reads the next chunks of a file on Node's threads while the chunk before is looked at: on a processor of their own
 * they cost the replay nothing. Two at a time, so that a file whose packets take less time than reading them is read
 * by two processors (docs/performance.md).
 */
import { read } from 'node:fs';
import type { Later } from './later.ts';

export interface ReadAhead {
  /** Where in the buffer the chunk of the next `take` will be. */
  nextAt(): number;
  /**
   * Bytes of the next chunk; the place of the chunk before is free from now on. Fewer than a chunk: the file ended
   * there, or will be read on without reading ahead, which has stopped.
   */
  take(): Later<number>;
  /** Resolves when nothing is written to the buffer any more. */
  stop(): Promise<void>;
}

export interface ReadAheadSetup {
  readonly fd: number;
  readonly buffer: Uint8Array;
  /** Where in the buffer chunks go, in turn. The first is in use until the first `take`. */
  readonly places: readonly number[];
  readonly chunkBytes: number;
  /** In the file, of the first chunk. */
  readonly offset: number;
}

type Outcome = { readonly got: number } | { readonly error: Error };

const NOTHING = { got: 0 };

export function createReadAhead({ fd, buffer, places, chunkBytes, offset }: ReadAheadSetup): ReadAhead {
  /** Null while a place is read to. */
  const outcomes: (Outcome | null)[] = places.map(() => NOTHING);
  let nextOffset = offset;
  let current = 0;
  let reading = 0;
  let stopped = false;
  const waiting: (() => void)[] = [];

  function start(place: number): void {
    const at = nextOffset;
    nextOffset += chunkBytes;
    outcomes[place] = null;
    reading++;
    read(fd, buffer, places[place]!, chunkBytes, at, (error, got) => {
      outcomes[place] = error === null ? { got } : { error };
      reading--;
      for (const wake of waiting.splice(0)) wake();
    });
  }

  /** Resolves at the next outcome. */
  function outcome(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  }

  async function stop(): Promise<void> {
    stopped = true;
    while (reading > 0) await outcome();
  }

  async function settle(place: number): Promise<number> {
    let found = outcomes[place]!;
    while (found === null) {
      await outcome();
      found = outcomes[place]!;
    }
    if ('got' in found && found.got === chunkBytes) return found.got;
    await stop();
    if ('error' in found) throw found.error;
    return found.got;
  }

  for (let place = 1; place < places.length; place++) start(place);

  return {
    nextAt: () => places[(current + 1) % places.length]!,
    take() {
      if (stopped) return 0;
      start(current);
      current = (current + 1) % places.length;
      const found = outcomes[current]!;
      return found !== null && 'got' in found && found.got === chunkBytes ? found.got : settle(current);
    },
    stop,
  };
}
