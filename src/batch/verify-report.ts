/** A report folder against a run of today: what its provenance says is done again, and every file compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../package-root.ts';
import { type ReplayHooks, type ResolvedStudy, replayCapture } from '../replay/replay-capture.ts';
import { firstDifference } from '../report/first-difference.ts';
import type { Format } from '../report/format-names.ts';
import { contentOf, PROVENANCE_FILE, type Provenance, sha256Of } from '../report/provenance.ts';
import { reportFiles, studyReport } from '../report/report-files.ts';
import { hashFile } from './hash-file.ts';
import { taskHash } from './task.ts';

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
  readonly capture: string;
  /** Whether the capture is the one of the report, by its hash; null where that was not kept. */
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

/** Throws a ProvenanceError. */
export function readProvenance(folder: string): Provenance {
  const file = join(folder, PROVENANCE_FILE);
  let provenance: Partial<Provenance>;
  try {
    provenance = JSON.parse(readFileSync(file, 'utf8')) as Partial<Provenance>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new ProvenanceError(
        `${folder}: there is no ${PROVENANCE_FILE}. The main command and batch write one; what explain, sweep, tune and calibrate wrote cannot be verified`,
      );
    }
    throw new ProvenanceError(`${file}: cannot be read: ${(cause as Error).message}`);
  }
  const { files, options, capture, tool, command } = provenance;
  const isWhole =
    Array.isArray(files) &&
    files.every((one) => typeof one?.name === 'string' && typeof one.sha256 === 'string') &&
    Array.isArray(options) &&
    typeof capture?.name === 'string' &&
    typeof tool?.version === 'string' &&
    typeof command === 'string';
  if (!isWhole) {
    throw new ProvenanceError(
      `${file}: lacks what a run needs (command, options, files with their hashes); it is damaged, or of an earlier version. Write the report again`,
    );
  }
  return provenance as Provenance;
}

export interface VerifyOrder {
  readonly folder: string;
  readonly provenance: Provenance;
  /** Path of the capture. */
  readonly capture: string;
  readonly study: ResolvedStudy;
  readonly formats: readonly Format[];
}

/** Throws what reading the capture throws. Null where it was interrupted. */
export async function verifyReport(order: VerifyOrder, hooks: ReplayHooks): Promise<VerifiedReport | null> {
  const { folder, provenance, capture, study, formats } = order;
  const { sha256, name } = provenance.capture;
  const found = capture === '-' ? null : hashFile(capture);
  const sameCapture = sha256 === null || found === null ? null : sha256 === found;
  const checked = { folder, capture, sameCapture, unchecked: uncheckedFiles(order) };
  if (sameCapture === false) return { ...checked, files: [], notes: [] };

  const record = await replayCapture(capture, study, hooks);
  if (hooks.signal?.aborted === true) return null;
  // The file may have another name by now; what it was called stands in the report.
  const named = { ...record, capture: { ...record.capture, name } };
  const { command, commandLine, options, capture: identity, task } = provenance;
  const run = { command, commandLine, options };
  const all = await reportFiles(studyReport(named), formats, { ...identity, task }, run);
  const files = all.filter((file) => file.name !== PROVENANCE_FILE);
  const fresh = new Map(files.map((file) => [file.name, contentOf(file)]));
  const written = provenance.files.map((file) => file.name);
  const more = [...fresh.keys()].filter((one) => !written.includes(one));
  return {
    ...checked,
    files: provenance.files.map((file) => verifiedFile(folder, file, fresh.get(file.name) ?? null)),
    notes: [
      ...versionNotes(order, found),
      ...(more.length === 0 ? [] : [`this version writes more files: ${more.join(', ')}`]),
    ],
  };
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

function versionNotes({ provenance, study }: VerifyOrder, captureSha256: string | null): string[] {
  const { tool, task, capture } = provenance;
  const here = packageVersion();
  if (tool.version !== here) {
    return [`written by version ${tool.version}, verified by ${here}: what differs may come from that`];
  }
  if (task === null || captureSha256 === null || task === taskHash(capture.name, captureSha256, study)) {
    return [];
  }
  return [
    'the options come out differently: a file that they name (profile, polls) has changed, or this program is another build of its version',
  ];
}

function uncheckedFiles({ folder, provenance }: VerifyOrder): string[] {
  const known = [PROVENANCE_FILE, ...provenance.files.map(({ name }) => name)];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !known.includes(entry.name))
    .map(({ name }) => name)
    .sort();
}
