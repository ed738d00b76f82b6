/** The files of a batch as a whole. */
import { batchDistributions, type MissingCapture, type NamedRecord } from './batch-distribution.ts';
import { PICTURE_FORMATS } from './figure.ts';
import type { Format } from './format-names.ts';
import type { Report } from './report-files.ts';

const FORMATS: readonly Format[] = ['csv', 'html', ...PICTURE_FORMATS];

/** Of those that are asked for, what a batch writes as a whole: the others are of each capture. */
export function batchFormats(formats: readonly Format[]): Format[] {
  return formats.filter((format) => FORMATS.includes(format));
}

/** @param records at least one */
export function batchReport(records: readonly NamedRecord[], missing: readonly MissingCapture[]): Report {
  const distributions = batchDistributions(records);
  const { tool } = records[0]!.record;
  return {
    record: { tool },
    provenanceName: 'batch.provenance.json',
    missing,
    csv: async () => {
      const { summaryCsv } = await import('./csv.ts');
      const { batchCsv } = await import('./batch-tables.ts');
      return [{ name: 'summary.csv', text: summaryCsv(records, missing) }, batchCsv(distributions)];
    },
    figures: async () =>
      (await import('./chart-spec-batch.ts')).batchSpecs(distributions).map((spec) => ({ kind: 'xy', spec })),
    html: async () => (await import('./html/batch-file.ts')).batchHtmlFile(records, missing),
  };
}
