/** `analyze verify`: whether a report comes out of its capture again. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  ProvenanceError,
  provenancesIn,
  readProvenance,
  type VerifiedFile,
  type VerifiedReport,
  verifyReport,
} from '../batch/verify-report.ts';
import { CaptureError, faultMessage } from '../capture/errors.ts';
import { printable } from '../report/format.ts';
import { inputsOf, PROVENANCE_FILE, type ReportInput } from '../report/provenance.ts';
import { type CommandDefinition, commandName, type Invocation } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { abortOnSignals } from './pacer.ts';
import { recordedOptions } from './recorded-options.ts';
import { complain, createStdout } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface RawVerifyOptions {
  readonly reports: readonly string[];
  readonly capture: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runVerify(raw: RawVerifyOptions, { commands }: Invocation): Promise<number> {
  const folders = raw.reports.flatMap(reportsBelow);
  if (raw.capture.length > 0 && folders.length > 1) {
    throw new UsageError(`--capture is for the reports of one folder, and there are ${folders.length}`);
  }
  const signal = abortOnSignals();
  const done: VerifiedReport[] = [];
  const out = createStdout();
  let unreadable = 0;
  for (const { folder, name } of folders.flatMap(reportsIn)) {
    try {
      const report = await verifyOne({ folder, name }, raw, commands, signal);
      if (report === null) break;
      done.push(report);
      if (!raw.json) out.write(renderReport(report));
    } catch (error) {
      const message = faultOf(error);
      if (message === null) throw error;
      unreadable++;
      complain(message);
    }
  }
  if (raw.json) out.write(`${JSON.stringify(done, null, 2)}\n`);
  await out.end();
  if (signal.aborted) return EXIT.INTERRUPTED;
  if (done.some(isDifferent)) return EXIT.DIFFERENT;
  return unreadable > 0 ? EXIT.NO_INPUT : EXIT.DONE;
}

/** The folder and those below it that hold reports with a provenance; itself where there are none. */
function reportsBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${folder} is no folder: give the folder of a report, such as reports/trace`);
  }
  const found = foldersBelow(folder).filter((path) => provenancesIn(path).length > 0);
  return found.length === 0 ? [folder] : found;
}

function foldersBelow(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort();
  return [folder, ...below.flatMap(foldersBelow)];
}

interface ReportFile {
  readonly folder: string;
  /** Of the provenance. */
  readonly name: string;
}

function reportsIn(folder: string): ReportFile[] {
  const names = provenancesIn(folder);
  return (names.length === 0 ? [PROVENANCE_FILE] : names).map((name) => ({ folder, name }));
}

async function verifyOne(
  { folder, name }: ReportFile,
  { capture, quiet, progress }: RawVerifyOptions,
  commands: readonly CommandDefinition[],
  signal: AbortSignal,
): Promise<VerifiedReport | null> {
  const provenance = readProvenance(folder, name);
  const definition = commands.find((one) => commandName(one) === provenance.command);
  if (definition?.reproduce === undefined) {
    throw new ProvenanceError(
      `${join(folder, name)}: this version writes no reports of '${provenance.command}'`,
    );
  }
  const { reproduce, options } = definition;
  const places = placesOf(folder, inputsOf(provenance), capture);
  const { raw: recorded, unrecorded } = recordedOptions(provenance, options);
  const raw = { ...recorded, quiet, progress };
  const report = await verifyReport({
    folder,
    name,
    provenance,
    places,
    reproduce: () => reproduce({ provenance, raw, places, signal }),
  });
  if (report === null || unrecorded.length === 0) return report;
  const note = `not recorded, taken by default: ${unrecorded.map((one) => `--${one}`).join(', ')}`;
  return { ...report, notes: [...report.notes, note] };
}

/** Where each input is: as `--capture` says, or by its path. Throws a ProvenanceError. */
function placesOf(folder: string, inputs: readonly ReportInput[], given: readonly string[]): string[] {
  const keys = inputs.map(({ role, name }) => (role === 'captures' ? name : role));
  const isNamed = (text: string): boolean => keys.some((key) => text.startsWith(`${key}=`));
  const unknown = given.find((text) => inputs.length !== 1 && !isNamed(text));
  if (unknown !== undefined) {
    throw new UsageError(`--capture: '${unknown}' is none of ${keys.map((key) => `${key}=FILE`).join(', ')}`);
  }
  return inputs.map(({ path, name }, at) => {
    const key = keys[at]!;
    const own = given.find((text) => text.startsWith(`${key}=`))?.slice(key.length + 1);
    const place = own ?? (inputs.length === 1 ? given[0] : undefined);
    const advice = `name it with --capture${inputs.length === 1 ? '' : ` ${key}=FILE`}`;
    const what = `${folder}: ${inputs.length === 1 ? 'its capture' : `its ${key} (${name})`}`;
    if (place === undefined && path === null) {
      throw new ProvenanceError(`${what} came from standard input: ${advice}`);
    }
    const file = place ?? join(folder, path!);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) throw new ProvenanceError(`${what} is not at ${file}: ${advice}`);
    if (!stat.isFile())
      throw new ProvenanceError(`${what} is no file that can be read again, ${file}: ${advice}`);
    return file;
  });
}

/** Null for what is no fault of the report or its capture. */
function faultOf(error: unknown): string | null {
  if (error instanceof CaptureError) return faultMessage(error.fault);
  return error instanceof ProvenanceError ? error.message : null;
}

/** Pictures count where they are not what was written; that they come out differently is said and no more. */
function isDifferent({ sameCapture, files }: VerifiedReport): boolean {
  return (
    sameCapture === false ||
    files.some(({ kind, status }) => status !== 'same' && (kind === 'data' || status !== 'differs'))
  );
}

const STATUS: Readonly<Record<VerifiedFile['status'], string>> = {
  same: 'the same',
  changed: 'was changed after it was written',
  differs: 'comes out differently',
  missing: 'is missing',
  gone: 'is not written by this version',
};

function renderReport(report: VerifiedReport): string {
  const { folder, report: name, capture, sameCapture, files, unchecked, notes } = report;
  const title = name === PROVENANCE_FILE ? folder : join(folder, name);
  if (sameCapture === false) {
    return `${printable(`${title}: ${capture} is another capture than that of the report`)}\n`;
  }
  const same = files.filter(({ status }) => status === 'same').length;
  const pictures = files.filter(({ kind, status }) => kind === 'picture' && status === 'differs').length;
  const verdict = isDifferent(report)
    ? 'NOT the same'
    : pictures > 0
      ? 'the same but for pictures, which depend on the machine'
      : 'the same';
  const from = capture === '' ? '' : `, from ${capture}`;
  const head = `${title}: ${verdict}; ${same} of ${files.length} files byte for byte${from}`;
  const lines = [
    ...files
      .filter(({ status }) => status !== 'same')
      .map(({ name, status, where }) => `${name} ${STATUS[status]}${where === null ? '' : `: ${where}`}`),
    ...(sameCapture === null ? ['the hash of the capture was not kept: it may be another one'] : []),
    ...notes,
    ...(unchecked.length === 0 ? [] : [`not of this report, not compared: ${unchecked.join(', ')}`]),
  ];
  return `${[head, ...lines.map((line) => `  ${line}`)].map(printable).join('\n')}\n`;
}
