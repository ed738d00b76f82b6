/** `--format`: which files a report is made of. */
import type { Options } from 'yargs';
import { CHART_WIDTHS, FORMATS, type Format } from '../report/format-names.ts';
import { UsageError } from './usage.ts';

/** What every command writes; the others are made of the main command's record. */
const COMMON: readonly Format[] = FORMATS.filter((format) => format !== 'html' && format !== 'parquet');

/** The options of commands that write a report with charts. */
export function reportOptions(
  defaults: string,
  among: readonly Format[] = COMMON,
): Readonly<Record<string, Options>> {
  return {
    out: { describe: 'folder for the reports', type: 'string', default: 'reports', requiresArg: true },
    format: {
      describe: `files to write: ${among.join(', ')}, none`,
      type: 'string',
      default: defaults,
      requiresArg: true,
    },
    'chart-width': {
      describe: 'charts for a column (3.33 in) or the page (7 in) of a paper',
      choices: CHART_WIDTHS,
      default: 'column',
      requiresArg: true,
    },
  };
}

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
