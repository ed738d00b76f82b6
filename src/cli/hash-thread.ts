/** Entry of a thread: hashes a file and posts its SHA-256, or the error. */
import { parentPort, workerData } from 'node:worker_threads';
import { hashFile } from '../batch/content-hash.ts';

parentPort?.postMessage(hashFile(workerData as string));
