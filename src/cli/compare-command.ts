/** `analyze compare`: two results side by side. */
import { packageVersion } from '../package-root.ts';
import { replayCapture } from '../replay/replay-capture.ts';
import { isDegraded } from '../replay/warnings.ts';
import { type ComparedInput, compareRecords } from '../report/compare-record.ts';
import { renderComparison } from '../report/compare-terminal.ts';
import type { Invocation } from './commands/command.ts';
import { type ComparedSource, comparedSource } from './compared-input.ts';
import { EXIT } from './exit-code.ts';
import { parseThreshold, passedBy } from './fail-if.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { STUDY_OPTIONS } from './study-definitions.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';
import { UsageError } from './usage.ts';

export interface RawCompareOptions extends RawStudyOptions {
  readonly a: string;
  readonly b: string;
  readonly 'fail-if': readonly string[];
  readonly json: boolean;
  readonly csv: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runCompare(raw: RawCompareOptions, invocation: Invocation): Promise<number> {
  if (raw.json && raw.csv) throw new UsageError('--json and --csv are two outputs: give one of them');
  const thresholds = raw['fail-if'].map(parseThreshold);
  const sources = [raw.a, raw.b].map(comparedSource);
  if (sources.every(({ kind }) => kind === 'record')) refuseStudyOptions(invocation);
  if (sources.every(({ source }) => source === '-')) throw new UsageError('standard input can be read once');
  const signal = abortOnSignals();
  const [a, b] = [await inputOf(sources[0]!, raw, signal), await inputOf(sources[1]!, raw, signal)];
  if (signal.aborted) return EXIT.INTERRUPTED;
  const record = compareRecords(a, b, { name: 'analyze', version: packageVersion() });
  const out = createStdout();
  if (raw.json) out.write(`${JSON.stringify(record, null, 2)}\n`);
  else if (raw.csv) out.write((await import('../report/compare-csv.ts')).comparisonCsv(record));
  else out.write(renderComparison(record, textLook()));
  await out.end();
  const passed = thresholds.flatMap((threshold) => passedBy(threshold, record));
  for (const line of passed) complain(line);
  if (passed.length > 0) return EXIT.DIFFERENT;
  return [a, b].some((one) => isDegraded(one.record.warnings)) ? EXIT.DEGRADED : EXIT.DONE;
}

/** Options of the replay say nothing where nothing is replayed. */
function refuseStudyOptions(invocation: Invocation): void {
  const given = invocation
    .provenance()
    .options.find(({ option, origin }) => origin === 'flag' && option in STUDY_OPTIONS);
  if (given !== undefined) {
    throw new UsageError(`--${given.option} is for captures that are run, and both are results already`);
  }
}

async function inputOf(
  source: ComparedSource,
  raw: RawCompareOptions,
  signal: AbortSignal,
): Promise<ComparedInput> {
  if (source.kind === 'record') return source;
  const pacer = createPacer(raw.progress && !raw.quiet);
  const record = await replayCapture(source.source, resolveStudy(raw), {
    stdin: () => process.stdin,
    afterBlock: pacer.tick,
    afterPass: pacer.done,
    signal,
  });
  for (const { code, message } of record.warnings) complain(`${source.source}: ${code}: ${message}`);
  return { source: source.source, record };
}
