/** Which queue. */
import type { Options } from 'yargs';
import { UsageError } from './usage.ts';

/** Keeps passwords out of lists of processes. */
const VARIABLE = 'ANALYZE_QUEUE';

export const QUEUE_OPTION = {
  queue: {
    describe: `redis://[user:password@]host[:port][/n], rediss:// with TLS (default: $${VARIABLE})`,
    type: 'string',
    requiresArg: true,
    group: 'Queue:',
  },
} as const satisfies Readonly<Record<string, Options>>;

/** Null where no queue is named. */
export function parseQueue(text: string | undefined): string | null {
  const url = text ?? process.env[VARIABLE];
  if (url === undefined || url === '') return null;
  if (!/^rediss?:\/\/[^/]+/.test(url)) {
    throw new UsageError(
      '--queue must be redis://host:port or rediss://host:port, with user:password@ if need be',
    );
  }
  return url;
}

/** Loads what talks to a queue; a UsageError where the packages for it are not installed. */
export async function withQueuePackages<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new UsageError('a queue needs two more packages: npm install bullmq ioredis');
  }
}
