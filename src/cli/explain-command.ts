/** `analyze explain`: why packets did and did not merge, and what would change it. */

import { join } from 'node:path';
import type { Reproduced } from '../batch/verify-report.ts';
import { inputOf } from '../batch/write-report.ts';
import { caveatOf } from '../coalesce/catalog.ts';
import type { ExplainRecord } from '../replay/explain-result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { renderExplanation } from '../report/explain-terminal.ts';
import { makeFolder } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import type { ReportInput } from '../report/provenance.ts';
import type { Report } from '../report/report-files.ts';
import type { CaptureHashes } from './capture-hash.ts';
import type { Invocation, ReproduceOrder } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { explainOptions, type RawExplainOptions } from './explain-options.ts';
import { explainInThreads } from './explain-threads.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals } from './pacer.ts';
import { named, putReport, reproduced } from './put-report.ts';
import { complain, createStdout } from './terminal.ts';
import { textLook } from './text-look.ts';

export async function runExplain(
  raw: RawExplainOptions,
  invocation: Invocation,
  hashes: CaptureHashes,
): Promise<number> {
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
  const inputs = async (): Promise<ReportInput[]> => [
    inputOf('capture', raw.capture, folder, record.capture.name, await hashes.of(raw.capture)),
  ];
  await putReport(reportOf(record), { folder, formats, quiet: raw.quiet }, inputs, invocation);
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}

export async function reproduceExplain(order: ReproduceOrder): Promise<Reproduced | null> {
  const raw = { ...order.raw, capture: order.places[0] } as unknown as RawExplainOptions;
  const record = await explainInThreads(raw, await explainOptions(raw), order.signal);
  if (order.signal.aborted) return null;
  return reproduced(reportOf(named(record, order)), parseFormats(raw.format), order);
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
