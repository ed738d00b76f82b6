/** Entry of a thread: posts the hash of the capture. */
import { parentPort, workerData } from 'node:worker_threads';
import { hashFile } from '../batch/hash-file.ts';
import type { HashThreadData } from './hash-beside.ts';

const { capture } = workerData as HashThreadData;
parentPort?.postMessage(hashFile(capture));
