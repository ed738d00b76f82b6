/** One pass over a capture for some of the studies of a command: what a thread does. */

import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { ResultRecord } from '../replay/result.ts';
import { openSession } from '../replay/session.ts';
import { type StudyOptions, studyMany } from '../replay/study.ts';
import { studyParts } from '../replay/study-parts.ts';
import { createPacer } from './pacer.ts';

/** Plain data, so that it can be handed to another thread. */
export interface ReplayJob {
  readonly capture: string;
  readonly session: ResolvedStudy['session'];
  readonly points: readonly StudyOptions[];
  /** Where parts begin, for `studyParts`; null: the whole alone. */
  readonly startsNs: readonly number[] | null;
}

export interface ReplayedJob {
  /** For the whole, then for each part: a record for each point. */
  readonly records: readonly ResultRecord[][];
  /** Share of the file that was read, 0…1; null where its length is not known. */
  readonly share: number | null;
}

/**
 * Where threads stop when they are interrupted: all after the same block, so that their results are about the same
 * packets. One number a thread, the blocks that it has replayed; before them, the block after which to stop.
 */
export type StopBoard = Int32Array<SharedArrayBuffer>;

export function createStopBoard(threads: number): StopBoard {
  return new Int32Array(new SharedArrayBuffer(4 * (threads + 1)));
}

/** The blocks that threads are in may end between the look at their counts and this; one more covers that. */
const BLOCKS_AHEAD = 2;

export function stopAll(board: StopBoard): void {
  const done = Math.max(...board.subarray(1));
  Atomics.compareExchange(board, 0, 0, done + BLOCKS_AHEAD);
}

/** `thread` from 0. */
export async function replayJob(
  job: ReplayJob,
  board: StopBoard,
  thread: number,
  progress: boolean,
): Promise<ReplayedJob> {
  const pacer = createPacer(progress);
  const stop = new AbortController();
  const session = await openSession(job.capture, { ...job.session, stdin: () => process.stdin });
  const afterBlock = (): undefined | Promise<void> => {
    const done = Atomics.add(board, thread + 1, 1) + 1;
    const last = Atomics.load(board, 0);
    if (last > 0 && done >= last) stop.abort();
    return pacer.tick(session.reader);
  };
  try {
    const { points, startsNs } = job;
    const records =
      startsNs === null
        ? [await studyMany(session, points, afterBlock, stop.signal)]
        : await studyParts(session, points, startsNs, afterBlock, stop.signal);
    const { source } = session.reader;
    return { records, share: source.fileBytes === null ? null : source.consumedBytes() / source.fileBytes };
  } finally {
    session.close();
    pacer.done();
  }
}
