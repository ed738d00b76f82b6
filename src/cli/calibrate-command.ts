/** `analyze calibrate`: fits coefficients of a cost profile to measured rows, and says what the fit is worth. */

import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { calibrate } from '../cost/calibrate.ts';
import { calibratedProfile } from '../cost/calibrated-profile.ts';
import type { CalibrationRecord } from '../cost/calibration-record.ts';
import { MeasuredError, type MeasuredRow, parseMeasured } from '../cost/measured.ts';
import { type Observation, scheduleObservation } from '../cost/observation.ts';
import { fittedParameters, ParameterError, parseParameters } from '../cost/parameters.ts';
import { parseProfile } from '../cost/parse-profile.ts';
import { DOMAINS, type Domain, type Profile, ProfileError } from '../cost/profile.ts';
import { packageFile } from '../package-root.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { XEN_CONFIGURATIONS } from '../path/xen-path.ts';
import { calibrationCsvFiles } from '../report/calibration-csv.ts';
import { renderCalibration } from '../report/calibration-text.ts';
import { writeFiles } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import { countCaptures, type RawCountOptions } from './calibrate-counts.ts';
import { EXIT } from './exit-code.ts';
import { parseFormats } from './formats.ts';
import { refuseNicOptions } from './nic-options.ts';
import { resolvePath } from './path-options.ts';
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

export async function runCalibrate(raw: RawCalibrateOptions): Promise<number> {
  const noise = parseNoise(raw.noise);
  const seed = wholeNumber('--seed', raw.seed, 0, 2 ** 31 - 1);
  const replicates = wholeNumber('--replicates', raw.replicates, 100, 100_000);
  const train = parseTrain(raw.train);
  const formats = calibrationFormats(raw.format);
  const file = measuredFile(raw);
  if (raw.write !== undefined && !/^[A-Za-z0-9][\w.-]*\.json$/.test(basename(raw.write))) {
    throw new UsageError(`--write: '${raw.write}' must end in a plain file name with .json`);
  }
  return asUsageErrors(async () => {
    const { path, profile } = resolvePath(raw, raw['lro-mode']);
    const { receiveMode } = path;
    const parameters =
      raw.fit === undefined
        ? fittedParameters(profile, receiveMode)
        : parseParameters(raw.fit, profile, receiveMode);
    const rows = readMeasured(file);
    const counted = await countsOf(raw, rows, receiveMode);
    if (counted === null) return EXIT.INTERRUPTED;
    const { observations, counts, degraded } = counted;
    const measured = basename(file);
    const options = { measured, counts, profile, receiveMode, parameters, train, noise, seed, replicates };
    const record = calibrate(observations, options);
    await put(raw, formats, record, profile, observations);
    return degraded ? EXIT.DEGRADED : EXIT.DONE;
  });
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

interface Counted {
  readonly observations: readonly Observation[];
  /** Where the counts come from, for people. */
  readonly counts: string;
  readonly degraded: boolean;
}

/** Null where the user interrupted it. */
async function countsOf(
  raw: RawCalibrateOptions,
  rows: readonly MeasuredRow[],
  receiveMode: ReceiveMode,
): Promise<Counted | null> {
  if (raw.capture.length > 0) return countCaptures(raw, rows);
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
  return { observations, counts, degraded: false };
}

function calibrationFormats(text: string): ReadonlySet<Format> {
  const formats = parseFormats(text);
  const other = [...formats].find((format) => format !== 'csv' && format !== 'tex');
  if (other !== undefined) throw new UsageError(`--format: calibrate writes csv and tex, not ${other}`);
  return formats;
}

async function put(
  raw: RawCalibrateOptions,
  formats: ReadonlySet<Format>,
  record: CalibrationRecord,
  profile: Profile,
  observations: readonly Observation[],
): Promise<void> {
  const written: string[] = [];
  if (raw.write !== undefined) {
    const name = basename(raw.write).replace(/\.json$/, '');
    const text = `${JSON.stringify(calibratedProfile(name, profile, record, observations), null, 2)}\n`;
    parseProfile(text, raw.write);
    written.push(...writeFiles(dirname(raw.write), [{ name: basename(raw.write), text }]));
  }
  if (raw.out !== undefined) {
    const csv = formats.has('csv') ? calibrationCsvFiles(record) : [];
    const tex = formats.has('tex')
      ? (await import('../report/calibration-tex.ts')).calibrationTexFiles(record)
      : [];
    written.push(...writeFiles(raw.out, [...csv, ...tex]));
  }
  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderCalibration(record));
  await out.end();
  if (!raw.quiet) for (const path of written) complain(`wrote ${path}`);
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
async function asUsageErrors(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MeasuredError) {
      complain(error.message);
      return EXIT.NO_INPUT;
    }
    if (error instanceof ProfileError) throw new UsageError(`--profile: ${error.message}`);
    if (error instanceof ParameterError) throw new UsageError(`calibrate: ${error.message}`);
    throw error;
  }
}
