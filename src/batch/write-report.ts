/** A report folder: written once for each task, and left alone while it is that of the task. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { ResultRecord } from '../replay/result.ts';
import { isDataFile } from '../report/figure-data.ts';
import { writeFiles } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import {
  PROVENANCE_FILE,
  type Provenance,
  type ReportIdentity,
  type RunProvenance,
} from '../report/provenance.ts';
import { chartWidth, reportFiles, studyReport } from '../report/report-files.ts';

export interface ReportOrder {
  readonly folder: string;
  readonly formats: readonly Format[];
  readonly run: RunProvenance;
}

/** Returns the paths written. `capture`: its path, `-` for standard input. Throws an OutputError. */
export async function writeReport(
  { folder, formats, run }: ReportOrder,
  record: ResultRecord,
  identity: Omit<ReportIdentity, 'path'> & { readonly capture: string },
): Promise<string[]> {
  if (formats.length === 0) return [];
  const { capture, sha256, task } = identity;
  const path = pathFrom(folder, capture);
  return writeFiles(folder, await reportFiles(studyReport(record), formats, { path, sha256, task }, run));
}

/** From the folder of a report to its capture: stays true where both move together. Null for standard input. */
export function pathFrom(folder: string, capture: string): string | null {
  return capture === '-' ? null : relative(resolve(folder), resolve(capture)).split(sep).join('/');
}

/** Whether the folder holds the report of this task in these formats and this width. */
export function isReportOf({ folder, formats, run }: ReportOrder, task: string): boolean {
  let provenance: Partial<Provenance>;
  try {
    provenance = JSON.parse(readFileSync(join(folder, PROVENANCE_FILE), 'utf8')) as Partial<Provenance>;
  } catch {
    return false;
  }
  const { options = [] } = provenance;
  const names = (provenance.files ?? []).map(({ name }) => name);
  const has = (format: Format): boolean =>
    names.some((name) => name?.endsWith(`.${format}`) && !isDataFile(name));
  return (
    provenance.task === task &&
    formats.every(has) &&
    chartWidth({ options }) === chartWidth(run) &&
    names.every((name) => name !== undefined && existsSync(join(folder, name)))
  );
}
