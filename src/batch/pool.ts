import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { Outcome, Task } from './run-task.ts';

/** Worker threads that run tasks, and post a TaskProgress now and then. */
export type TaskPool = Piscina<Task, Outcome>;

export function createPool(workers: number): TaskPool {
  return new Piscina<Task, Outcome>({
    filename: new URL(`./worker${extname(import.meta.url)}`, import.meta.url).href,
    name: 'runInThread',
    minThreads: workers,
    maxThreads: workers,
  });
}
