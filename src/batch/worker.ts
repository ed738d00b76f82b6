/** The entry of a worker thread: takes tasks from its pool and tells it how far they are. */
import { parentPort } from 'node:worker_threads';
import type { CaptureReader } from '../capture/reader.ts';
import { type Computed, computeTask, type Task } from './run-task.ts';

/** How far a task is. */
export interface TaskProgress {
  /** Of the task. */
  readonly id: string;
  readonly consumedBytes: number;
  readonly packets: number;
}

const TELL_EVERY_MS = 200;

export function runInThread(task: Task): Promise<Computed> {
  let told = Date.now();
  const tell = (reader: CaptureReader): undefined => {
    const now = Date.now();
    if (now - told < TELL_EVERY_MS) return undefined;
    told = now;
    parentPort?.postMessage(progressOf(task, reader));
    return undefined;
  };
  return computeTask(task, { stdin: noStdin, afterBlock: tell });
}

export function progressOf({ id }: Task, reader: CaptureReader): TaskProgress {
  return { id, consumedBytes: reader.source.consumedBytes(), packets: reader.notes().packets };
}

export function noStdin(): never {
  throw new Error('a batch does not read from stdin');
}
