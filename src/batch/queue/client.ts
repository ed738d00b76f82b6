/** Puts tasks into the queue and waits for their outcomes: a task that was asked before is not asked again. */
import { type Job, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { packageVersion } from '../../package-root.ts';
import type { Outcome } from '../run-task.ts';
import { type JobData, type JobResult, QUEUE_NAME } from './connection.ts';

/** A task with its hash, which names its job. */
export interface QueuedTask {
  readonly hash: string;
  readonly capture: string;
  readonly captureSha256: string;
  readonly study: string;
}

const ATTEMPTS = 3;
const FIRST_RETRY_MS = 1000;
/** Jobs and their results stay in Redis for a week, for whoever asks the same. */
const KEPT_S = 7 * 24 * 3600;
/** Events can be lost with the connection: states are looked at this often whatever they say. */
const LOOK_EVERY_MS = 2000;

export interface QueueRun {
  readonly signal: AbortSignal;
  readonly onOutcome: (hash: string, outcome: Outcome) => Promise<void>;
  readonly onProgress: (hash: string, progress: unknown) => void;
}

/**
 * Resolves when each task has an outcome, or the signal is aborted: what is queued stays queued then.
 *
 * @param connections two of them: waiting for events keeps one busy
 */
export async function runInQueue(
  tasks: readonly QueuedTask[],
  connections: readonly [Redis, Redis],
  { signal, onOutcome, onProgress }: QueueRun,
): Promise<void> {
  const queue = new Queue<JobData, JobResult>(QUEUE_NAME, { connection: connections[0] });
  const events = new QueueEvents(QUEUE_NAME, { connection: connections[1] });
  const open = new Set(tasks.map(({ hash }) => hash));
  const ended = new Set<string>();
  let wake = (): void => {};
  const note = (jobId: string): void => {
    ended.add(jobId);
    wake();
  };
  events.on('completed', ({ jobId }) => note(jobId));
  events.on('failed', ({ jobId }) => note(jobId));
  events.on('progress', ({ jobId, data }) => {
    if (open.has(jobId)) onProgress(jobId, data);
  });
  signal.addEventListener('abort', () => wake());
  // Errors of the connections are reported where they were made.
  queue.on('error', () => {});
  events.on('error', () => {});
  try {
    await ask(queue, tasks);
    // Some may have been done long ago.
    let look = true;
    while (open.size > 0 && !signal.aborted) {
      const candidates = [...(look ? open : ended)].filter((hash) => open.has(hash));
      ended.clear();
      const lost: string[] = [];
      for (const hash of candidates) {
        const job = await queue.getJob(hash);
        if (job === undefined) {
          lost.push(hash);
          continue;
        }
        const outcome = await outcomeOf(job);
        if (outcome === null) continue;
        open.delete(hash);
        await onOutcome(hash, outcome);
      }
      // A Redis that came back without what it knew.
      if (lost.length > 0)
        await ask(
          queue,
          tasks.filter(({ hash }) => lost.includes(hash)),
        );
      if (ended.size > 0) continue;
      if (open.size === 0) break;
      look = await waited((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    await Promise.allSettled([events.close(), queue.close()]);
  }
}

/** True if nothing happened until it was time to look. */
async function waited(arm: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), LOOK_EVERY_MS);
    arm(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

async function ask(queue: Queue<JobData, JobResult>, tasks: readonly QueuedTask[]): Promise<void> {
  const version = packageVersion();
  for (const { hash } of tasks) {
    const known = await queue.getJob(hash);
    // What failed for good gets another chance when somebody asks again.
    if (known !== undefined && (await known.isFailed()))
      await known.retry('failed', { resetAttemptsMade: true });
  }
  await queue.addBulk(
    tasks.map(({ hash, capture, captureSha256, study }) => ({
      name: 'capture',
      data: { capture, captureSha256, study, version },
      opts: {
        jobId: hash,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
        removeOnComplete: { age: KEPT_S },
        removeOnFail: { age: KEPT_S },
      },
    })),
  );
}

/** Null while it is not known. The message of what cannot be read is without the name of the capture. */
async function outcomeOf(job: Job<JobData, JobResult>): Promise<Outcome | null> {
  if (await job.isCompleted()) return job.returnvalue;
  if (!(await job.isFailed())) return null;
  return { kind: 'unreadable', message: job.failedReason, byContent: false };
}
