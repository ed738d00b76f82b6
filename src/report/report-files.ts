/** The files of one report by format. Writers are loaded when they are needed: start-up counts where none is. */
import { setImmediate } from 'node:timers/promises';
import type { ResultRecord } from '../replay/result.ts';
import type { MissingCapture } from './batch-distribution.ts';
import type { TextFile } from './csv.ts';
import { csvComments } from './csv-comments.ts';
import { type Figure, PICTURE_FORMATS } from './figure.ts';
import { figureFiles } from './figure-files.ts';
import { type FigureOrigin, figureOrigin } from './figure-origin.ts';
import type { OutputFile } from './files.ts';
import { CHART_WIDTHS, type ChartWidth, type Format } from './format-names.ts';
import { PROVENANCE_FILE, provenanceFile, type ReportIdentity, type RunProvenance } from './provenance.ts';

const FIGURE_FORMATS: readonly Format[] = [...PICTURE_FORMATS, 'tex'];

/** What a command has to write. */
export interface Report {
  readonly record: {
    readonly tool: ResultRecord['tool'];
    readonly capture?: { readonly packets: number };
  };
  readonly provenanceName: string;
  /** What its provenance lists as such: nobody can tell from the captures why one had no result. */
  readonly missing?: readonly MissingCapture[];
  /** Without the comments that say where it comes from. */
  readonly csv: () => Promise<readonly TextFile[]>;
  /** What only some reports have. */
  readonly jsonName?: string;
  readonly figures?: () => Promise<readonly Figure[]>;
  readonly tex?: (origin: FigureOrigin) => Promise<readonly OutputFile[]>;
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

/**
 * With its provenance at the end; nothing without formats.
 * @param identity may still be on its way, as hashing takes time: what can be done without it is done first
 */
export async function reportFiles(
  { record, jsonName, provenanceName, missing = [], csv, figures, tex, html, parquet }: Report,
  formats: readonly Format[],
  identity: ReportIdentity | Promise<ReportIdentity>,
  run: RunProvenance,
): Promise<OutputFile[]> {
  if (formats.length === 0) return [];
  const tables = formats.includes('csv') ? await csv() : [];
  const { tool, capture } = record;
  const known = await identity;
  const origin = figureOrigin(tool, capture?.packets ?? null, known.inputs, run);
  const comments = csvComments(origin);
  const files: OutputFile[] = tables.map(({ name, text }) => ({ name, text: text + comments }));
  if (formats.includes('json') && jsonName !== undefined) {
    files.push({ name: jsonName, text: `${JSON.stringify(record, null, 2)}\n` });
  }
  if (formats.includes('html') && html !== undefined) files.push(await html());
  if (formats.includes('parquet') && parquet !== undefined) files.push(...(await parquet()));
  if (formats.includes('tex') && tex !== undefined) files.push(...(await tex(origin)));
  if (figures !== undefined && formats.some((format) => FIGURE_FORMATS.includes(format))) {
    files.push(...(await figureFiles(await figures(), formats, { width: chartWidth(run), origin })));
    // The pictures behind the files are let go between turns of the event loop, which a batch of kept results does not reach.
    await setImmediate();
  }
  return [...files, provenanceFile(provenanceName, tool, run, { ...known, missing }, files)];
}

/** Of the option `--chart-width`, a column where the command has none. */
export function chartWidth({ options }: Pick<RunProvenance, 'options'>): ChartWidth {
  const asked = options.find(({ option }) => option === 'chart-width')?.value;
  return CHART_WIDTHS.find((known) => known === asked) ?? 'column';
}
