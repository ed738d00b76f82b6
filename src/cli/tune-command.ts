/** `analyze tune`: which settings of moderation and merging are worth using on this traffic. */

import { basename, join } from 'node:path';
import type { Reproduced } from '../batch/verify-report.ts';
import { inputOf } from '../batch/write-report.ts';
import { DEFAULT_NIC, nicPreset } from '../nic/presets.ts';
import type { XenConfiguration } from '../path/xen-configurations.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import { openSession } from '../replay/session.ts';
import type { StudyOptions } from '../replay/study.ts';
import { timeSpan } from '../replay/study-parts.ts';
import { tuneRecord } from '../replay/tune.ts';
import type { TuneRecord } from '../replay/tune-result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { makeFolder } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import type { ReportInput } from '../report/provenance.ts';
import type { Report } from '../report/report-files.ts';
import { renderTune } from '../report/tune-terminal.ts';
import type { CaptureHashes } from './capture-hash.ts';
import type { Invocation, ReproduceOrder } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { named, putReport, reproduced } from './put-report.ts';
import { replayInThreads } from './replay-threads.ts';
import { STUDY_OPTIONS } from './study-definitions.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';
import { candidatesOf, checkedInterface, gridOf } from './tune-settings.ts';
import { UsageError, wholeNumber } from './usage.ts';
import { parseVary } from './vary.ts';

export interface RawTuneOptions extends Omit<RawStudyOptions, 'poll' | 'pace'> {
  readonly capture: string;
  readonly vary: readonly string[];
  readonly configuration: Exclude<XenConfiguration, 'Xen'>;
  readonly interface: string;
  readonly parts: string;
  readonly out: string;
  readonly format: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runTune(
  raw: RawTuneOptions,
  invocation: Invocation,
  hashes: CaptureHashes,
): Promise<number> {
  const plan = planOf(raw);
  const formats = [...parseFormats(raw.format)];
  const folder = join(raw.out, reportFolderName(basename(raw.capture)));
  if (formats.length > 0) makeFolder(folder);
  const record = await replayPlan(raw, plan, abortOnSignals());
  if (record === null) {
    complain('interrupted: advice needs the whole capture, so nothing is said.');
    return EXIT.INTERRUPTED;
  }

  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderTune(record, textLook()));
  await out.end();
  for (const { code, message } of record.warnings) complain(`${code}: ${message}`);
  const inputs = async (): Promise<ReportInput[]> => [
    inputOf('capture', raw.capture, folder, record.capture.name, await hashes.of(raw.capture)),
  ];
  await putReport(reportOf(record), { folder, formats, quiet: raw.quiet }, inputs, invocation);
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}

export async function reproduceTune(order: ReproduceOrder): Promise<Reproduced | null> {
  const raw = { ...order.raw, capture: order.places[0] } as unknown as RawTuneOptions;
  const record = await replayPlan(raw, planOf(raw), order.signal);
  if (record === null) return null;
  return reproduced(reportOf(named(record, order)), parseFormats(raw.format), order);
}

interface TunePlan {
  readonly candidates: ReturnType<typeof candidatesOf>;
  readonly studies: readonly ResolvedStudy[];
  /** Parts in time. */
  readonly count: number;
}

/** Throws a UsageError. */
function planOf(raw: RawTuneOptions): TunePlan {
  if (raw.capture === '-') {
    throw new UsageError('tune reads the capture twice, which stdin does not allow: save it to a file');
  }
  if (raw.engine === 'none')
    throw new UsageError('--engine none: without an engine there is no merging to tune');
  const grid = gridOf(raw.vary.length === 0 ? [] : parseVary(raw.vary, STUDY_OPTIONS));
  const candidates = candidatesOf(grid, {
    interfaceName: checkedInterface(raw.interface),
    engine: raw.engine,
    moderation: nicPreset(raw.nic ?? DEFAULT_NIC).moderation.value,
  });
  const studies = candidates.map(({ rxUsecs, rxFrames, merging }) => {
    const own = rxUsecs === null || rxFrames === null ? {} : { 'rx-usecs': rxUsecs, 'rx-frames': rxFrames };
    const resolved = resolveStudy({ ...raw, poll: ['napi'], pace: undefined, ...own });
    return only(merging ? raw.configuration : 'Xen', resolved);
  });
  return { candidates, studies, count: wholeNumber('--parts', raw.parts, 1, 8) };
}

/** Null where it was interrupted. */
async function replayPlan(
  raw: RawTuneOptions,
  { candidates, studies, count }: TunePlan,
  signal: AbortSignal,
): Promise<TuneRecord | null> {
  const replayed = await replay(raw, studies, count, signal);
  return replayed === null ? null : tuneRecord({ candidates, ...replayed });
}

function only(name: XenConfiguration, resolved: ResolvedStudy): ResolvedStudy {
  const { study } = resolved;
  return { ...resolved, study: { ...study, setups: study.setups.filter((setup) => setup.name === name) } };
}

type Replayed = Omit<Parameters<typeof tuneRecord>[0], 'candidates'>;

/** Two passes: one for the time that the capture takes, one for all settings. Null where it was interrupted. */
async function replay(
  raw: RawTuneOptions,
  studies: readonly ResolvedStudy[],
  count: number,
  signal: AbortSignal,
): Promise<Replayed | null> {
  const points: StudyOptions[] = studies.map(({ study }) => study);
  const options = { ...studies[0]!.session, stdin: () => process.stdin };
  const progress = raw.progress && !raw.quiet;
  const pacer = createPacer(progress);
  const first = await openSession(raw.capture, options);
  const span = await timeSpan(first, () => pacer.tick(first.reader), signal).finally(first.close);
  const { firstNs, lastNs } = span ?? { firstNs: 0, lastNs: 0 };
  const at = (part: number): number => firstNs + ((lastNs - firstNs) * part) / count;
  const starts = Array.from({ length: count - 1 }, (_, index) => at(index + 1));
  pacer.done();
  if (signal.aborted) return null;
  const job = { capture: raw.capture, session: studies[0]!.session, points, startsNs: starts };
  const { records } = await replayInThreads(job, progress, signal);
  if (signal.aborted) return null;
  const [whole = [], ...parts] = records;
  return {
    whole,
    parts: parts.map((ofPart, index) => ({ fromNs: at(index), toNs: at(index + 1), records: ofPart })),
  };
}

function reportOf(record: TuneRecord): Report {
  return {
    record,
    jsonName: 'tune.json',
    provenanceName: 'tune.provenance.json',
    csv: async () => [{ name: 'tune.csv', text: (await import('../report/tune-csv.ts')).tuneCsv(record) }],
    figures: async () => (await import('../report/figures.ts')).tuneFigures(record),
  };
}
