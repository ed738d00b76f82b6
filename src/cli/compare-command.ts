/** `analyze compare`: two results side by side. */
import { basename } from 'node:path';
import type { Reproduced } from '../batch/verify-report.ts';
import { inputOf } from '../batch/write-report.ts';
import { packageVersion } from '../package-root.ts';
import { replayCapture } from '../replay/replay-capture.ts';
import { isDegraded } from '../replay/warnings.ts';
import { type ComparedInput, type CompareRecord, compareRecords } from '../report/compare-record.ts';
import { renderComparison } from '../report/compare-terminal.ts';
import { makeFolder } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import type { ReportInput } from '../report/provenance.ts';
import type { Report } from '../report/report-files.ts';
import type { CaptureHashes } from './capture-hash.ts';
import type { Invocation, ReproduceOrder } from './commands/command.ts';
import { type ComparedSource, comparedSource } from './compared-input.ts';
import { EXIT } from './exit-code.ts';
import { parseThreshold, passedBy } from './fail-if.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { putReport, reproduced } from './put-report.ts';
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
  readonly out: string | undefined;
  readonly format: string;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runCompare(
  raw: RawCompareOptions,
  invocation: Invocation,
  hashes: CaptureHashes,
): Promise<number> {
  if (raw.json && raw.csv) throw new UsageError('--json and --csv are two outputs: give one of them');
  const thresholds = raw['fail-if'].map(parseThreshold);
  const formats = raw.out === undefined ? [] : compareFormats(raw.format);
  const sources = [raw.a, raw.b].map(comparedSource);
  if (sources.every(({ kind }) => kind === 'record')) refuseStudyOptions(invocation);
  if (sources.every(({ source }) => source === '-')) throw new UsageError('standard input can be read once');
  if (raw.out !== undefined && formats.length > 0) makeFolder(raw.out);
  const signal = abortOnSignals();
  const [a, b] = [
    await comparedInput(sources[0]!, raw, signal),
    await comparedInput(sources[1]!, raw, signal),
  ];
  if (signal.aborted) return EXIT.INTERRUPTED;
  for (const [at, { source, record }] of [a, b].entries()) {
    if (sources[at]!.kind === 'record') continue;
    for (const { code, message } of record.warnings) complain(`${source}: ${code}: ${message}`);
  }
  const record = compareRecords(a, b, TOOL);
  const out = createStdout();
  if (raw.json) out.write(`${JSON.stringify(record, null, 2)}\n`);
  else if (raw.csv) out.write((await import('../report/compare-csv.ts')).comparisonCsv(record));
  else out.write(renderComparison(record, textLook()));
  await out.end();
  const { out: folder = '', quiet } = raw;
  const inputs = (): Promise<ReportInput[]> =>
    Promise.all(
      sources.map(async ({ source, file }, at) =>
        inputOf(ROLES[at]!, file, folder, source, await hashes.of(file)),
      ),
    );
  await putReport(reportOf(record), { folder, formats, quiet }, inputs, invocation);
  const passed = thresholds.flatMap((threshold) => passedBy(threshold, record));
  for (const line of passed) complain(line);
  if (passed.length > 0) return EXIT.DIFFERENT;
  return [a, b].some((one) => isDegraded(one.record.warnings)) ? EXIT.DEGRADED : EXIT.DONE;
}

const TOOL = { name: 'analyze', version: packageVersion() } as const;
/** Of what is compared, as `--capture` of `verify` names them. */
const ROLES = ['a', 'b'] as const;

export async function reproduceCompare(order: ReproduceOrder): Promise<Reproduced | null> {
  const raw = order.raw as unknown as RawCompareOptions;
  const compared: ComparedInput[] = [];
  for (const [at, place] of order.places.entries()) {
    const source = comparedSource(place);
    const { record } = await comparedInput(source, raw, order.signal);
    if (order.signal.aborted) return null;
    const name = order.provenance.inputs[at]!.name;
    const isRun = source.kind === 'capture';
    const capture = isRun ? { ...record.capture, name: basename(name) } : record.capture;
    compared.push({ source: name, record: { ...record, capture } });
  }
  const [a, b] = compared;
  return reproduced(reportOf(compareRecords(a!, b!, TOOL)), compareFormats(raw.format), order);
}

function reportOf(record: CompareRecord): Report {
  return {
    record,
    jsonName: 'compare.json',
    provenanceName: 'compare.provenance.json',
    csv: async () => [
      { name: 'compare.csv', text: (await import('../report/compare-csv.ts')).comparisonCsv(record) },
    ],
  };
}

function compareFormats(text: string): Format[] {
  return [...parseFormats(text, ['csv', 'json'])];
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

async function comparedInput(
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
  return { source: source.source, record };
}
