/** `analyze explain --path`: what the Xen path did to the skbs of each configuration, and what each stage cost. */

import { ENGINES } from '../replay/coalesce.ts';
import { isDegraded } from '../replay/warnings.ts';
import { pathSummaries } from '../report/path-summary.ts';
import { renderPathTables } from '../report/path-tables.ts';
import { EXIT } from './exit-code.ts';
import { abortOnSignals } from './pacer.ts';
import { replayPoints } from './replay-points.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';
import { UsageError } from './usage.ts';

/** What `explain` hands over. */
export interface RawExplainPathOptions extends Omit<RawStudyOptions, 'engine' | 'poll' | 'law' | 'pace'> {
  readonly capture: string;
  /** The first of a list with commas is that of LRO and Optimized. */
  readonly engine: string;
  readonly poll: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** Tables on stdout, or with `--json` the same numbers as one document. Returns the exit code. */
export async function runExplainPath(raw: RawExplainPathOptions): Promise<number> {
  const [first = ''] = raw.engine.split(',');
  const engine = ENGINES.find((name) => name === first.trim());
  if (engine === undefined) throw new UsageError(`--engine: '${first}' is none of ${ENGINES.join(', ')}`);
  const poll = raw.poll === undefined ? [] : [raw.poll];
  const resolved = resolveStudy({ ...raw, engine, poll, law: undefined, pace: undefined });
  const signal = abortOnSignals();
  const { records } = await replayPoints(raw.capture, [resolved], raw.progress && !raw.quiet, signal);
  const [record] = records;
  if (signal.aborted || record === undefined || record === null) return EXIT.INTERRUPTED;
  const out = createStdout();
  out.write(
    raw.json
      ? `${JSON.stringify({ path: pathSummaries(record) }, null, 2)}\n`
      : renderPathTables(record, textLook()),
  );
  await out.end();
  for (const warning of record.warnings) complain(`${warning.code}: ${warning.message}`);
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}
