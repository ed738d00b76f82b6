/** A report folder: written once for each task, and left alone while it is that of the task. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Returns the paths written. Throws an OutputError. */
export async function writeReport(
  { folder, formats, run }: ReportOrder,
  record: ResultRecord,
  identity: { readonly sha256: string | null; readonly task: string | null },
): Promise<string[]> {
  if (formats.length === 0) return [];
  const files = await reportFiles(record, formats);
  return writeFiles(folder, [...files, provenanceFile(record, run, identity, files)]);
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
  const has = (format: Format): boolean => files.some((name) => name.endsWith(`.${format}`));
  return (
    provenance.task === task && formats.every(has) && files.every((name) => existsSync(join(folder, name)))
  );
}
