/** SHA-256 of the captures that a report is made of: known from an earlier run, or made while they are replayed. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { hashCapture } from '../batch/hash-file.ts';
import { type HashIndex, openHashIndex } from '../batch/hash-index.ts';
import { fileState } from '../capture/file-state.ts';
import { writesFiles } from './formats.ts';
import { LEAST_BYTES } from './large-capture.ts';
import type { Thread } from './thread.ts';

export interface CaptureHashes {
  /** Before the file is read; again, it does nothing. */
  begin(file: string): Promise<void>;
  /** Whether a hash is being made on the last processor that is left. */
  takesAll(): boolean;
  /** Null where the file is none, or another one than at the beginning. */
  of(file: string): Promise<string | null>;
  /** Remembers those of large files. */
  save(): void;
  stop(): void;
}

interface Begun {
  readonly state: string;
  readonly known: string | null;
  readonly thread: Thread<string> | null;
}

/** @param out folder of reports, below which hashes are remembered; null: they are not */
export function createCaptureHashes(out: string | null): CaptureHashes {
  const begun = new Map<string, Begun>();
  const threads: Thread<string>[] = [];
  let index: HashIndex | null = null;

  async function begin(file: string): Promise<void> {
    if (begun.has(file)) return;
    const state = fileState(file);
    const bytes = state === '' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    // What takes no time is not remembered either.
    if (bytes < LEAST_BYTES) {
      begun.set(file, { state, known: null, thread: null });
      return;
    }
    index ??= openHashIndex(out);
    const known = index.get(file)?.sha256 ?? null;
    // One processor is that of the replay.
    const thread =
      known === null && threads.length + 1 < availableParallelism() ? await startThreadOf(file) : null;
    begun.set(file, { state, known, thread });
  }

  async function startThreadOf(file: string): Promise<Thread<string>> {
    const { hashInThread } = await import('./hash-ahead.ts');
    const thread = hashInThread(file);
    threads.push(thread);
    return thread;
  }

  return {
    begin,
    takesAll: () => threads.length > 0 && threads.length + 1 >= availableParallelism(),
    async of(file) {
      await begin(file);
      const { state, known, thread } = begun.get(file)!;
      if (fileState(file) !== state) return null;
      const sha256 = known ?? (thread === null ? hashCapture(file) : await thread.result);
      if (fileState(file) !== state) return null;
      if (sha256 !== null && index !== null) index.set(file, { state, sha256 });
      return sha256;
    },
    save: () => index?.save(),
    stop() {
      for (const thread of threads) thread.stop();
    },
  };
}

/** Of a command's options, what says whether anything is hashed. */
export interface HashedRun {
  /** Undefined: no report is written. */
  readonly out: string | undefined;
  readonly format: string;
  /** False: nothing is looked up or kept. */
  readonly cache?: boolean;
}

/** Runs a command that hashes these captures, which begins before the command is loaded: it is what the end waits for. */
export async function withHashes(
  { out, format, cache = true }: HashedRun,
  captures: readonly string[],
  run: (hashes: CaptureHashes) => Promise<number>,
): Promise<number> {
  const writes = out !== undefined && writesFiles(format);
  const hashes = createCaptureHashes(cache && writes ? out : null);
  try {
    if (writes) for (const capture of captures) await hashes.begin(capture);
    const exitCode = await run(hashes);
    hashes.save();
    return exitCode;
  } finally {
    hashes.stop();
  }
}
