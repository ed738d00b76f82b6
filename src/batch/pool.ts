import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { OutputError } from '../report/files.ts';
import type { Outcome, Task } from './run-task.ts';
import type { Unwritable } from './worker.ts';

/** Worker threads that run tasks, and post a TaskProgress now and then. */
export type TaskPool = Piscina<Task, Outcome | Unwritable>;

export function createPool(workers: number): TaskPool {
  return new Piscina<Task, Outcome | Unwritable>({
    filename: new URL(`./worker${extname(import.meta.url)}`, import.meta.url).href,
    name: 'runInThread',
    minThreads: workers,
    maxThreads: workers,
  });
}

/** What a thread answered. Throws its OutputError. */
export function outcomeOf(answer: Outcome | Unwritable): Outcome {
  if (answer.kind !== 'unwritable') return answer;
  const { path, code, message } = answer;
  throw new OutputError(path, Object.assign(new Error(message), code === null ? {} : { code }));
}
