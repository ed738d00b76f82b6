/** Entry of a thread: hashes the file that it is told, and posts its SHA-256. */
import { parentPort } from 'node:worker_threads';
import { hashFile } from '../batch/hash-file.ts';

parentPort?.once('message', (file: string) => parentPort?.postMessage(hashFile(file)));
