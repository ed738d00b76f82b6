/** Entry of a thread: hashes a file and posts its SHA-256. */
import { parentPort, workerData } from 'node:worker_threads';
import { hashFile } from '../batch/hash-file.ts';

parentPort?.postMessage(hashFile(workerData as string));
