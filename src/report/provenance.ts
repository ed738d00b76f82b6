/** Where a report comes from: beside its files, with all that is not the same in every run. */
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
  /** Of the capture; null where that was not a file. */
  readonly sha256: string | null;
  /** Hash of capture, options and version, which names the result; null where there is none. */
  readonly task: string | null;
}

export interface Provenance extends RunProvenance {
  readonly tool: ResultRecord['tool'];
  readonly capture: { readonly name: string; readonly sha256: string | null };
  readonly task: string | null;
  /** The files of the report, with the SHA-256 of each. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly host: { readonly node: string; readonly platform: string; readonly arch: string };
  /** ISO 8601, UTC. */
  readonly date: string;
}

export function provenanceFile(
  name: string,
  record: { readonly tool: ResultRecord['tool']; readonly capture: { readonly name: string } },
  run: RunProvenance,
  { sha256, task }: ReportIdentity,
  files: readonly OutputFile[],
): OutputFile {
  const provenance: Provenance = {
    tool: record.tool,
    capture: { name: record.capture.name, sha256 },
    task,
    ...run,
    files: files.map((file) => ({ name: file.name, sha256: hashOf(file) })),
    host: { node: process.version, platform: process.platform, arch: process.arch },
    date: new Date().toISOString(),
  };
  return { name, text: `${JSON.stringify(provenance, null, 2)}\n` };
}

function hashOf(file: OutputFile): string {
  const content = 'text' in file ? file.text : file.bytes;
  return createHash('sha256').update(content).digest('hex');
}
