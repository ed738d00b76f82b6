/** `--format`: which files a report is made of. */
import { FORMATS, type Format } from '../report/report-files.ts';
import { UsageError } from './usage.ts';

/** A list with commas; `none` and nothing are no files. */
export function parseFormats(text: string): Set<Format> {
  const formats = new Set<Format>();
  for (const name of text.split(',').map((part) => part.trim())) {
    if (name === '' || name === 'none') continue;
    const format = FORMATS.find((known) => known === name);
    if (format === undefined)
      throw new UsageError(`--format: '${name}' is none of ${FORMATS.join(', ')}, none`);
    formats.add(format);
  }
  return formats;
}
