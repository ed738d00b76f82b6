/** Takes jobs from the queue and runs each in a thread, so that its lock is renewed while it computes. */
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { packageVersion } from '../../package-root.ts';
import { createPool } from '../pool.ts';
import type { Outcome } from '../run-task.ts';
import { studyFromJson } from '../study-json.ts';
import type { TaskProgress } from '../worker.ts';
import { resolveBelowRoot } from './below-root.ts';
import { type JobData, type JobResult, QUEUE_NAME } from './connection.ts';

/** What is wrong, as it is true for whoever has the capture elsewhere. */
function withoutName(message: string, path: string): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

export interface QueueWorkerOptions {
  /** Nothing outside of this folder is read. */
  readonly root: string;
  readonly workers: number;
  /** A job whose worker was not heard of for this long is given to another. */
  readonly stalledAfterMs: number;
  readonly onDone: (capture: string, outcome: Outcome) => void;
  readonly onFailed: (capture: string, message: string) => void;
}

/** A job that takes more workers with it than this is given up. */
const MOST_STALLS = 5;

export interface QueueWorker {
  /** Finishes what is running, takes nothing new. */
  close(): Promise<void>;
}

export async function startQueueWorker(connection: Redis, options: QueueWorkerOptions): Promise<QueueWorker> {
  const { root, workers, stalledAfterMs } = options;
  const pool = createPool(workers);
  const running = new Map<string, Job<JobData, JobResult>>();
  pool.on('message', (message) => {
    const progress = message as TaskProgress;
    // A progress that is lost is followed by another.
    running
      .get(progress.id)
      ?.updateProgress({ ...progress })
      .catch(() => {});
  });

  async function run(job: Job<JobData, JobResult>): Promise<JobResult> {
    const { capture, captureSha256, study, version } = job.data;
    if (version !== packageVersion()) {
      throw new Error(`asked by version ${version}, but this worker is version ${packageVersion()}`);
    }
    const path = resolveBelowRoot(root, capture);
    if (path === null) throw new Error('there is no such file below the root of this worker');
    const id = job.id ?? path;
    running.set(id, job);
    try {
      const task = {
        id,
        capture: path,
        study: studyFromJson(study),
        store: null,
        hashed: null,
        report: null,
      };
      const { outcome } = await pool.run(task);
      if (outcome.kind === 'failed') throw new Error(`a bug in this program: ${outcome.message}`);
      // A job that ends well is asked no more: nothing that another try could mend may stay in the queue as its result.
      if (outcome.kind === 'unreadable') {
        const message = withoutName(outcome.message, path);
        if (!outcome.byContent) throw new Error(message);
        return { ...outcome, message };
      }
      if (outcome.captureSha256 !== captureSha256) {
        throw new Error('its content here is not that of whoever asks');
      }
      if (outcome.task === null) throw new Error('it changed while it was read');
      return outcome;
    } finally {
      running.delete(id);
    }
  }

  const worker = new Worker<JobData, JobResult>(QUEUE_NAME, run, {
    connection,
    concurrency: workers,
    lockDuration: stalledAfterMs,
    stalledInterval: stalledAfterMs,
    maxStalledCount: MOST_STALLS,
  });
  // Errors of the connection are reported where it was made.
  worker.on('error', () => {});
  worker.on('completed', (job, outcome) => options.onDone(job.data.capture, outcome));
  worker.on('failed', (job, error) => options.onFailed(job?.data.capture ?? 'a job', error.message));
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      await pool.destroy();
    },
  };
}
