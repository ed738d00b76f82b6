/** The files of one report by format. Writers are loaded when they are needed: start-up counts where none is. */
import { setImmediate } from 'node:timers/promises';
import type { ResultRecord } from '../replay/result.ts';
import { type Figure, PICTURE_FORMATS } from './figure.ts';
import { figureFiles } from './figure-files.ts';
import { figureOrigin } from './figure-origin.ts';
import type { OutputFile } from './files.ts';
import { CHART_WIDTHS, type ChartWidth, type Format } from './format-names.ts';
import { PROVENANCE_FILE, provenanceFile, type ReportIdentity, type RunProvenance } from './provenance.ts';

const FIGURE_FORMATS: readonly Format[] = [...PICTURE_FORMATS, 'tex'];

/** What a command has to write. */
export interface Report {
  readonly record: {
    readonly tool: ResultRecord['tool'];
    readonly capture: { readonly name: string; readonly packets: number };
  };
  readonly jsonName: string;
  readonly provenanceName: string;
  readonly csv: () => Promise<readonly OutputFile[]>;
  readonly figures: () => Promise<readonly Figure[]>;
  /** What only some reports have. */
  readonly html?: () => Promise<OutputFile>;
  readonly parquet?: () => Promise<readonly OutputFile[]>;
}

/** The report of the main command. */
export function studyReport(record: ResultRecord): Report {
  return {
    record,
    jsonName: 'summary.json',
    provenanceName: PROVENANCE_FILE,
    csv: async () => (await import('./csv.ts')).csvFiles(record),
    figures: async () => (await import('./figures.ts')).studyFigures(record),
    html: async () => (await import('./html/html-file.ts')).htmlFile(record),
    parquet: async () => (await import('./parquet.ts')).parquetFiles(record),
  };
}

/** With its provenance at the end; nothing without formats. */
export async function reportFiles(
  { record, jsonName, provenanceName, csv, figures, html, parquet }: Report,
  formats: readonly Format[],
  identity: ReportIdentity,
  run: RunProvenance,
): Promise<OutputFile[]> {
  if (formats.length === 0) return [];
  const files: OutputFile[] = [];
  if (formats.includes('csv')) files.push(...(await csv()));
  if (formats.includes('json')) {
    files.push({ name: jsonName, text: `${JSON.stringify(record, null, 2)}\n` });
  }
  if (formats.includes('html') && html !== undefined) files.push(await html());
  if (formats.includes('parquet') && parquet !== undefined) files.push(...(await parquet()));
  if (formats.some((format) => FIGURE_FORMATS.includes(format))) {
    const origin = figureOrigin(record, identity.sha256, run);
    files.push(...(await figureFiles(await figures(), formats, { width: chartWidth(run), origin })));
    // The pictures behind the files are let go between turns of the event loop, which a batch of kept results does not reach.
    await setImmediate();
  }
  return [...files, provenanceFile(provenanceName, record, run, identity, files)];
}

/** Of the option `--chart-width`, a column where the command has none. */
export function chartWidth({ options }: Pick<RunProvenance, 'options'>): ChartWidth {
  const asked = options.find(({ option }) => option === 'chart-width')?.value;
  return CHART_WIDTHS.find((known) => known === asked) ?? 'column';
}
