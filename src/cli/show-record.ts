import { dirname } from 'node:path';
import type { ResultRecord } from '../replay/result.ts';
import { renderTables } from '../report/terminal.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';

/** The record on stdout, its warnings on stderr. */
export async function showRecord(record: ResultRecord, asJson: boolean): Promise<void> {
  const out = createStdout();
  out.write(asJson ? `${JSON.stringify(record, null, 2)}\n` : renderTables(record, textLook()));
  await out.end();
  for (const warning of record.warnings) complain(`${warning.code}: ${warning.message}`);
}

export function sayWritten(paths: readonly string[], quiet: boolean): void {
  if (!quiet) for (const path of paths) complain(`wrote ${path}`);
}

/** One line for a whole report, where there are many. */
export function sayReport(paths: readonly string[], quiet: boolean): void {
  if (!quiet && paths.length > 0) complain(`wrote ${dirname(paths[0]!)} (${paths.length} files)`);
}
