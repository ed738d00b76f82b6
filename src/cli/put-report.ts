/** Writes the report of a command, and makes its files anew for `analyze verify`. */
import { basename } from 'node:path';
import type { Reproduced } from '../batch/verify-report.ts';
import { writeFiles } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import { inputsOf, type ReportIdentity, type ReportInput } from '../report/provenance.ts';
import { type Report, reportFiles } from '../report/report-files.ts';
import type { Invocation, ReproduceOrder } from './commands/command.ts';
import { sayWritten } from './show-record.ts';

export interface ReportPlace {
  readonly folder: string;
  readonly formats: readonly Format[];
  readonly quiet: boolean;
}

/** @param inputs what it was made of; is asked for only where something is written, as it takes hashing */
export async function putReport(
  report: Report,
  { folder, formats, quiet }: ReportPlace,
  inputs: () => readonly ReportInput[] | Promise<readonly ReportInput[]>,
  invocation: Invocation,
): Promise<void> {
  if (formats.length === 0) return;
  const identity = async (): Promise<ReportIdentity> => ({ inputs: await inputs(), task: null });
  const files = await reportFiles(report, formats, identity(), invocation.provenance());
  sayWritten(writeFiles(folder, files), quiet);
}

/** What `putReport` would write, as the report of the same inputs and command. */
export async function reproduced(
  report: Report,
  formats: Iterable<Format>,
  { provenance }: ReproduceOrder,
  task: string | null = null,
): Promise<Reproduced> {
  const identity = { inputs: inputsOf(provenance), task };
  return { files: await reportFiles(report, [...formats], identity, provenance), task };
}

/** The record of a capture that may have another name by now: what it was called then stands in the report. */
export function named<Record extends { readonly capture: { readonly name: string } }>(
  record: Record,
  { provenance }: ReproduceOrder,
  at = 0,
): Record {
  const input = inputsOf(provenance)[at];
  if (input === undefined) return record;
  // The captures of a batch are told apart by their reports.
  const name = input.role === 'captures' && input.path !== null ? basename(input.path) : input.name;
  return { ...record, capture: { ...record.capture, name } };
}
