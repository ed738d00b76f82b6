/** `analyze explain`: why packets did and did not merge, and what would change it. */

import { join } from 'node:path';
import { pathFrom } from '../batch/write-report.ts';
import { caveatOf } from '../coalesce/catalog.ts';
import type { ExplainOptions } from '../replay/explain.ts';
import type { ExplainRecord } from '../replay/explain-result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { renderExplanation } from '../report/explain-terminal.ts';
import { makeFolder, writeFiles } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import type { Format } from '../report/format-names.ts';
import { type Report, reportFiles } from '../report/report-files.ts';
import type { Invocation } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { explainOptions, type RawExplainOptions } from './explain-options.ts';
import { explainInThreads } from './explain-threads.ts';
import { parseFormats } from './formats.ts';
import { type HashBeside, hashBeside } from './hash-beside.ts';
import { abortOnSignals } from './pacer.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';

export async function runExplain(raw: RawExplainOptions, invocation: Invocation): Promise<number> {
  const options = await explainOptions(raw);
  const formats = [...parseFormats(raw.format)];
  const name = raw.capture === '-' ? 'stdin' : reportFolderName(raw.capture.split('/').at(-1) ?? '');
  const folder = join(raw.out, name);
  if (formats.length > 0) makeFolder(folder);
  const hash = formats.length === 0 ? null : hashBeside(raw.capture);
  try {
    return await explainAndWrite(raw, options, { folder, formats, hash }, invocation);
  } finally {
    hash?.stop();
  }
}

interface Wanted {
  readonly folder: string;
  readonly formats: readonly Format[];
  /** Null where nothing is written. */
  readonly hash: HashBeside | null;
}

async function explainAndWrite(
  raw: RawExplainOptions,
  options: ExplainOptions,
  { folder, formats, hash }: Wanted,
  invocation: Invocation,
): Promise<number> {
  const signal = abortOnSignals();
  const record = await explainInThreads(raw, options, signal);
  if (signal.aborted) return EXIT.INTERRUPTED;
  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderExplanation(record, textLook()));
  await out.end();
  if (!raw.quiet) {
    for (const caveat of options.engines.map(caveatOf)) if (caveat !== null) complain(caveat);
  }
  for (const warning of record.warnings) complain(`${warning.code}: ${warning.message}`);
  const identity = {
    path: pathFrom(folder, raw.capture),
    sha256: (await hash?.result()) ?? null,
    task: null,
  };
  const files = await reportFiles(reportOf(record), formats, identity, invocation.provenance());
  if (files.length > 0) {
    for (const path of writeFiles(folder, files)) if (!raw.quiet) complain(`wrote ${path}`);
  }
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}

function reportOf(record: ExplainRecord): Report {
  return {
    record,
    jsonName: 'explain.json',
    provenanceName: 'explain.provenance.json',
    csv: async () => (await import('../report/explain-csv.ts')).explainCsvFiles(record),
    figures: async () => (await import('../report/figures.ts')).explainFigures(record),
  };
}
