/** Entry of a thread: replays its job and posts what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { replayJob } from './replay-job.ts';
import type { ThreadData } from './replay-threads.ts';

const { job, board, thread } = workerData as ThreadData;
parentPort?.postMessage(await replayJob(job, board, thread, false));
