/** Spreads the studies of one pass over the processors: each thread reads the capture for its share of them. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  createStopBoard,
  type ReplayedJob,
  type ReplayJob,
  replayJob,
  type StopBoard,
  stopAll,
} from './replay-job.ts';
import { startThread } from './thread.ts';

/** What a thread is given at its start. */
export interface ThreadData {
  readonly job: ReplayJob;
  readonly board: StopBoard;
  readonly thread: number;
}

/** A thread takes a tenth of a second to start and reads the capture once more: with less to do it does not pay. */
const LEAST_POINTS = 4;
const LEAST_BYTES_TIMES_POINTS = 32e6;

/** Replays the points of `job` in as many threads as pay off, until `signal` stops all of them at one block. */
export async function replayInThreads(
  job: ReplayJob,
  progress: boolean,
  signal: AbortSignal,
  threads = threadsFor(job),
): Promise<ReplayedJob> {
  const chunks = split(job.points, threads);
  const board = createStopBoard(chunks.length);
  const stop = (): void => stopAll(board);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const others = chunks.slice(1).map((points, index) =>
    startThread<ThreadData, ReplayedJob>('replay-thread', {
      job: { ...job, points },
      board,
      thread: index + 1,
    }),
  );
  try {
    const own = await replayJob({ ...job, points: chunks[0] ?? [] }, board, 0, progress);
    const all = [own, ...(await Promise.all(others.map(({ result }) => result)))];
    const records = own.records.map((_, part) => all.flatMap((one) => one.records[part]!));
    return { records, share: own.share };
  } finally {
    signal.removeEventListener('abort', stop);
    for (const thread of others) thread.stop();
  }
}

function threadsFor({ capture, points }: ReplayJob): number {
  const bytes = capture === '-' ? 0 : (statSync(capture, { throwIfNoEntry: false })?.size ?? 0);
  const worth = Math.min(points.length / LEAST_POINTS, (bytes * points.length) / LEAST_BYTES_TIMES_POINTS);
  return Math.max(1, Math.min(availableParallelism(), Math.floor(worth)));
}

/** Neighbours stay together: they share most. */
function split<Item>(items: readonly Item[], parts: number): Item[][] {
  const edge = (part: number): number => Math.round((items.length * part) / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(edge(part), edge(part + 1)));
}
