/** Where a report comes from: beside its files, with all that is not the same in every run. */
import type { ResultRecord } from '../replay/result.ts';
import type { OutputFile } from './files.ts';

export const PROVENANCE_FILE = 'provenance.json';

/** What was run, how, by what. */
export interface RunProvenance {
  /** The words of the command line. */
  readonly commandLine: readonly string[];
  /** Each option of the command with its value and where that came from. */
  readonly options: readonly { readonly option: string; readonly value: unknown; readonly origin: string }[];
}

export interface Provenance extends RunProvenance {
  readonly tool: ResultRecord['tool'];
  readonly capture: { readonly name: string; readonly sha256: string | null };
  /** Hash of capture, options and version, which names the result; null where the capture was not a file. */
  readonly task: string | null;
  /** The files of the report. */
  readonly files: readonly string[];
  readonly host: { readonly node: string; readonly platform: string; readonly arch: string };
  /** ISO 8601, UTC. */
  readonly date: string;
}

export function provenanceFile(
  record: ResultRecord,
  run: RunProvenance,
  identity: { readonly sha256: string | null; readonly task: string | null },
  files: readonly OutputFile[],
): OutputFile {
  const provenance: Provenance = {
    tool: record.tool,
    capture: { name: record.capture.name, sha256: identity.sha256 },
    task: identity.task,
    ...run,
    files: files.map((file) => file.name),
    host: { node: process.version, platform: process.platform, arch: process.arch },
    date: new Date().toISOString(),
  };
  return { name: PROVENANCE_FILE, text: `${JSON.stringify(provenance, null, 2)}\n` };
}
