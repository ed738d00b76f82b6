/** The files of one report by format. Writers are loaded when they are needed: start-up counts where none is. */
import { setImmediate } from 'node:timers/promises';
import type { ResultRecord } from '../replay/result.ts';
import type { OutputFile } from './files.ts';

export const FORMATS = ['csv', 'png', 'json', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export async function reportFiles(record: ResultRecord, formats: readonly Format[]): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  if (formats.includes('csv')) files.push(...(await import('./csv.ts')).csvFiles(record));
  if (formats.includes('json')) {
    files.push({ name: 'summary.json', text: `${JSON.stringify(record, null, 2)}\n` });
  }
  if (formats.includes('png')) {
    files.push(...(await import('./chart-png.ts')).chartFiles(record));
    // The pictures behind the files are let go between turns of the event loop, which a batch of kept results does not reach.
    await setImmediate();
  }
  if (formats.includes('parquet')) files.push(...(await import('./parquet.ts')).parquetFiles(record));
  return files;
}
