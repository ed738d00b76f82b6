/** `analyze batch`: the main command for many captures, here or by the workers of a queue. */
import { isFolder } from '../batch/discover.ts';
import { runAnalyze } from './analyze-command.ts';
import type { Invocation } from './commands/command.ts';
import { parseQueue } from './queue-options.ts';
import type { QueueChoice, RawAnalyzeOptions } from './raw-analyze-options.ts';
import { UsageError } from './usage.ts';

export interface RawBatchOptions extends RawAnalyzeOptions {
  readonly queue: string | undefined;
  readonly root: string | undefined;
}

export function runBatchCommand(raw: RawBatchOptions, invocation: Invocation): Promise<number> {
  return runAnalyze(raw, invocation, null, queueChoice(raw));
}

function queueChoice({ queue, root, captures }: RawBatchOptions): QueueChoice | null {
  const url = parseQueue(queue);
  if (url === null) {
    if (root !== undefined) throw new UsageError('--root counts only with --queue');
    return null;
  }
  if (root !== undefined) return { url, root };
  const [only] = captures;
  if (captures.length !== 1 || only === undefined || !isFolder(only)) {
    throw new UsageError('--queue with other than one folder needs --root, the folder that the workers see');
  }
  return { url, root: only };
}
