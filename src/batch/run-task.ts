/** One task from capture to stored result: computed in whatever thread, written by the one that is never stopped. */
import { CaptureError, type CaptureErrorKind, faultMessage } from '../capture/errors.ts';
import { fileState } from '../capture/file-state.ts';
import { type ReplayHooks, type ResolvedStudy, replayCapture } from '../replay/replay-capture.ts';
import type { ResultRecord } from '../replay/result.ts';
import { type OutputFile, writeFiles } from '../report/files.ts';
import { hashFile } from './hash-file.ts';
import type { HashedFile } from './hash-index.ts';
import { readResult, writeResult } from './result-store.ts';
import { taskHash } from './task.ts';
import { isReportOf, type ReportOrder, taskReport } from './write-report.ts';

export interface Task {
  /** Tells tasks of one run apart. */
  readonly id: string;
  readonly capture: string;
  readonly study: ResolvedStudy;
  /** Folder of results, null: nothing is looked up or kept. */
  readonly store: string | null;
  /** What an earlier run found it to be; null: it must be hashed. */
  readonly hashed: HashedFile | null;
  /** Null: somebody else writes it. */
  readonly report: ReportOrder | null;
}

export type Outcome =
  | {
      readonly kind: 'done';
      readonly record: ResultRecord;
      /** Hash of the task; null where the capture changed while it was read. */
      readonly task: string | null;
      readonly captureSha256: string;
      /** State of the file that the hash is of. */
      readonly fileState: string;
      /** Whether the result was there already. */
      readonly reused: boolean;
      /** Files of the report; empty where they were there already, or none was asked for. */
      readonly written: readonly string[];
    }
  | {
      readonly kind: 'unreadable';
      /** Begins with the capture as the task names it, a colon and a space. */
      readonly message: string;
      /** Whether its content is the cause, which is the same at any time and on any machine. */
      readonly byContent: boolean;
    }
  /** A bug in this program: it costs this capture, not the others. */
  | { readonly kind: 'failed'; readonly message: string };

/** An outcome of which nothing is written yet. */
export interface Computed {
  readonly outcome: Outcome;
  /** Of the report; empty where they are there already, or none was asked for. */
  readonly files: readonly OutputFile[];
}

const OF_THE_SYSTEM: readonly CaptureErrorKind[] = ['cannot-open', 'cannot-read'];

/** Writes nothing, so that its thread may be stopped at any time. */
export async function computeTask(task: Task, hooks: ReplayHooks): Promise<Computed> {
  const computed = await guarded(task, () => replayUnlessStored(task, hooks));
  return 'kind' in computed ? { outcome: computed, files: [] } : computed;
}

/** Keeps the result and writes the report. Throws an OutputError. */
export function keep({ store, report }: Task, { outcome, files }: Computed): Outcome {
  if (outcome.kind !== 'done') return outcome;
  const { task, captureSha256, record, reused } = outcome;
  if (store !== null && task !== null && !reused) writeResult(store, { task, captureSha256, record });
  return {
    ...outcome,
    written: report === null || files.length === 0 ? [] : writeFiles(report.folder, files),
  };
}

/** What goes wrong with one capture becomes its outcome. Rejects with an OutputError, which is no capture's fault. */
export async function guarded<T>({ capture }: Task, work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CaptureError) {
      const byContent = !OF_THE_SYSTEM.includes(error.fault.kind);
      return { kind: 'unreadable', message: faultMessage(error.fault), byContent };
    }
    if (error instanceof Error && error.name === 'OutputError') throw error;
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) {
      const message = `${capture}: cannot be read (${code ?? syscall}). Check the file and its permissions`;
      return { kind: 'unreadable', message, byContent: false };
    }
    return {
      kind: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

async function replayUnlessStored(order: Task, hooks: ReplayHooks): Promise<Computed | Outcome> {
  const { capture, study, store, hashed, report } = order;
  const state = fileState(capture);
  const captureSha256 = hashed?.state === state ? hashed.sha256 : hashFile(capture);
  const task = taskHash(capture, captureSha256, study);
  const stored = store === null ? null : readResult(store, task);
  if (stored !== null) return done(stored.record, task, true);

  const record = await replayCapture(capture, study, hooks);
  if (hooks.signal?.aborted === true) return { kind: 'failed', message: 'interrupted' };
  return done(record, fileState(capture) === state ? task : null, false);

  async function done(result: ResultRecord, name: string | null, reused: boolean): Promise<Computed> {
    const isThere = report === null || (reused && name !== null && isReportOf(report, name));
    return {
      outcome: {
        kind: 'done',
        record: result,
        task: name,
        captureSha256,
        fileState: state,
        reused,
        written: [],
      },
      files: isThere ? [] : await taskReport(report, result, capture, { sha256: captureSha256, task: name }),
    };
  }
}
