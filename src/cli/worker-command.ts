/** `analyze worker`: takes captures from a queue until it is stopped. */
import { once } from 'node:events';
import { isFolder } from '../batch/discover.ts';
import { withoutPassword } from '../batch/redact.ts';
import { workerCount } from './batch-run.ts';
import { EXIT } from './exit-code.ts';
import { abortOnSignals } from './pacer.ts';
import { parseQueue, withQueuePackages } from './queue-options.ts';
import { complain } from './terminal.ts';
import { decimalNumber, UsageError } from './usage.ts';

export interface RawWorkerOptions {
  readonly queue: string | undefined;
  readonly root: string;
  readonly workers: string | undefined;
  readonly 'stalled-after': string;
  readonly quiet: boolean;
}

/** Ends with 130 after a signal, when what it was at is done. */
export async function runWorker(raw: RawWorkerOptions): Promise<number> {
  const url = parseQueue(raw.queue);
  if (url === null) throw new UsageError('worker needs --queue redis://…');
  if (!isFolder(raw.root)) throw new UsageError(`--root: ${raw.root} is no folder`);
  const stalledAfterMs = 1000 * decimalNumber('--stalled-after', raw['stalled-after'], 1, 86_400);
  const [{ connect }, { startQueueWorker }] = await withQueuePackages(() =>
    Promise.all([import('../batch/queue/connection.ts'), import('../batch/queue/worker.ts')]),
  );
  const signal = abortOnSignals();
  const connection = connect(url, complain);
  const say = (message: string): void => {
    if (!raw.quiet) complain(message);
  };
  const worker = await startQueueWorker(connection, {
    root: raw.root,
    workers: workerCount(raw.workers),
    stalledAfterMs,
    onDone: (capture, outcome) => say(`${capture}: ${outcome.kind === 'done' ? 'done' : outcome.message}`),
    onFailed: (capture, message) => complain(`${capture}: ${message}`),
  });
  say(`waiting for captures from ${withoutPassword(url)}`);
  if (!signal.aborted) await once(signal, 'abort');
  say('stopping when what is under way is done');
  await worker.close();
  connection.disconnect();
  return EXIT.INTERRUPTED;
}
