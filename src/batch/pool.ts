import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { Computed, Task } from './run-task.ts';

/** Worker threads that compute tasks, and post a TaskProgress now and then. */
export type TaskPool = Piscina<Task, Computed>;

export function createPool(workers: number): TaskPool {
  return new Piscina<Task, Computed>({
    filename: new URL(`./worker${extname(import.meta.url)}`, import.meta.url).href,
    name: 'runInThread',
    minThreads: workers,
    maxThreads: workers,
  });
}
