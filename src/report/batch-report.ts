/** The files of a batch as a whole. */
import { batchDistributions, type NamedRecord } from './batch-distribution.ts';
import { PICTURE_FORMATS } from './figure.ts';
import type { Format } from './format-names.ts';
import type { Report } from './report-files.ts';

const FORMATS: readonly Format[] = ['csv', ...PICTURE_FORMATS];

/** Of those that are asked for, what a batch writes as a whole: the others are of each capture. */
export function batchFormats(formats: readonly Format[]): Format[] {
  return formats.filter((format) => FORMATS.includes(format));
}

export function batchReport(records: readonly NamedRecord[], tool: Report['record']['tool']): Report {
  const distributions = batchDistributions(records);
  return {
    record: { tool },
    provenanceName: 'batch.provenance.json',
    csv: async () => {
      const { summaryCsv } = await import('./csv.ts');
      const { batchCsv } = await import('./batch-tables.ts');
      return [{ name: 'summary.csv', text: summaryCsv(records) }, batchCsv(distributions)];
    },
    figures: async () =>
      (await import('./batch-charts.ts')).batchSpecs(distributions).map((spec) => ({ kind: 'xy', spec })),
  };
}
