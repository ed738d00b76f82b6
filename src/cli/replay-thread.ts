/** Entry of a thread: replays its job and posts what it found. What fails reaches the first thread as an error. */
import { parentPort, workerData } from 'node:worker_threads';
import { replayJob } from './replay-job.ts';
import type { ThreadData } from './replay-threads.ts';

const { job, board, thread } = workerData as ThreadData;
void replayJob(job, board, thread, false).then((found) => parentPort?.postMessage(found));
