/** Where a report comes from: beside its files, with all that is not the same in every run, and all that a run needs. */
import { createHash } from 'node:crypto';
import type { ResultRecord } from '../replay/result.ts';
import type { MissingCapture } from './batch-distribution.ts';
import type { OutputFile } from './files.ts';

export const PROVENANCE_FILE = 'provenance.json';

/** What was run, how, by what. */
export interface RunProvenance {
  /** Name of the command. */
  readonly command: string;
  /** The words of the command line. */
  readonly commandLine: readonly string[];
  /** Each option of the command with its value and where that came from. */
  readonly options: readonly { readonly option: string; readonly value: unknown; readonly origin: string }[];
}

/** A file that a report is made of. */
export interface ReportInput {
  /** `capture`; of a batch `captures`, of `compare` `a`, `b`; of `calibrate` `measured`, `counts`, `counts-LRO` … */
  readonly role: string;
  readonly name: string;
  /** From the folder of the report, with `/` between folders; null where it was no file. */
  readonly path: string | null;
  /** Null where it was no file, or changed while it was read. */
  readonly sha256: string | null;
}

/** What a report is of. */
export interface ReportIdentity {
  readonly inputs: readonly ReportInput[];
  /** Captures of a batch without a result. */
  readonly missing?: readonly MissingCapture[];
  /** Hash of capture, options and version, which names the result; null where there is none. */
  readonly task: string | null;
}

export interface Provenance extends RunProvenance {
  readonly tool: ResultRecord['tool'];
  /** Null where the report is not of just one capture. */
  readonly capture: Omit<ReportInput, 'role'> | null;
  /** Then it is of these. */
  readonly inputs: readonly ReportInput[];
  /** Captures of a batch without a result, as its files list them; absent where there are none. */
  readonly missing?: readonly MissingCapture[];
  readonly task: string | null;
  /** The files of the report as they were written. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly host: { readonly node: string; readonly platform: string; readonly arch: string };
  /** ISO 8601, UTC. */
  readonly date: string;
}

export function provenanceFile(
  name: string,
  tool: ResultRecord['tool'],
  { command, commandLine, options }: RunProvenance,
  { inputs, missing = [], task }: ReportIdentity,
  files: readonly OutputFile[],
): OutputFile {
  const capture = inputs.length === 1 ? inputs.find(({ role }) => role === 'capture') : undefined;
  const provenance: Provenance = {
    tool,
    capture:
      capture === undefined ? null : { name: capture.name, path: capture.path, sha256: capture.sha256 },
    inputs: capture === undefined ? inputs : [],
    ...(missing.length === 0 ? {} : { missing }),
    task,
    command,
    commandLine,
    options,
    files: files.map((file) => ({ name: file.name, sha256: sha256Of(contentOf(file)) })),
    host: { node: process.version, platform: process.platform, arch: process.arch },
    date: new Date().toISOString(),
  };
  return { name, text: `${JSON.stringify(provenance, null, 2)}\n` };
}

/** All files that it names, that of one capture as well. */
export function inputsOf({
  capture,
  inputs,
}: Pick<Provenance, 'capture' | 'inputs'>): readonly ReportInput[] {
  return capture === null ? inputs : [{ role: 'capture', ...capture }];
}

export function isProvenance(name: string): boolean {
  return name === PROVENANCE_FILE || name.endsWith(`.${PROVENANCE_FILE}`);
}

export function contentOf(file: OutputFile): Uint8Array {
  return 'text' in file ? Buffer.from(file.text) : file.bytes;
}

/** Hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
