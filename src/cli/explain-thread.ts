/** Entry of a thread: explains the capture for one engine and posts the record. */
import { parentPort, workerData } from 'node:worker_threads';
import { explainOptions } from './explain-options.ts';
import { explainCapture } from './explain-replay.ts';
import type { ExplainThreadData } from './explain-threads.ts';

async function run({ raw }: ExplainThreadData): Promise<void> {
  parentPort?.postMessage(await explainCapture(raw, await explainOptions(raw), false, false));
}

void run(workerData as ExplainThreadData);
