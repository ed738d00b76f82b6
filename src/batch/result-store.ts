/** Results by the hash of their task, a file each. A result is complete or is not there: files are renamed into place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultRecord } from '../replay/result.ts';
import { writeFiles } from '../report/files.ts';

export interface StoredResult {
  readonly task: string;
  readonly captureSha256: string;
  readonly record: ResultRecord;
}

/** Below the folder of reports; hidden, so that nobody takes it for a report. */
export const STORE_FOLDER = '.results';

function fileOf(task: string): string {
  return `${task}.json`;
}

/** Null where there is none, or none that this version can read. */
export function readResult(folder: string, task: string): StoredResult | null {
  try {
    const stored = JSON.parse(readFileSync(join(folder, fileOf(task)), 'utf8')) as StoredResult;
    return stored.task === task && stored.record?.recordVersion === 1 ? stored : null;
  } catch {
    return null;
  }
}

/** Throws an OutputError where it cannot be written. */
export function writeResult(folder: string, stored: StoredResult): void {
  writeFiles(folder, [{ name: fileOf(stored.task), text: `${JSON.stringify(stored)}\n` }]);
}
