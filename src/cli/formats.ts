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

/** Whether it asks for any, known or not. */
export function writesFiles(text: string): boolean {
  return namesIn(text).length > 0;
}

/** A list with commas; `none` and nothing are no files. */
function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((name) => name !== '' && name !== 'none');
}

export function parseFormats(text: string, among: readonly Format[] = COMMON): Set<Format> {
  const formats = new Set<Format>();
  for (const name of namesIn(text)) {
    const format = among.find((known) => known === name);
    if (format === undefined)
      throw new UsageError(`--format: '${name}' is none of ${among.join(', ')}, none`);
    formats.add(format);
  }
  return formats;
}
