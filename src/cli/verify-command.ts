/** `analyze verify`: whether a report comes out of its capture again. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  ProvenanceError,
  readProvenance,
  type VerifiedFile,
  type VerifiedReport,
  verifyReport,
} from '../batch/verify-report.ts';
import { CaptureError, faultMessage } from '../capture/errors.ts';
import { printable } from '../report/format.ts';
import { FORMATS } from '../report/format-names.ts';
import { PROVENANCE_FILE } from '../report/provenance.ts';
import { EXIT } from './exit-code.ts';
import { withFlows } from './flows-option.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals, createPacer, type Pacer } from './pacer.ts';
import { recordedOptions } from './recorded-options.ts';
import { resolveStudy } from './study-options.ts';
import { complain, createStdout } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface RawVerifyOptions {
  readonly reports: readonly string[];
  readonly capture: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runVerify(raw: RawVerifyOptions): Promise<number> {
  const folders = raw.reports.flatMap(reportsBelow);
  if (raw.capture !== undefined && folders.length > 1) {
    throw new UsageError(`--capture is for one report, and there are ${folders.length}`);
  }
  const signal = abortOnSignals();
  const pacer = createPacer(raw.progress && !raw.quiet);
  const done: VerifiedReport[] = [];
  const out = createStdout();
  let unreadable = 0;
  for (const folder of folders) {
    try {
      const report = await verifyOne(folder, raw.capture, pacer, signal);
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

/** The folder itself, or those below it that are reports with a provenance. */
function reportsBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${folder} is no folder: give the folder of a report, such as reports/trace`);
  }
  if (existsSync(join(folder, PROVENANCE_FILE))) return [folder];
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap((path) => reportsBelow(path))
    .filter((path) => existsSync(join(path, PROVENANCE_FILE)));
  return below.length === 0 ? [folder] : below;
}

async function verifyOne(
  folder: string,
  given: string | undefined,
  pacer: Pacer,
  signal: AbortSignal,
): Promise<VerifiedReport | null> {
  const provenance = readProvenance(folder);
  const { path } = provenance.capture;
  if (given === undefined && path === null) {
    throw new ProvenanceError(`${folder}: its capture came from standard input: name it with --capture`);
  }
  const capture = given ?? join(folder, path!);
  if (!existsSync(capture)) {
    throw new ProvenanceError(`${folder}: its capture is not at ${capture}: name it with --capture`);
  }
  const { raw, unrecorded } = recordedOptions(provenance);
  const recorded = (name: string): unknown => provenance.options.find(({ option }) => option === name)?.value;
  const [format, flows] = [recorded('format'), recorded('flows')];
  const formats = [...parseFormats(typeof format === 'string' ? format : '', FORMATS)];
  const report = await verifyReport(
    {
      folder,
      provenance,
      capture,
      study: withFlows(resolveStudy(raw), typeof flows === 'string' ? flows : undefined, formats),
      formats,
    },
    { stdin: () => process.stdin, afterBlock: pacer.tick, afterPass: pacer.done, signal },
  );
  if (report === null || unrecorded.length === 0) return report;
  const note = `not recorded, taken by default: ${unrecorded.map((name) => `--${name}`).join(', ')}`;
  return { ...report, notes: [...report.notes, note] };
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
  const { folder, capture, sameCapture, files, unchecked, notes } = report;
  if (sameCapture === false) return `${folder}: ${capture} is another capture than that of the report\n`;
  const same = files.filter(({ status }) => status === 'same').length;
  const pictures = files.filter(({ kind, status }) => kind === 'picture' && status === 'differs').length;
  const verdict = isDifferent(report)
    ? 'NOT the same'
    : pictures > 0
      ? 'the same but for pictures, which depend on the machine'
      : 'the same';
  const head = `${folder}: ${verdict}; ${same} of ${files.length} files byte for byte, from ${capture}`;
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
