/** How far a batch is: one line on a terminal, for the whole and for each worker. */
import type { TaskProgress } from '../batch/worker.ts';
import { printable } from '../report/format.ts';
import { terminalOf } from './terminal.ts';

const SHOW_AFTER_MS = 1000;
const SHOW_EVERY_MS = 200;
const YIELD_EVERY_MS = 50;
const DEFAULT_COLUMNS = 100;

export interface BatchProgress {
  /** What a task says; a promise now and then, so that the event loop runs. */
  tick(progress: TaskProgress): undefined | Promise<void>;
  /** The task with this number is done. */
  ended(task: number): void;
  /** Wipes the line. */
  hide(): void;
}

export interface BatchState {
  readonly captures: number;
  readonly done: number;
  /** Of the captures that this run has to read. */
  readonly totalBytes: number;
  readonly readBytes: number;
  readonly elapsedMs: number;
  /** What each worker is at. */
  readonly running: readonly TaskProgress[];
}

/**
 * @param tasks what this run has to read, in the order of its tasks
 * @param before captures whose results were there already
 */
export function createBatchProgress(
  tasks: readonly { readonly id: string; readonly bytes: number }[],
  before: number,
  wanted: boolean,
): BatchProgress {
  const visible = wanted && terminalOf(2).isTTY === true;
  const start = Date.now();
  const running = new Map<string, TaskProgress>();
  /** What comes from a queue may come late. */
  const over = new Set<string>();
  let done = 0;
  let doneBytes = 0;
  let shown = start + SHOW_AFTER_MS - SHOW_EVERY_MS;
  let yielded = start;
  let line = false;

  function show(now: number): void {
    const current = [...running.values()];
    const state: BatchState = {
      captures: before + tasks.length,
      done: before + done,
      totalBytes: tasks.reduce((sum, { bytes }) => sum + bytes, 0),
      readBytes: doneBytes + current.reduce((sum, { consumedBytes }) => sum + consumedBytes, 0),
      elapsedMs: now - start,
      running: current,
    };
    const columns = terminalOf(2).columns ?? DEFAULT_COLUMNS;
    process.stderr.write(`\r\x1b[K${progressLine(state, columns - 1)}`);
    line = true;
  }

  function hide(): void {
    if (line) process.stderr.write('\r\x1b[K');
    line = false;
  }

  return {
    tick(progress) {
      if (!over.has(progress.id)) running.set(progress.id, progress);
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
      const { id, bytes } = tasks[task]!;
      done++;
      doneBytes += bytes;
      over.add(id);
      running.delete(id);
    },
    hide,
  };
}

/** In `width` columns: workers that do not fit are counted. */
export function progressLine(state: BatchState, width: number): string {
  const { captures, done, totalBytes, readBytes, elapsedMs, running } = state;
  const share = totalBytes === 0 ? 0 : Math.min(1, readBytes / totalBytes);
  const left = share === 0 ? '' : `, ${Math.ceil((elapsedMs / share - elapsedMs) / 1000)} s left`;
  const whole = `${done}/${captures} captures, ${Math.floor(share * 100)} % of ${megabytes(totalBytes)}${left}`;
  const workers = running.map(({ id, packets }) => `${shortName(id)} ${packets.toLocaleString('en-US')}`);
  for (let fit = workers.length; fit > 0; fit--) {
    const more = workers.length - fit;
    const text = `${whole}; packets: ${workers.slice(0, fit).join(', ')}${more === 0 ? '' : `, ${more} more`}`;
    if (text.length <= width) return text;
  }
  return whole.slice(0, width);
}

/** Control characters could move the cursor. */
function shortName(id: string): string {
  return printable(id.slice(id.lastIndexOf('/') + 1));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
