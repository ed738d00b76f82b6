/** A report folder against a run of today: what its provenance says is done again, and every file compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../package-root.ts';
import type { MissingCapture } from '../report/batch-distribution.ts';
import type { OutputFile } from '../report/files.ts';
import { firstDifference } from '../report/first-difference.ts';
import {
  contentOf,
  inputsOf,
  isProvenance,
  PROVENANCE_FILE,
  type Provenance,
  type ReportInput,
  sha256Of,
} from '../report/provenance.ts';
import { hashFile } from './hash-file.ts';

/** What became of one file. */
export interface VerifiedFile {
  readonly name: string;
  /** Pictures come from fonts and rasterisers too, which are not the same on every machine. */
  readonly kind: 'data' | 'picture';
  /**
   * `same`: byte for byte. `changed`: no longer what was written, by its hash. `differs`: the run gives another one.
   * `missing`: from the folder. `gone`: this version does not write it.
   */
  readonly status: 'same' | 'changed' | 'differs' | 'missing' | 'gone';
  /** The first place that differs, with both values; null where there is none to show. */
  readonly where: string | null;
}

export interface VerifiedReport {
  readonly folder: string;
  /** File name of its provenance. */
  readonly report: string;
  readonly command: string;
  /** What it was made of, separated by commas; only what is another one, if that is so of any. */
  readonly capture: string;
  /** Whether that is what the report was made of, by its hash; null where that was not kept. */
  readonly sameCapture: boolean | null;
  /** Empty where the capture is another one. */
  readonly files: readonly VerifiedFile[];
  /** In the folder, and not of this report. */
  readonly unchecked: readonly string[];
  readonly notes: readonly string[];
}

/** A folder that cannot be verified: the message says why, and what to do. */
export class ProvenanceError extends Error {
  override readonly name = 'ProvenanceError';
}

/** The file names of all provenances in a folder, that of the main command first. */
export function provenancesIn(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isProvenance(entry.name))
    .map(({ name }) => name)
    .sort();
  const isMain = (name: string): boolean => name === PROVENANCE_FILE;
  return [...names.filter(isMain), ...names.filter((name) => !isMain(name))];
}

/** Throws a ProvenanceError. */
export function readProvenance(folder: string, name: string): Provenance {
  const file = join(folder, name);
  let provenance: Partial<Provenance>;
  try {
    provenance = JSON.parse(readFileSync(file, 'utf8')) as Partial<Provenance>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new ProvenanceError(
        `${folder}: there is no ${PROVENANCE_FILE} and no NAME.${PROVENANCE_FILE}: it holds no report, or one without files`,
      );
    }
    throw new ProvenanceError(`${file}: cannot be read: ${(cause as Error).message}`);
  }
  const { files, options, capture = null, inputs = [], missing = [], tool, command } = provenance;
  const isWhole =
    Array.isArray(files) &&
    files.every((one) => typeof one?.name === 'string' && typeof one.sha256 === 'string') &&
    Array.isArray(options) &&
    Array.isArray(inputs) &&
    inputsOf({ capture, inputs }).every(isInput) &&
    Array.isArray(missing) &&
    missing.every(isMissing) &&
    typeof tool?.version === 'string' &&
    typeof command === 'string';
  if (!isWhole) {
    throw new ProvenanceError(
      `${file}: lacks what a run needs (command, options, files with their hashes); it is damaged, or of an earlier version. Write the report again`,
    );
  }
  return { ...(provenance as Provenance), capture, inputs, missing };
}

function isMissing(capture: Partial<MissingCapture> | undefined): boolean {
  const { name, file, reason } = capture ?? {};
  return [name, file, reason].every((value) => typeof value === 'string');
}

function isInput(input: Partial<ReportInput> | undefined): boolean {
  const { role, name, path, sha256 } = input ?? {};
  const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
  return typeof role === 'string' && typeof name === 'string' && [path, sha256].every(isTextOrNull);
}

/** What a run of today gives. */
export interface Reproduced {
  readonly files: readonly OutputFile[];
  /** As that of a report; null where there is none. */
  readonly task: string | null;
}

export interface VerifyOrder {
  readonly folder: string;
  /** File name of the provenance. */
  readonly name: string;
  readonly provenance: Provenance;
  /** Where each of its inputs is now, in their order. */
  readonly places: readonly string[];
  /** Null where it was interrupted. */
  readonly reproduce: () => Promise<Reproduced | null>;
}

/** Throws what reading the inputs throws. Null where it was interrupted. */
export async function verifyReport(order: VerifyOrder): Promise<VerifiedReport | null> {
  const { folder, name, provenance, places, reproduce } = order;
  const checks = inputsOf(provenance).map(({ sha256 }, at) =>
    sha256 === null ? null : sha256 === hashFile(places[at]!),
  );
  const isOther = checks.includes(false);
  const checked = {
    folder,
    report: name,
    command: provenance.command,
    capture: listed(places.filter((_, at) => !isOther || checks[at] === false)),
    sameCapture: isOther ? false : checks.includes(null) ? null : true,
    unchecked: uncheckedFiles(folder, name),
  };
  if (isOther) return { ...checked, files: [], notes: [] };

  const reproduced = await reproduce();
  if (reproduced === null) return null;
  const files = reproduced.files.filter((file) => file.name !== name);
  const fresh = new Map(files.map((file) => [file.name, contentOf(file)]));
  const written = provenance.files.map((file) => file.name);
  const more = [...fresh.keys()].filter((one) => !written.includes(one));
  return {
    ...checked,
    files: provenance.files.map((file) => verifiedFile(folder, file, fresh.get(file.name) ?? null)),
    notes: [
      ...versionNotes(provenance, reproduced),
      ...missingNotes(provenance),
      ...(more.length === 0 ? [] : [`this version writes more files: ${more.join(', ')}`]),
    ],
  };
}

const MOST_LISTED = 4;

function listed(places: readonly string[]): string {
  return places.length > MOST_LISTED ? `${places.length} captures` : places.join(', ');
}

function verifiedFile(
  folder: string,
  { name, sha256 }: Provenance['files'][number],
  fresh: Uint8Array | null,
): VerifiedFile {
  const kind = /\.(png|pdf)$/.test(name) ? 'picture' : 'data';
  let there: Uint8Array;
  try {
    there = readFileSync(join(folder, name));
  } catch {
    return { name, kind, status: 'missing', where: null };
  }
  if (fresh === null) return { name, kind, status: 'gone', where: null };
  const where = firstDifference(name, there, fresh);
  if (where === null) return { name, kind, status: 'same', where };
  return { name, kind, status: sha256Of(there) === sha256 ? 'differs' : 'changed', where };
}

function versionNotes({ tool, task }: Provenance, reproduced: Reproduced): string[] {
  const here = packageVersion();
  if (tool.version !== here) {
    return [`written by version ${tool.version}, verified by ${here}: what differs may come from that`];
  }
  if (task === null || reproduced.task === null || task === reproduced.task) return [];
  return [
    'the options come out differently: a file that they name (profile, polls) has changed, or this program is another build of its version',
  ];
}

function missingNotes({ missing = [] }: Provenance): string[] {
  if (missing.length === 0) return [];
  return [`without a result then, which is taken as recorded: ${listed(missing.map(({ name }) => name))}`];
}

/** Said once, with the first of the reports in the folder. */
function uncheckedFiles(folder: string, name: string): string[] {
  const reports = provenancesIn(folder);
  if (reports[0] !== name) return [];
  const known = reports.flatMap((one) => [one, ...namesIn(join(folder, one))]);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !known.includes(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Nothing where it is damaged, which is said elsewhere. */
function namesIn(path: string): string[] {
  try {
    const { files } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Provenance>;
    return (files ?? []).map((file) => file.name);
  } catch {
    return [];
  }
}
