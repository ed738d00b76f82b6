/** Runs tasks on a pool of worker threads, or one after the other in this one; outcomes come in the order of the tasks. */
import { setMaxListeners } from 'node:events';
import { createPool } from './pool.ts';
import { computeTask, keep, type Outcome, type Task } from './run-task.ts';
import { noStdin, progressOf, type TaskProgress } from './worker.ts';

export interface RunOptions {
  /** Threads; 1 runs the tasks in this thread. */
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TaskProgress) => undefined | Promise<void>;
  /** As soon as a task has an outcome, in any order. */
  readonly onEnded: (index: number) => void;
  /** In the order of the tasks, whichever ends first. */
  readonly onOutcome: (index: number, outcome: Outcome) => Promise<void>;
}

/** Ends early when the signal is aborted; outcomes that were reported stay valid. Rejects with an OutputError. */
export async function runTasks(tasks: readonly Task[], options: RunOptions): Promise<void> {
  const workers = Math.min(options.workers, tasks.length);
  await (workers > 1 ? runInPool(tasks, workers, options) : runHere(tasks, options));
}

async function runHere(
  tasks: readonly Task[],
  { signal, onProgress, onEnded, onOutcome }: RunOptions,
): Promise<void> {
  for (const [index, task] of tasks.entries()) {
    const afterBlock = (reader: Parameters<typeof progressOf>[1]): undefined | Promise<void> =>
      onProgress(progressOf(task, reader));
    const computed = await computeTask(task, { stdin: noStdin, afterBlock, signal });
    if (signal.aborted) return;
    onEnded(index);
    await onOutcome(index, keep(task, computed));
  }
}

async function runInPool(
  tasks: readonly Task[],
  workers: number,
  { signal, onProgress, onEnded, onOutcome }: RunOptions,
): Promise<void> {
  // The pool listens once for each task.
  setMaxListeners(0, signal);
  const pool = createPool(workers);
  pool.on('message', (message) => void onProgress(message as TaskProgress));
  try {
    const running = tasks.map(async (task) => keep(task, await pool.run(task, { signal })));
    // Whoever is not awaited yet may fail first.
    for (const [index, one] of running.entries()) one.then(() => onEnded(index)).catch(() => {});
    for (const [index, one] of running.entries()) await onOutcome(index, await one);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await pool.destroy();
  }
}
