/** Where a report comes from: beside its files, with all that is not the same in every run, and all that a run needs. */
import { createHash } from 'node:crypto';
import type { ResultRecord } from '../replay/result.ts';
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

/** What a report is of. */
export interface ReportIdentity {
  /** Of the capture, from the folder of the report, with `/` between folders; null where it was no file. */
  readonly path: string | null;
  /** Of the capture; null where that was not a file. */
  readonly sha256: string | null;
  /** Hash of capture, options and version, which names the result; null where there is none. */
  readonly task: string | null;
}

export interface Provenance extends RunProvenance {
  readonly tool: ResultRecord['tool'];
  readonly capture: { readonly name: string } & Pick<ReportIdentity, 'path' | 'sha256'>;
  readonly task: string | null;
  /** The files of the report as they were written. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly host: { readonly node: string; readonly platform: string; readonly arch: string };
  /** ISO 8601, UTC. */
  readonly date: string;
}

export function provenanceFile(
  name: string,
  record: { readonly tool: ResultRecord['tool']; readonly capture: { readonly name: string } },
  run: RunProvenance,
  { path, sha256, task }: ReportIdentity,
  files: readonly OutputFile[],
): OutputFile {
  const provenance: Provenance = {
    tool: record.tool,
    capture: { name: record.capture.name, path, sha256 },
    task,
    ...run,
    files: files.map((file) => ({ name: file.name, sha256: sha256Of(contentOf(file)) })),
    host: { node: process.version, platform: process.platform, arch: process.arch },
    date: new Date().toISOString(),
  };
  return { name, text: `${JSON.stringify(provenance, null, 2)}\n` };
}

export function contentOf(file: OutputFile): Uint8Array {
  return 'text' in file ? Buffer.from(file.text) : file.bytes;
}

/** Hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
