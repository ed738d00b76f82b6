/** The hash of a capture for its report, worked out by a thread of its own while the capture is replayed. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { hashCapture } from '../batch/hash-file.ts';
import { startThread } from './thread.ts';

export interface HashThreadData {
  readonly capture: string;
}

export interface HashBeside {
  /** Null where the capture cannot be read again (stdin, a pipe). */
  result(): Promise<string | null>;
  /** Nobody wants it any more. */
  stop(): void;
}

/** A thread takes some 40 ms to start, in which 60 MB are hashed. */
const LEAST_BYTES = 64e6;

export function hashBeside(capture: string): HashBeside {
  const stat = capture === '-' ? undefined : statSync(capture, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size < LEAST_BYTES || availableParallelism() < 2) {
    return { result: async () => hashCapture(capture), stop: () => undefined };
  }
  const thread = startThread<HashThreadData, string>('hash-thread', { capture });
  return { result: () => thread.result, stop: thread.stop };
}
