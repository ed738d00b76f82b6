/** `analyze sweep`: the main command at many points, in one pass over the capture. */

import { basename, join } from 'node:path';
import { hashCapture } from '../batch/hash-file.ts';
import { pathFrom } from '../batch/write-report.ts';
import type { XenConfiguration } from '../path/xen-path.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { ResultRecord } from '../replay/result.ts';
import type { StudyPolls } from '../replay/study.ts';
import type { SweepParameter, SweepRecord, SweepWarning } from '../replay/sweep-result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { makeFolder, writeFiles } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import { type Report, reportFiles } from '../report/report-files.ts';
import { renderSweep } from '../report/sweep-terminal.ts';
import type { Invocation } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals } from './pacer.ts';
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

export async function runSweep(raw: RawSweepOptions, invocation: Invocation): Promise<number> {
  const parameters = parseVary(raw.vary, STUDY_OPTIONS);
  const values = combinations(parameters);
  const points = values.map((ofPoint) => resolvePoint(raw, parameters, ofPoint));
  const formats = [...parseFormats(raw.format)];
  const folder = join(raw.out, raw.capture === '-' ? 'stdin' : reportFolderName(basename(raw.capture)));
  if (formats.length > 0) makeFolder(folder);
  const signal = abortOnSignals();
  const { records, share } = await replayPoints(raw.capture, points, raw.progress && !raw.quiet, signal);
  const record = assemble(parameters, values, records, !signal.aborted, share);
  if (record === null) return EXIT.INTERRUPTED;

  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderSweep(record, textLook()));
  await out.end();
  for (const warning of record.warnings) complain(warningLine(warning, record.points.length));
  if (!record.complete) complain(interrupted(record, values.length));
  const sha256 = formats.length === 0 ? null : hashCapture(raw.capture);
  const identity = { path: pathFrom(folder, raw.capture), sha256, task: null };
  const files = await reportFiles(reportOf(record, raw), formats, identity, invocation.provenance());
  const written = writeFiles(folder, files);
  if (!raw.quiet) for (const path of written) complain(`wrote ${path}`);
  if (!record.complete) return EXIT.INTERRUPTED;
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
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

/** Null without any packet replayed. */
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
  const stem = `sweep-${names}${record.complete ? '' : '.partial'}`;
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
