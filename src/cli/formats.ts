/** `--format`: which files a report is made of. */
import { FORMATS, type Format } from '../report/report-files.ts';
import { UsageError } from './usage.ts';

/** What every command writes; the others are made of the main command's record. */
const COMMON: readonly Format[] = FORMATS.filter((format) => format !== 'parquet');

/** A list with commas; `none` and nothing are no files. */
export function parseFormats(text: string, among: readonly Format[] = COMMON): Set<Format> {
  const formats = new Set<Format>();
  for (const name of text.split(',').map((part) => part.trim())) {
    if (name === '' || name === 'none') continue;
    const format = among.find((known) => known === name);
    if (format === undefined)
      throw new UsageError(`--format: '${name}' is none of ${among.join(', ')}, none`);
    formats.add(format);
  }
  return formats;
}
