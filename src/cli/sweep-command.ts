/** `analyze sweep`: the main command at many points, in one pass over the capture. */

import { basename, join } from 'node:path';
import { ProvenanceError, type Reproduced } from '../batch/verify-report.ts';
import { inputOf } from '../batch/write-report.ts';
import type { XenConfiguration } from '../path/xen-configurations.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { ResultRecord } from '../replay/result.ts';
import type { StudyPolls } from '../replay/study.ts';
import type { SweepParameter, SweepRecord, SweepWarning } from '../replay/sweep-result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { makeFolder } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import type { ReportInput } from '../report/provenance.ts';
import type { Report } from '../report/report-files.ts';
import { renderSweep } from '../report/sweep-terminal.ts';
import type { CaptureHashes } from './capture-hash.ts';
import type { Invocation, ReproduceOrder } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals } from './pacer.ts';
import { named, putReport, reproduced } from './put-report.ts';
import { replayPoints } from './replay-points.ts';
import { STUDY_OPTIONS } from './study-definitions.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';
import { UsageError } from './usage.ts';
import { combinations, parseVary, rawValue } from './vary.ts';

export interface RawSweepOptions extends RawStudyOptions {
  readonly capture: string;
  readonly vary: readonly string[];
  readonly configuration: readonly XenConfiguration[];
  readonly quantity: readonly string[];
  readonly out: string;
  readonly format: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** In the names of files about a part of the capture. */
const PARTIAL = '.partial';

export async function runSweep(
  raw: RawSweepOptions,
  invocation: Invocation,
  hashes: CaptureHashes,
): Promise<number> {
  const plan = planOf(raw);
  const formats = [...parseFormats(raw.format)];
  const folder = join(raw.out, raw.capture === '-' ? 'stdin' : reportFolderName(basename(raw.capture)));
  if (formats.length > 0) makeFolder(folder);
  const signal = abortOnSignals();
  const record = await replayPlan(raw, plan, signal);
  if (record === null) return EXIT.INTERRUPTED;

  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderSweep(record, textLook()));
  await out.end();
  for (const warning of record.warnings) complain(warningLine(warning, record.points.length));
  if (!record.complete) complain(interrupted(record, plan.values.length));
  const inputs = async (): Promise<ReportInput[]> => [
    inputOf('capture', raw.capture, folder, record.capture.name, await hashes.of(raw.capture)),
  ];
  await putReport(reportOf(record, raw), { folder, formats, quiet: raw.quiet }, inputs, invocation);
  if (!record.complete) return EXIT.INTERRUPTED;
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}

export async function reproduceSweep(order: ReproduceOrder): Promise<Reproduced | null> {
  if (order.provenance.files.some(({ name }) => name.includes(PARTIAL))) {
    throw new ProvenanceError(
      'a sweep that was interrupted is about a part of its capture, and cannot be run again',
    );
  }
  const raw = { ...order.raw, capture: order.places[0] } as unknown as RawSweepOptions;
  const record = await replayPlan(raw, planOf(raw), order.signal);
  if (order.signal.aborted || record === null) return null;
  return reproduced(reportOf(named(record, order), raw), parseFormats(raw.format), order);
}

interface SweepPlan {
  readonly parameters: readonly SweepParameter[];
  readonly values: readonly (readonly string[])[];
  readonly points: readonly ResolvedStudy[];
}

function planOf(raw: RawSweepOptions): SweepPlan {
  const parameters = parseVary(raw.vary, STUDY_OPTIONS);
  const values = combinations(parameters);
  return { parameters, values, points: values.map((ofPoint) => resolvePoint(raw, parameters, ofPoint)) };
}

/** Null without any packet replayed. */
async function replayPlan(
  raw: RawSweepOptions,
  { parameters, values, points }: SweepPlan,
  signal: AbortSignal,
): Promise<SweepRecord | null> {
  const { records, share } = await replayPoints(raw.capture, points, raw.progress && !raw.quiet, signal);
  return assemble(parameters, values, records, !signal.aborted, share);
}

/** The raw options with this point's values in their place, resolved as the main command does. */
function resolvePoint(
  raw: RawSweepOptions,
  parameters: readonly SweepParameter[],
  values: readonly string[],
): ResolvedStudy {
  const varied = parameters.map(({ name }, index) => [
    name,
    rawValue(name, values[index]!, STUDY_OPTIONS[name]!),
  ]);
  try {
    const resolved = resolveStudy({ ...raw, ...(Object.fromEntries(varied) as Partial<RawStudyOptions>) });
    const { study } = resolved;
    const { withoutTimes } = study;
    const asked = <Polls extends StudyPolls>(polls: Polls): Polls => ({
      ...polls,
      setups: polls.setups.filter(
        ({ name }) => raw.configuration.length === 0 || raw.configuration.includes(name),
      ),
    });
    return {
      ...resolved,
      study: { ...asked(study), withoutTimes: withoutTimes === null ? null : asked(withoutTimes) },
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const where = parameters.map(({ name }, index) => `${name}=${values[index]}`).join(' ');
    throw new UsageError(`${error.message} (at ${where})`);
  }
}

function assemble(
  parameters: readonly SweepParameter[],
  values: readonly (readonly string[])[],
  records: readonly (ResultRecord | null)[],
  complete: boolean,
  share: number | null,
): SweepRecord | null {
  const done = records.flatMap((record, index) =>
    record === null ? [] : [{ record, values: values[index]! }],
  );
  const first = done[0]?.record;
  if (first === undefined || (!complete && first.capture.packets === 0)) return null;
  return {
    recordVersion: 1,
    tool: first.tool,
    capture: first.capture,
    receiver: first.receiver,
    complete,
    replayedShare: complete || done.length < records.length ? 1 : share,
    parameters,
    points: done.map(({ record, values: ofPoint }) => ({
      values: ofPoint,
      options: record.options,
      configurations: record.configurations,
    })),
    warnings: warningsOf(done.map(({ record }) => record)),
  };
}

function warningsOf(records: readonly ResultRecord[]): SweepWarning[] {
  const byCode = new Map<string, SweepWarning>();
  for (const { warnings } of records) {
    for (const { code, message } of warnings) {
      const known = byCode.get(code);
      byCode.set(code, { code, message: known?.message ?? message, points: (known?.points ?? 0) + 1 });
    }
  }
  return [...byCode.values()];
}

function warningLine({ code, message, points }: SweepWarning, all: number): string {
  return points === all ? `${code}: ${message}` : `${code} at ${points} of ${all} points: ${message}`;
}

function interrupted({ points, replayedShare }: SweepRecord, asked: number): string {
  if (points.length < asked) return `interrupted: ${points.length} of ${asked} points are done.`;
  const share = replayedShare === null ? 'the beginning' : `the first ${(100 * replayedShare).toFixed(1)} %`;
  return `interrupted: all numbers are about ${share} of the capture; the files have .partial in their names.`;
}

function reportOf(record: SweepRecord, raw: RawSweepOptions): Report {
  const names = record.parameters.map(({ name }) => name).join('-');
  const stem = `sweep-${names}${record.complete ? '' : PARTIAL}`;
  return {
    record,
    jsonName: `${stem}.json`,
    provenanceName: `${stem}.provenance.json`,
    csv: async () => [
      { name: `${stem}.csv`, text: (await import('../report/sweep-csv.ts')).sweepCsv(record) },
    ],
    figures: async () =>
      (await import('../report/figures.ts')).sweepFigures(record, stem, raw.quantity, raw.configuration),
  };
}
