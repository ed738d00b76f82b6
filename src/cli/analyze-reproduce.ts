/** The files of the main command and of batches again, for `analyze verify`. */
import { hashCapture } from '../batch/hash-file.ts';
import { taskHash } from '../batch/task.ts';
import type { Reproduced } from '../batch/verify-report.ts';
import { type ReplayHooks, replayCapture } from '../replay/replay-capture.ts';
import type { NamedRecord } from '../report/batch-distribution.ts';
import { batchFormats, batchReport } from '../report/batch-report.ts';
import { FORMATS } from '../report/format-names.ts';
import { inputsOf } from '../report/provenance.ts';
import { studyReport } from '../report/report-files.ts';
import type { ReproduceOrder } from './commands/command.ts';
import { withFlows } from './flows-option.ts';
import { parseFormats } from './formats.ts';
import { createPacer } from './pacer.ts';
import { named, reproduced } from './put-report.ts';
import type { RawAnalyzeOptions } from './raw-analyze-options.ts';
import { resolveStudy } from './study-options.ts';

export async function reproduceAnalyze(order: ReproduceOrder): Promise<Reproduced | null> {
  const { provenance, places, signal } = order;
  const raw = order.raw as unknown as RawAnalyzeOptions;
  const formats = [...parseFormats(raw.format, FORMATS)];
  const study = withFlows(resolveStudy(raw), raw.flows, formats);
  const pacer = createPacer(raw.progress && !raw.quiet);
  const hooks: ReplayHooks = {
    stdin: () => process.stdin,
    afterBlock: pacer.tick,
    afterPass: pacer.done,
    signal,
  };
  const inputs = inputsOf(provenance);
  const records: NamedRecord[] = [];
  for (const [at, place] of places.entries()) {
    const record = named(await replayCapture(place, study, hooks), order, at);
    if (signal.aborted) return null;
    records.push({ name: inputs[at]!.name, record });
  }
  const { capture, missing = [] } = provenance;
  if (capture === null) {
    return reproduced(batchReport(records, missing), batchFormats(formats), order);
  }
  const sha256 = hashCapture(places[0]!);
  const task = sha256 === null ? null : taskHash(capture.name, sha256, study);
  return reproduced(studyReport(records[0]!.record), formats, order, task);
}
