/** A report folder: written once for each task, and left alone while it is that of the task. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { ResultRecord } from '../replay/result.ts';
import { writeFiles } from '../report/files.ts';
import {
  PROVENANCE_FILE,
  type Provenance,
  provenanceFile,
  type RunProvenance,
} from '../report/provenance.ts';
import { type Format, reportFiles } from '../report/report-files.ts';

export interface ReportOrder {
  readonly folder: string;
  readonly formats: readonly Format[];
  readonly run: RunProvenance;
}

/** Returns the paths written. `capture`: its path, `-` for standard input. Throws an OutputError. */
export async function writeReport(
  { folder, formats, run }: ReportOrder,
  record: ResultRecord,
  identity: { readonly capture: string; readonly sha256: string | null; readonly task: string | null },
): Promise<string[]> {
  if (formats.length === 0) return [];
  const files = await reportFiles(record, formats);
  const { capture, sha256, task } = identity;
  const path = capture === '-' ? null : pathFrom(folder, capture);
  return writeFiles(folder, [...files, provenanceFile(record, run, { path, sha256, task }, files)]);
}

/** Stays true where report and capture move together. */
function pathFrom(folder: string, capture: string): string {
  return relative(resolve(folder), resolve(capture)).split(sep).join('/');
}

/** Whether the folder holds the report of this task in these formats. */
export function isReportOf({ folder, formats }: ReportOrder, task: string): boolean {
  let provenance: Partial<Provenance>;
  try {
    provenance = JSON.parse(readFileSync(join(folder, PROVENANCE_FILE), 'utf8')) as Partial<Provenance>;
  } catch {
    return false;
  }
  const { files = [] } = provenance;
  const names = files.map((file) => file.name ?? '');
  const has = (format: Format): boolean => names.some((name) => name.endsWith(`.${format}`));
  return (
    provenance.task === task &&
    formats.every(has) &&
    names.every((name) => name !== '' && existsSync(join(folder, name)))
  );
}
