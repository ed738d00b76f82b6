/** A report folder: written once for each task, and left alone while it is that of the task. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { ResultRecord } from '../replay/result.ts';
import { isDataFile } from '../report/figure-data.ts';
import { type OutputFile, writeFiles } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import {
  PROVENANCE_FILE,
  type Provenance,
  type ReportIdentity,
  type ReportInput,
  type RunProvenance,
} from '../report/provenance.ts';
import { chartWidth, reportFiles, studyReport } from '../report/report-files.ts';
import { hashCapture } from './hash-file.ts';

export interface ReportOrder {
  readonly folder: string;
  readonly formats: readonly Format[];
  readonly run: RunProvenance;
}

/** Of the capture, as far as a report names it. */
export interface CaptureIdentity {
  readonly sha256: string | null;
  readonly task: string | null;
}

/** Returns the paths written. `capture`: its path, `-` for standard input. Throws an OutputError. */
export async function writeReport(
  order: ReportOrder,
  record: ResultRecord,
  capture: string,
  identity: CaptureIdentity | Promise<CaptureIdentity>,
): Promise<string[]> {
  if (order.formats.length === 0) return [];
  return writeFiles(order.folder, await taskReport(order, record, capture, identity));
}

/** The files that `writeReport` writes. */
export async function taskReport(
  { folder, formats, run }: ReportOrder,
  record: ResultRecord,
  capture: string,
  identity: CaptureIdentity | Promise<CaptureIdentity>,
): Promise<OutputFile[]> {
  if (formats.length === 0) return [];
  const named = async (): Promise<ReportIdentity> => {
    const { sha256, task } = await identity;
    return {
      inputs: [{ role: 'capture', name: record.capture.name, path: pathFrom(folder, capture), sha256 }],
      task,
    };
  };
  return reportFiles(studyReport(record), formats, named(), run);
}

/** A file that was read, as the provenance of a report in `folder` names it. `file`: `-` for standard input. */
export function inputOf(
  role: string,
  file: string,
  folder: string,
  name = basename(file),
  sha256 = hashCapture(file),
): ReportInput {
  return { role, name, path: pathFrom(folder, file), sha256 };
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
