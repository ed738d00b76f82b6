/** How far a batch is: one line on a terminal, for the whole and for each worker. */
import type { TaskProgress } from '../batch/worker.ts';
import { terminalOf } from './terminal.ts';

const SHOW_AFTER_MS = 1000;
const SHOW_EVERY_MS = 200;
const YIELD_EVERY_MS = 50;

export interface BatchProgress {
  /** What a task says; a promise now and then, so that the event loop runs. */
  tick(progress: TaskProgress): undefined | Promise<void>;
  /** The task with this number is done. */
  ended(task: number): void;
  /** Wipes the line. */
  hide(): void;
}

/** @param sizesBytes of the captures, in the order of the tasks */
export function createBatchProgress(sizesBytes: readonly number[], wanted: boolean): BatchProgress {
  const visible = wanted && terminalOf(2).isTTY === true;
  const start = Date.now();
  const totalBytes = sizesBytes.reduce((sum, size) => sum + size, 0);
  const running = new Map<string, TaskProgress>();
  let done = 0;
  let doneBytes = 0;
  let shown = start + SHOW_AFTER_MS - SHOW_EVERY_MS;
  let yielded = start;
  let line = false;

  function show(now: number): void {
    const current = [...running.values()];
    const readBytes = doneBytes + current.reduce((sum, { consumedBytes }) => sum + consumedBytes, 0);
    const share = totalBytes === 0 ? 0 : Math.min(1, readBytes / totalBytes);
    const left = share === 0 ? '' : `, ${Math.ceil(((now - start) / share - (now - start)) / 1000)} s left`;
    const names = current.map(({ id, packets }) => `${id} ${packets.toLocaleString('en-US')}`);
    const text = `${done}/${sizesBytes.length} captures, ${Math.floor(share * 100)} % of ${megabytes(totalBytes)}${left}; packets: ${names.join(', ')}`;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 100) - 1)}`);
    line = true;
  }

  function hide(): void {
    if (line) process.stderr.write('\r\x1b[K');
    line = false;
  }

  return {
    tick(progress) {
      running.set(progress.id, progress);
      const now = Date.now();
      if (visible && now - shown >= SHOW_EVERY_MS) {
        shown = now;
        show(now);
      }
      if (now - yielded < YIELD_EVERY_MS) return undefined;
      yielded = now;
      return new Promise((resolve) => setImmediate(resolve));
    },
    ended(task) {
      done++;
      doneBytes += sizesBytes[task] ?? 0;
      running.clear();
    },
    hide,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
