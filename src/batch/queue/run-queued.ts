/** Tasks of this machine, computed by the workers of a queue: results come back, reports are written here. */
import { fileState } from '../../capture/file-state.ts';
import { hashFile } from '../hash-file.ts';
import { readResult } from '../result-store.ts';
import { guarded, keep, type Outcome, type Task } from '../run-task.ts';
import type { RunOptions } from '../run-tasks.ts';
import { studyToJson } from '../study-json.ts';
import { taskHash } from '../task.ts';
import type { TaskProgress } from '../worker.ts';
import { isReportOf, taskReport } from '../write-report.ts';
import { pathBelowRoot } from './below-root.ts';
import { type QueuedTask, runInQueue } from './client.ts';
import { connect } from './connection.ts';

export interface QueuedRunOptions extends Omit<RunOptions, 'workers'> {
  readonly url: string;
  /** Folder whose content the workers see below their own root. */
  readonly root: string;
  /** About the connection. */
  readonly onTrouble: (message: string) => void;
}

/** What is known of a task before it is asked. */
interface Asked extends QueuedTask {
  readonly index: number;
  readonly task: Task;
  readonly state: string;
}

/** As runTasks; outcomes come in the order in which the workers are done. */
export async function runQueued(tasks: readonly Task[], options: QueuedRunOptions): Promise<void> {
  const { url, signal, onProgress, onTrouble } = options;
  const onOutcome = (index: number, outcome: Outcome): Promise<void> => {
    options.onEnded(index);
    return options.onOutcome(index, outcome);
  };
  const asked: Asked[] = [];
  for (const [index, task] of tasks.entries()) {
    if (signal.aborted) return;
    const ready = await guarded(task, async () => {
      const one = prepare(index, task, options);
      const stored = task.store === null ? null : readResult(task.store, one.hash);
      if (stored !== null)
        return finish(one, { kind: 'done', ...unwritten(one), record: stored.record, reused: true });
      asked.push(one);
      return null;
    });
    if (ready !== null) await onOutcome(index, ready);
  }
  if (asked.length === 0) return;
  // Captures with the same content and name are one job.
  const byHash = new Map<string, Asked[]>();
  for (const one of asked) byHash.set(one.hash, [...(byHash.get(one.hash) ?? []), one]);
  const connections = [connect(url, onTrouble), connect(url, () => {})] as const;
  try {
    await runInQueue(
      [...byHash.values()].map((same) => same[0]!),
      connections,
      {
        signal,
        onProgress: (hash, progress) => {
          const { task } = byHash.get(hash)![0]!;
          void onProgress({ ...(progress as TaskProgress), id: task.id });
        },
        onOutcome: async (hash, outcome) => {
          for (const one of byHash.get(hash)!) {
            await onOutcome(one.index, await guarded(one.task, () => finish(one, outcome)));
          }
        },
      },
    );
  } finally {
    for (const connection of connections) connection.disconnect();
  }
}

/** Throws what the file system throws. */
function prepare(index: number, task: Task, { root }: QueuedRunOptions): Asked {
  const { capture, study, hashed } = task;
  const state = fileState(capture);
  const captureSha256 = hashed?.state === state ? hashed.sha256 : hashFile(capture);
  const below = pathBelowRoot(root, capture);
  if (below === null) throw new Error(`${capture} is not below ${root}`);
  const hash = taskHash(capture, captureSha256, study);
  return { index, task, state, hash, capture: below, captureSha256, study: studyToJson(study) };
}

function unwritten(one: Asked): {
  task: string;
  captureSha256: string;
  fileState: string;
  written: readonly string[];
} {
  return { task: one.hash, captureSha256: one.captureSha256, fileState: one.state, written: [] };
}

/** Keeps the result and writes the report, as a worker thread of this machine would have. */
async function finish(one: Asked, outcome: Outcome): Promise<Outcome> {
  const { capture, report } = one.task;
  if (outcome.kind === 'unreadable') return { ...outcome, message: `${capture}: ${outcome.message}` };
  if (outcome.kind !== 'done') return outcome;
  const { hash, captureSha256 } = one;
  const isThere = report === null || (outcome.reused && isReportOf(report, hash));
  const files = isThere
    ? []
    : await taskReport(report, outcome.record, capture, { sha256: captureSha256, task: hash });
  return keep(one.task, { outcome: { ...outcome, ...unwritten(one) }, files });
}
