/** The entry of a worker thread: takes tasks from its pool and tells it how far they are. */
import { parentPort } from 'node:worker_threads';
import type { CaptureReader } from '../capture/reader.ts';
import { OutputError } from '../report/files.ts';
import { type Outcome, runTask, type Task } from './run-task.ts';

/** How far a task is. */
export interface TaskProgress {
  /** Of the task. */
  readonly id: string;
  readonly consumedBytes: number;
  readonly packets: number;
}

const TELL_EVERY_MS = 200;

/** An OutputError as data: between threads an error keeps neither its name nor its members. */
export interface Unwritable {
  readonly kind: 'unwritable';
  readonly path: string;
  readonly code: string | null;
  readonly message: string;
}

export async function runInThread(task: Task): Promise<Outcome | Unwritable> {
  let told = Date.now();
  const tell = (reader: CaptureReader): undefined => {
    const now = Date.now();
    if (now - told < TELL_EVERY_MS) return undefined;
    told = now;
    parentPort?.postMessage(progressOf(task, reader));
    return undefined;
  };
  try {
    return await runTask(task, { stdin: noStdin, afterBlock: tell });
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    const { path, code, message } = error;
    return { kind: 'unwritable', path, code, message };
  }
}

export function progressOf({ id }: Task, reader: CaptureReader): TaskProgress {
  return { id, consumedBytes: reader.source.consumedBytes(), packets: reader.notes().packets };
}

export function noStdin(): never {
  throw new Error('a batch does not read from stdin');
}
