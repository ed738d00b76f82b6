/** The main command: tables on stdout, CSV, charts and the record in files. */
import { dirname, join } from 'node:path';
import { findCaptures, isFolder, reportFolders } from '../batch/discover.ts';
import { CaptureError, faultMessage } from '../capture/errors.ts';
import type { Law } from '../cost/laws.ts';
import { loadProfile } from '../cost/load-profile.ts';
import { ProfileError } from '../cost/profile.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { studySetups } from '../replay/configurations.ts';
import { replayAtPace } from '../replay/pace.ts';
import type { ResultRecord } from '../replay/result.ts';
import { openSession } from '../replay/session.ts';
import { type StudyOptions, study } from '../replay/study.ts';
import { isDegraded } from '../replay/warnings.ts';
import { makeFolder, type OutputFile, writeFiles } from '../report/files.ts';
import { reportFolderName, safeName } from '../report/folder-name.ts';
import { renderTables } from '../report/terminal.ts';
import { EXIT } from './exit-code.ts';
import { type Format, parseFormats } from './format-option.ts';
import { nicSummary, parsePace, type RawNicOptions, refuseNicOptions, resolveNic } from './nic-options.ts';
import { type RawReplayOptions, resolveReplayOptions } from './options.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { describePoll, parseConfigurationPolls } from './poll-option.ts';
import { complain, createStdout } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface RawAnalyzeOptions extends RawReplayOptions, RawNicOptions {
  readonly captures: readonly string[];
  readonly poll: readonly string[];
  readonly 'receive-mode': ReceiveMode;
  readonly profile: string;
  readonly pace: string | undefined;
  readonly law: Law;
  readonly out: string;
  readonly format: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** One capture to analyse, and where its report goes, below --out. */
interface Job {
  readonly capture: string;
  readonly folder: string;
}

export async function runAnalyze(raw: RawAnalyzeOptions): Promise<number> {
  const options = studyOptions(raw);
  const pace = parsePace(raw.pace);
  if (pace.kind === 'cpu' && options.law === 'none') {
    throw new UsageError('--pace cpu needs a throughput law other than none');
  }
  if (pace.kind !== 'capture' && raw.captures.includes('-')) {
    throw new UsageError(
      '--pace reads a capture more than once, which stdin does not allow: save it to a file',
    );
  }
  const formats = parseFormats(raw.format);
  const { jobs, isBatch } = await findJobs(raw.captures);
  if (jobs.length === 0) {
    complain(
      `${raw.captures.join(' ')}: no captures there. Give a pcap or pcapng file, or a folder that holds some.`,
    );
    return EXIT.NO_INPUT;
  }
  if (formats.size > 0) for (const job of jobs) makeFolder(join(raw.out, job.folder));
  const signal = abortOnSignals();
  const records: { name: string; record: ResultRecord }[] = [];
  let failed = 0;
  for (const job of jobs) {
    const record = await analyzeOne(job, options, formats, raw, signal);
    if (signal.aborted) break;
    if (record === null) failed++;
    else records.push({ name: job.folder, record });
  }
  if (isBatch && records.length > 0 && formats.has('csv')) {
    const { summaryCsv } = await import('../report/csv.ts');
    writeReport(raw, '', [{ name: 'summary.csv', text: summaryCsv(records) }]);
  }
  if (signal.aborted) return EXIT.INTERRUPTED;
  if (records.length === 0) return EXIT.NO_INPUT;
  return failed > 0 || records.some(({ record }) => isDegraded(record.warnings)) ? EXIT.DEGRADED : EXIT.DONE;
}

/** Null where the capture could not be read at all: said on stderr. */
async function analyzeOne(
  job: Job,
  options: StudyOptions,
  formats: ReadonlySet<Format>,
  raw: RawAnalyzeOptions,
  signal: AbortSignal,
): Promise<ResultRecord | null> {
  let record: ResultRecord;
  try {
    record = await replayAtPace(
      parsePace(raw.pace),
      options.setups,
      (setups) => replayOnce(job, { ...options, setups }, raw, signal),
      signal,
    );
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    complain(faultMessage(error.fault));
    return null;
  }
  if (signal.aborted) return null;
  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderTables(record));
  await out.end();
  for (const warning of record.warnings) complain(`${warning.code}: ${warning.message}`);
  writeReport(raw, job.folder, await reportFiles(record, formats));
  return record;
}

/** One pass over the capture. */
async function replayOnce(
  job: Job,
  options: StudyOptions,
  raw: RawAnalyzeOptions,
  signal: AbortSignal,
): Promise<ResultRecord> {
  const pacer = createPacer(raw.progress && !raw.quiet);
  const session = await openSession(job.capture, {
    receiver: resolveReplayOptions(raw).receiver,
    fcsBytes: options.fcsBytes,
    stdin: () => process.stdin,
  });
  try {
    return await study(session, options, () => pacer.tick(session.reader), signal);
  } finally {
    session.close();
    pacer.done();
  }
}

async function reportFiles(record: ResultRecord, formats: ReadonlySet<Format>): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  // Writers are loaded when they are needed: start-up counts for the commands that write nothing.
  if (formats.has('csv')) files.push(...(await import('../report/csv.ts')).csvFiles(record));
  if (formats.has('json')) files.push({ name: 'summary.json', text: `${JSON.stringify(record, null, 2)}\n` });
  if (formats.has('png')) {
    const { chartFiles } = await import('../report/chart-png.ts');
    files.push(...chartFiles(record));
  }
  return files;
}

function writeReport(raw: RawAnalyzeOptions, folder: string, files: readonly OutputFile[]): void {
  if (files.length === 0) return;
  const written = writeFiles(join(raw.out, folder), files);
  if (!raw.quiet) for (const path of written) complain(`wrote ${path}`);
}

function studyOptions(raw: RawAnalyzeOptions): StudyOptions {
  const replay = resolveReplayOptions(raw);
  const polls = parseConfigurationPolls(raw.poll, () => resolveNic(raw));
  const setups = studySetups(polls.of);
  const napi = setups.map(({ poll }) => poll).find((poll) => poll.kind === 'napi');
  if (napi === undefined) {
    refuseNicOptions(raw);
    if (raw.pace !== undefined) throw new UsageError('--pace counts only with --poll napi');
  }
  try {
    return {
      setups,
      pollText: polls.text,
      pollDescription: describePoll(polls.common.spec),
      nic: napi === undefined ? null : nicSummary(napi),
      pace: raw.pace ?? 'capture',
      inetLro: replay.inetLro,
      receiveMode: raw['receive-mode'],
      profile: loadProfile(raw.profile),
      law: raw.law,
      receiver: raw.receiver,
      fcsBytes: replay.fcsBytes,
    };
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(`--profile: ${error.message}`);
    throw error;
  }
}

/** Files stand for themselves, folders for the captures in them. */
async function findJobs(paths: readonly string[]): Promise<{ jobs: Job[]; isBatch: boolean }> {
  const jobs: Job[] = [];
  const files = paths.filter((path) => path === '-' || !isFolder(path));
  const shorten = (name: string): string => (name === '-' ? 'stdin' : reportFolderName(name));
  for (const file of files) {
    const folders = reportFolders([file], dirname(file), shorten, safeName);
    jobs.push({ capture: file, folder: folders.get(file)! });
  }
  for (const folder of paths.filter((path) => !files.includes(path))) {
    const captures = await findCaptures(folder, () => process.stdin);
    for (const [capture, name] of reportFolders(captures, folder, shorten, safeName))
      jobs.push({ capture, folder: name });
  }
  return { jobs: distinct(jobs), isBatch: paths.length > 1 || files.length < paths.length };
}

/** Captures of different folders may have one name: later ones get a number. */
function distinct(jobs: readonly Job[]): Job[] {
  const taken = new Set<string>();
  return jobs.map(({ capture, folder }) => {
    let name = folder;
    for (let copy = 2; taken.has(name); copy++) name = `${folder}-${copy}`;
    taken.add(name);
    return { capture, folder: name };
  });
}
