/** What the captures of a batch say together: on stdout and in files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { batchDistributions, type MissingCapture, type NamedRecord } from '../report/batch-distribution.ts';
import { batchCsv, renderBatch } from '../report/batch-tables.ts';
import { summaryCsv } from '../report/csv.ts';
import { PICTURE_FORMATS } from '../report/figure.ts';
import { type OutputFile, writeFiles } from '../report/files.ts';
import type { Format } from '../report/format-names.ts';
import type { RawAnalyzeOptions } from './raw-analyze-options.ts';
import { sayWritten } from './show-record.ts';
import { createStdout } from './terminal.ts';

/** Nothing without any result. Throws an OutputError. */
export async function reportBatch(
  records: readonly NamedRecord[],
  missing: readonly MissingCapture[],
  formats: readonly Format[],
  raw: RawAnalyzeOptions,
): Promise<void> {
  if (records.length === 0) return;
  const distributions = batchDistributions(records);
  if (!raw.json && records.length > 1) {
    const out = createStdout();
    out.write(renderBatch(records.length, distributions, missing));
    await out.end();
  }
  const files: OutputFile[] = [];
  if (formats.includes('csv')) {
    files.push({ name: 'summary.csv', text: summaryCsv(records, missing) }, batchCsv(distributions));
  }
  if (formats.includes('html')) {
    const [{ batchHtmlFile }, { HTML_FILE }] = await Promise.all([
      import('../report/html/batch-file.ts'),
      import('../report/html/page-shell.ts'),
    ]);
    const captures = records.map((one) => ({
      ...one,
      hasPage: existsSync(join(raw.out, one.name, HTML_FILE)),
    }));
    files.push(batchHtmlFile(captures, missing));
  }
  if (PICTURE_FORMATS.some((format) => formats.includes(format))) {
    const { batchPictures } = await import('../report/batch-charts.ts');
    files.push(...batchPictures(distributions, formats, raw['chart-width']));
  }
  if (files.length > 0) sayWritten(writeFiles(raw.out, files), raw.quiet);
}
