/** The queue: BullMQ on Redis. Loaded only by commands that are told to use one. */
import { Redis } from 'ioredis';
import { withoutPassword } from '../redact.ts';
import type { Outcome } from '../run-task.ts';

export const QUEUE_NAME = 'analyze';

/** What a job tells its worker. */
export interface JobData {
  /** Below the root of whoever runs it, with `/`. */
  readonly capture: string;
  readonly captureSha256: string;
  /** studyToJson */
  readonly study: string;
  /** Version of the program that asks: another one could come to another result. */
  readonly version: string;
}

export type JobResult = Outcome;

/** How often a lost connection is tried again: at most this far apart. */
const LONGEST_RETRY_MS = 2000;

/**
 * `redis://[user:password@]host[:port][/database]`, or `rediss://` with TLS. Waits for a server that is away instead
 * of failing what was asked.
 */
export function connect(url: string, onError: (message: string) => void): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(100 * attempt, LONGEST_RETRY_MS),
  });
  let last = '';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    const message = error.code ?? error.message;
    if (message !== last) onError(`queue ${withoutPassword(url)}: ${message}; trying again`);
    last = message;
  });
  redis.on('ready', () => {
    last = '';
  });
  return redis;
}
