/** Engines know nothing of each other: with several processors each engine is explained in a thread of its own. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { OBSTACLE } from '../coalesce/obstacle.ts';
import type { ExplainOptions } from '../replay/explain.ts';
import type { ExplainRecord } from '../replay/explain-result.ts';
import type { RawExplainOptions } from './explain-options.ts';
import { explainCapture } from './explain-replay.ts';
import { startThread } from './thread.ts';

export interface ExplainThreadData {
  readonly raw: RawExplainOptions;
}

/** A thread takes a tenth of a second to start, and reads the capture once more. */
const LEAST_BYTES = 16e6;

export async function explainInThreads(
  raw: RawExplainOptions,
  options: ExplainOptions,
  signal: AbortSignal,
): Promise<ExplainRecord> {
  const progress = raw.progress && !raw.quiet;
  const [first, ...others] = options.engines;
  if (first === undefined || !paysOff(raw, options)) {
    return explainCapture(raw, options, progress, true, signal);
  }
  const threads = others.map((engine) =>
    startThread<ExplainThreadData, ExplainRecord>('explain-thread', { raw: { ...raw, engine } }),
  );
  const stop = (): void => {
    for (const thread of threads) thread.stop();
  };
  signal.addEventListener('abort', stop);
  try {
    const own = await explainCapture(raw, { ...options, engines: [first] }, progress, false, signal);
    if (signal.aborted) return own;
    return joined([own, ...(await Promise.all(threads.map(({ result }) => result)))]);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** In the core two engines take less time than one more reading of the capture, and the hash has the other processor. */
function takesCore({ engines, poll, whatIfs, packets }: ExplainOptions): boolean {
  const sets = engines.flatMap((engine) => whatIfs(engine));
  return (
    poll.kind !== 'veth' &&
    !(poll.kind === 'napi' && poll.moderation.kind === 'dynamic') &&
    packets.length === 0 &&
    engines.every((engine) => engine === 'inet_lro' || engine === 'linux-gro') &&
    sets.every((set) => (set & OBSTACLE.reordering) === 0)
  );
}

function paysOff({ capture }: RawExplainOptions, options: ExplainOptions): boolean {
  const { engines, diff } = options;
  // Two engines are compared packet by packet, in one pass.
  if (engines.length < 2 || diff !== null || capture === '-' || takesCore(options)) return false;
  const bytes = statSync(capture, { throwIfNoEntry: false })?.size ?? 0;
  return bytes >= LEAST_BYTES && availableParallelism() > 1;
}

/** One record of the records of each engine. */
function joined(records: readonly ExplainRecord[]): ExplainRecord {
  const warnings = new Map(
    records.flatMap((record) => record.warnings.map((warning) => [warning.message, warning] as const)),
  );
  return {
    ...records[0]!,
    engines: records.flatMap(({ engines }) => engines),
    warnings: [...warnings.values()],
  };
}
