/** `analyze calibrate`: fits coefficients of a cost profile to measured rows, and says what the fit is worth. */

import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Reproduced } from '../batch/verify-report.ts';
import { inputOf } from '../batch/write-report.ts';
import { calibrate } from '../cost/calibrate.ts';
import { calibratedProfile } from '../cost/calibrated-profile.ts';
import type { CalibrationRecord } from '../cost/calibration-record.ts';
import { MeasuredError, type MeasuredRow, parseMeasured } from '../cost/measured.ts';
import { scheduleObservation } from '../cost/observation.ts';
import { fittedParameters, ParameterError, parseParameters } from '../cost/parameters.ts';
import { parseProfile } from '../cost/parse-profile.ts';
import { DOMAINS, type Domain, type Profile, ProfileError } from '../cost/profile.ts';
import { packageFile } from '../package-root.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { XEN_CONFIGURATIONS } from '../path/xen-configurations.ts';
import { renderCalibration } from '../report/calibration-text.ts';
import { writeFiles } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import type { ReportInput } from '../report/provenance.ts';
import type { Report } from '../report/report-files.ts';
import { type Counted, captureOf, countCaptures, type RawCountOptions } from './calibrate-counts.ts';
import type { CaptureHashes } from './capture-hash.ts';
import type { Invocation, ReproduceOrder } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { parseFormats } from './formats.ts';
import { refuseNicOptions } from './nic-options.ts';
import { abortOnSignals } from './pacer.ts';
import { resolvePath } from './path-options.ts';
import { putReport, reproduced } from './put-report.ts';
import { sayWritten } from './show-record.ts';
import { complain, createStdout } from './terminal.ts';
import { UsageError, wholeNumber } from './usage.ts';

export interface RawCalibrateOptions extends RawCountOptions {
  readonly measured: string | undefined;
  readonly example: boolean;
  readonly fit: string | undefined;
  readonly train: readonly string[];
  readonly noise: string;
  readonly seed: string;
  readonly replicates: string;
  readonly write: string | undefined;
  readonly out: string | undefined;
  readonly format: string;
  readonly json: boolean;
}

/** The study's own table. */
const EXAMPLE = 'profiles/measured/aizu-2008.csv';

export async function runCalibrate(
  raw: RawCalibrateOptions,
  invocation: Invocation,
  hashes: CaptureHashes,
): Promise<number> {
  const formats = [...calibrationFormats(raw.format)];
  if (raw.write !== undefined && !/^[A-Za-z0-9][\w.-]*\.json$/.test(basename(raw.write))) {
    throw new UsageError(`--write: '${raw.write}' must end in a plain file name with .json`);
  }
  // The fit itself does not look at signals.
  const signal = raw.capture.length === 0 ? new AbortController().signal : abortOnSignals();
  const writes = raw.out !== undefined && formats.length > 0;
  return asExitCode(async () => {
    if (writes) for (const { file } of raw.capture.map(captureOf)) await hashes.begin(file);
    const done = await calibration(raw, (path) => basename(path), signal);
    if (done === null) return EXIT.INTERRUPTED;
    for (const warning of done.warnings) complain(warning);
    if (raw.write !== undefined) sayWritten(writeProfile(raw.write, done), raw.quiet);
    if (raw.out !== undefined) {
      const place = { folder: raw.out, formats, quiet: raw.quiet };
      const inputs = (): Promise<ReportInput[]> => inputsOfRun(raw, done, place.folder, hashes);
      await putReport(reportOf(done.record), place, inputs, invocation);
    }
    const out = createStdout();
    out.write(raw.json ? `${JSON.stringify(done.record, null, 2)}\n` : renderCalibration(done.record));
    await out.end();
    return done.degraded ? EXIT.DEGRADED : EXIT.DONE;
  });
}

async function asExitCode(work: () => Promise<number>): Promise<number> {
  try {
    return await asUsageErrors(work);
  } catch (error) {
    if (!(error instanceof MeasuredError)) throw error;
    complain(error.message);
    return EXIT.NO_INPUT;
  }
}

export async function reproduceCalibrate(order: ReproduceOrder): Promise<Reproduced | null> {
  const inputs = order.provenance.inputs.map((input, at) => ({ ...input, place: order.places[at]! }));
  const counts = inputs.filter(({ role }) => role.startsWith(COUNTS));
  const raw = {
    ...order.raw,
    measured: inputs.find(({ role }) => role === MEASURED)?.place,
    capture: counts.map(({ role, place }) => `${role.slice(COUNTS.length + 1)}=${place}`.replace(/^=/, '')),
  } as unknown as RawCalibrateOptions;
  const nameOf = (file: string): string => inputs.find(({ place }) => place === file)?.name ?? basename(file);
  const done = await asUsageErrors(() => calibration(raw, nameOf, order.signal));
  return done === null ? null : reproduced(reportOf(done.record), calibrationFormats(raw.format), order);
}

/** Roles of inputs; captures of one configuration end in its name. */
const MEASURED = 'measured';
const COUNTS = 'counts';

/** The table of the program is a part of its version. */
async function inputsOfRun(
  raw: RawCalibrateOptions,
  { files }: Calibration,
  folder: string,
  hashes: CaptureHashes,
): Promise<ReportInput[]> {
  const used = raw.capture.map(captureOf).filter(({ file }) => files.includes(file));
  const counts = used.map(async ({ name, file }) => {
    const role = name === undefined ? COUNTS : `${COUNTS}-${name}`;
    return inputOf(role, file, folder, basename(file), await hashes.of(file));
  });
  return [
    ...(raw.example ? [] : [inputOf(MEASURED, measuredFile(raw), folder)]),
    ...(await Promise.all(counts)),
  ];
}

interface Calibration extends Counted {
  readonly record: CalibrationRecord;
  readonly profile: Profile;
}

/** Null where the user interrupted it. */
async function calibration(
  raw: RawCalibrateOptions,
  nameOf: (file: string) => string,
  signal: AbortSignal,
): Promise<Calibration | null> {
  const noise = parseNoise(raw.noise);
  const seed = wholeNumber('--seed', raw.seed, 0, 2 ** 31 - 1);
  const replicates = wholeNumber('--replicates', raw.replicates, 100, 100_000);
  const train = parseTrain(raw.train);
  const file = measuredFile(raw);
  const { path, profile } = resolvePath(raw, raw['lro-mode']);
  const { receiveMode } = path;
  const parameters =
    raw.fit === undefined
      ? fittedParameters(profile, receiveMode)
      : parseParameters(raw.fit, profile, receiveMode);
  const rows = readMeasured(file);
  const counted =
    raw.capture.length > 0
      ? await countCaptures(raw, rows, nameOf, signal)
      : scheduled(raw, rows, receiveMode);
  if (counted === null) return null;
  const { observations, counts } = counted;
  const record = calibrate(observations, {
    ...{ measured: nameOf(file), counts, profile, receiveMode, parameters, train },
    ...{ noise, seed, replicates },
  });
  return { ...counted, record, profile };
}

function measuredFile(raw: RawCalibrateOptions): string {
  if (raw.example && raw.measured !== undefined) {
    throw new UsageError('calibrate: --example has its own table, give no file');
  }
  if (raw.example) return packageFile(EXAMPLE);
  if (raw.measured === undefined)
    throw new UsageError('calibrate: give a CSV of measured rows, or --example');
  return raw.measured;
}

/** @throws {MeasuredError} */
function readMeasured(file: string): readonly MeasuredRow[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new MeasuredError(file, null, null, `cannot be read (${code})`, 'give a CSV of measured rows');
  }
  return parseMeasured(text, file);
}

function scheduled(
  raw: RawCalibrateOptions,
  rows: readonly MeasuredRow[],
  receiveMode: ReceiveMode,
): Counted {
  if (raw.poll.length > 0) throw new UsageError('calibrate: --poll counts only with --capture');
  refuseNicOptions(raw);
  const observations = rows.map((row) => {
    const observation = scheduleObservation(row, receiveMode);
    if (observation !== null) return observation;
    throw new UsageError(
      `calibrate: line ${row.line} (${row.configuration}) has no LRO rate to make a schedule of; give it, or --capture`,
    );
  });
  const counts =
    'a schedule at the LRO rate of each row, skbs of its two nearest whole numbers of 1448-byte segments (assumed)';
  return { observations, counts, degraded: false, warnings: [], files: [] };
}

function calibrationFormats(text: string): ReadonlySet<Format> {
  const formats = parseFormats(text);
  const other = [...formats].find((format) => format !== 'csv' && format !== 'tex');
  if (other !== undefined) throw new UsageError(`--format: calibrate writes csv and tex, not ${other}`);
  return formats;
}

function writeProfile(path: string, { profile, record, observations }: Calibration): string[] {
  const name = basename(path).replace(/\.json$/, '');
  const text = `${JSON.stringify(calibratedProfile(name, profile, record, observations), null, 2)}\n`;
  parseProfile(text, path);
  return writeFiles(dirname(path), [{ name: basename(path), text }]);
}

function reportOf(record: CalibrationRecord): Report {
  return {
    record,
    provenanceName: 'calibrate.provenance.json',
    csv: async () => (await import('../report/calibration-csv.ts')).calibrationCsvFiles(record),
    tex: async (origin) => (await import('../report/calibration-tex.ts')).calibrationTexFiles(record, origin),
  };
}

/** `1%`: the share that it is. */
function parseNoise(text: string): number {
  const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) > 50) {
    throw new UsageError(`--noise: '${text}' is not a share from 0% to 50%, such as 1%`);
  }
  return Number(percent) / 100;
}

type Train = Record<Domain, readonly string[] | null>;

/** `Xen,LRO` for both domains, `DomainU=Xen,LRO` for one. */
function parseTrain(texts: readonly string[]): Train {
  const train: Train = { Domain0: null, DomainU: null };
  for (const text of texts) {
    const own = DOMAINS.find((domain) => text.startsWith(`${domain}=`));
    const names = (own === undefined ? text : text.slice(own.length + 1))
      .split(',')
      .map((name) => name.trim());
    const wrong = names.find((name) => !XEN_CONFIGURATIONS.some((known) => known === name));
    if (wrong !== undefined) {
      throw new UsageError(`--train: '${wrong}' is none of ${XEN_CONFIGURATIONS.join(', ')}`);
    }
    for (const domain of own === undefined ? DOMAINS : [own]) train[domain] = names;
  }
  return train;
}

/** What is wrong with the input is said in one line. */
async function asUsageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(`--profile: ${error.message}`);
    if (error instanceof ParameterError) throw new UsageError(`calibrate: ${error.message}`);
    throw error;
  }
}
