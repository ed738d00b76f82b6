/** Many captures: a pool of workers, results that are kept, one summary. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { openHashIndex } from '../batch/hash-index.ts';
import type { Job } from '../batch/jobs.ts';
import { readResult, STORE_FOLDER } from '../batch/result-store.ts';
import type { Outcome, Task } from '../batch/run-task.ts';
import { type RunOptions, runTasks } from '../batch/run-tasks.ts';
import { taskHash } from '../batch/task.ts';
import { isReportOf, pathFrom } from '../batch/write-report.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import { isDegraded } from '../replay/warnings.ts';
import { batchDistributions, type MissingCapture } from '../report/batch-distribution.ts';
import { batchFormats, batchReport } from '../report/batch-report.ts';
import { renderBatch } from '../report/batch-tables.ts';
import type { Format } from '../report/format-names.ts';
import type { ReportInput } from '../report/provenance.ts';
import { createBatchProgress } from './batch-progress.ts';
import type { Invocation } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { abortOnSignals } from './pacer.ts';
import { putReport } from './put-report.ts';
import { withQueuePackages } from './queue-options.ts';
import type { QueueChoice, RawAnalyzeOptions } from './raw-analyze-options.ts';
import { sayReport, showRecord } from './show-record.ts';
import { complain, createStdout } from './terminal.ts';
import { wholeNumber } from './usage.ts';

const MOST_WORKERS = 1024;

/** @param queue null: on threads of this machine */
export async function runBatch(
  jobs: readonly Job[],
  study: ResolvedStudy,
  formats: readonly Format[],
  raw: RawAnalyzeOptions,
  invocation: Invocation,
  queue: QueueChoice | null = null,
): Promise<number> {
  const keeps = formats.length > 0 && raw.cache;
  const index = openHashIndex(keeps ? raw.out : null);
  const store = keeps ? join(raw.out, STORE_FOLDER) : null;
  const provenance = invocation.provenance();
  const tasks = jobs.map(
    ({ capture, folder }): Task => ({
      id: capture,
      capture,
      study,
      store,
      hashed: index.get(capture),
      report: { folder: join(raw.out, folder), formats, run: provenance },
    }),
  );
  const signal = abortOnSignals();
  const outcomes = tasks.map(storedOutcome);
  const open = tasks.map((_, at) => at).filter((at) => outcomes[at] === null);
  const todo = open.map((at) => tasks[at]!);
  const progress = createBatchProgress(
    todo.map(({ id, capture }) => ({ id, bytes: statSync(capture, { throwIfNoEntry: false })?.size ?? 0 })),
    tasks.length - todo.length,
    raw.progress && !raw.quiet,
  );
  let shown = 0;
  /** Shows what is done up to the first capture that is not, so that the order is that of the captures. */
  async function showDone(): Promise<void> {
    for (; shown < outcomes.length && outcomes[shown] != null; shown++) {
      progress.hide();
      await show(outcomes[shown]!, raw);
    }
  }

  await showDone();
  const run: Omit<RunOptions, 'workers'> = {
    signal,
    onProgress: progress.tick,
    onEnded: progress.ended,
    onOutcome: async (at, outcome) => {
      const task = open[at]!;
      outcomes[task] = outcome;
      if (outcome.kind === 'done' && outcome.task !== null) {
        const { fileState: state, captureSha256: sha256 } = outcome;
        index.set(tasks[task]!.capture, { state, sha256 });
      }
      await showDone();
    },
  };
  await (queue === null
    ? runTasks(todo, { ...run, workers: workerCount(raw.workers) })
    : runOnQueue(todo, run, queue));
  progress.hide();
  index.save();
  return finish(jobs, outcomes, formats, raw, invocation, signal.aborted);
}

/** Loaded only here: most batches need no queue. */
async function runOnQueue(
  tasks: readonly Task[],
  run: Omit<RunOptions, 'workers'>,
  queue: QueueChoice,
): Promise<void> {
  const { runQueued } = await withQueuePackages(() => import('../batch/queue/run-queued.ts'));
  await runQueued(tasks, { ...run, ...queue, onTrouble: complain });
}

/** As asked for, else one a processor. */
export function workerCount(text: string | undefined): number {
  return text === undefined ? availableParallelism() : wholeNumber('--workers', text, 1, MOST_WORKERS);
}

/** What an earlier run left of a capture that is as it was then; null where there is work to do. */
function storedOutcome(task: Task): Outcome | null {
  if (task.hashed === null || task.store === null) return null;
  const captureSha256 = task.hashed.sha256;
  const name = taskHash(task.capture, captureSha256, task.study);
  if (task.report === null || !isReportOf(task.report, name)) return null;
  const stored = readResult(task.store, name);
  if (stored === null) return null;
  const { record } = stored;
  return { kind: 'done', record, task: name, captureSha256, fileState: '', reused: true, written: [] };
}

async function show(outcome: Outcome, raw: RawAnalyzeOptions): Promise<void> {
  if (outcome.kind !== 'done') {
    complain(outcome.kind === 'failed' ? `a bug in this program: ${outcome.message}` : outcome.message);
    return;
  }
  await showRecord(outcome.record, raw.json);
  sayReport(outcome.written, raw.quiet);
}

async function finish(
  jobs: readonly Job[],
  outcomes: readonly (Outcome | null)[],
  formats: readonly Format[],
  raw: RawAnalyzeOptions,
  invocation: Invocation,
  aborted: boolean,
): Promise<number> {
  const done: Done[] = [];
  const missing: MissingCapture[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    const job = jobs[at]!;
    if (outcome?.kind === 'done') done.push({ ...job, outcome });
    else missing.push(missingCapture(job, outcome));
  }
  if (done.length > 0) await reportAll(done, missing, formats, raw, invocation);
  if (!raw.quiet) complain(tally(outcomes));
  if (aborted) return EXIT.INTERRUPTED;
  if (outcomes.some((outcome) => outcome?.kind === 'failed')) return EXIT.BUG;
  if (done.length === 0) return EXIT.NO_INPUT;
  const whole = done.length === outcomes.length;
  return whole && !done.some(({ outcome }) => isDegraded(outcome.record.warnings))
    ? EXIT.DONE
    : EXIT.DEGRADED;
}

interface Done extends Job {
  readonly outcome: Extract<Outcome, { kind: 'done' }>;
}

/** With the reason, without what is true of this machine alone. */
function missingCapture(
  { capture, folder }: Job,
  outcome: Exclude<Outcome, { kind: 'done' }> | null,
): MissingCapture {
  return { name: folder, file: basename(capture), reason: reasonOf(capture, outcome) };
}

function reasonOf(capture: string, outcome: Exclude<Outcome, { kind: 'done' }> | null): string {
  if (outcome === null) return 'not analysed: the run was interrupted';
  const [first = ''] = outcome.message.split('\n');
  if (outcome.kind === 'failed') return `a bug in this program: ${first}`;
  return first.startsWith(`${capture}: `) ? first.slice(capture.length + 2) : first;
}

/** What the captures say together. */
async function reportAll(
  done: readonly Done[],
  missing: readonly MissingCapture[],
  formats: readonly Format[],
  raw: RawAnalyzeOptions,
  invocation: Invocation,
): Promise<void> {
  const records = done.map(({ folder, outcome }) => ({ name: folder, record: outcome.record }));
  if (!raw.json && records.length > 1) {
    const out = createStdout();
    out.write(renderBatch(records.length, batchDistributions(records), missing));
    await out.end();
  }
  const inputs = (): ReportInput[] =>
    done.map(({ folder, capture, outcome: { task, captureSha256 } }) => ({
      role: 'captures',
      name: folder,
      path: pathFrom(raw.out, capture),
      sha256: task === null ? null : captureSha256,
    }));
  const place = { folder: raw.out, formats: batchFormats(formats), quiet: raw.quiet };
  await putReport(batchReport(records, missing), place, inputs, invocation);
}

/** `9 captures: 7 as they were, 1 analysed, 1 unreadable`. */
function tally(outcomes: readonly (Outcome | null)[]): string {
  const count = (is: (outcome: Outcome) => boolean): number =>
    outcomes.filter((outcome) => outcome !== null && is(outcome)).length;
  const parts: [number, string][] = [
    [count((one) => one.kind === 'done' && one.reused), 'unchanged since an earlier run'],
    [count((one) => one.kind === 'done' && !one.reused), 'analysed'],
    [count((one) => one.kind === 'unreadable'), 'unreadable'],
    [count((one) => one.kind === 'failed'), 'failed'],
    [outcomes.filter((outcome) => outcome === null).length, 'not done'],
  ];
  const counted = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${outcomes.length} capture${outcomes.length === 1 ? '' : 's'}: ${counted.join(', ')}`;
}
