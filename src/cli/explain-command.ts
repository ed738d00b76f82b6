/** `analyze explain`: why packets did and did not merge, and what would change it. */

import { join } from 'node:path';
import { hashCapture } from '../batch/content-hash.ts';
import { pathFrom } from '../batch/write-report.ts';
import { caveatOf } from '../coalesce/catalog.ts';
import type { ExplainRecord } from '../replay/explain-result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { renderExplanation } from '../report/explain-terminal.ts';
import { makeFolder, writeFiles } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import { type Report, reportFiles } from '../report/report-files.ts';
import type { Invocation } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { explainOptions, type RawExplainOptions } from './explain-options.ts';
import { explainInThreads } from './explain-threads.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals } from './pacer.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';

export async function runExplain(raw: RawExplainOptions, invocation: Invocation): Promise<number> {
  const options = await explainOptions(raw);
  const formats = [...parseFormats(raw.format)];
  const name = raw.capture === '-' ? 'stdin' : reportFolderName(raw.capture.split('/').at(-1) ?? '');
  const folder = join(raw.out, name);
  if (formats.length > 0) makeFolder(folder);
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
  const sha256 = formats.length === 0 ? null : hashCapture(raw.capture);
  const identity = { path: pathFrom(folder, raw.capture), sha256, task: null };
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
