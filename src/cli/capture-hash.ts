/** The SHA-256 of a capture, made while the capture is replayed: that is another processor's work. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { hashCapture } from '../batch/hash-file.ts';
import { fileState } from '../replay/replay-capture.ts';
import type { Thread } from './thread.ts';

export interface CaptureHash {
  /** Null where the capture is no file, or another one than at the start. Once. */
  result(): Promise<string | null>;
  stop(): void;
}

/** A thread takes as long to start as these bytes to hash. */
const LEAST_BYTES = 32e6;

export async function startHash(capture: string): Promise<CaptureHash> {
  const state = fileState(capture);
  const bytes = capture === '-' ? 0 : (statSync(capture, { throwIfNoEntry: false })?.size ?? 0);
  let thread: Thread<string> | null = null;
  if (state !== '' && bytes >= LEAST_BYTES && availableParallelism() > 1) {
    const { startThread } = await import('./thread.ts');
    thread = startThread<string, string>('hash-thread', capture);
  }
  return {
    async result() {
      const sha256 = thread === null ? hashCapture(capture) : await thread.result;
      return fileState(capture) === state ? sha256 : null;
    },
    stop: () => thread?.stop(),
  };
}
