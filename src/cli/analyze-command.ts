/** The main command: tables on stdout, CSV, charts and the record in files. */
import { join } from 'node:path';
import { findJobs, type Job } from '../batch/jobs.ts';
import { isInShard } from '../batch/shard.ts';
import { taskHash } from '../batch/task.ts';
import { type CaptureIdentity, writeReport } from '../batch/write-report.ts';
import { CaptureError, faultMessage } from '../capture/errors.ts';
import { movesClock } from '../nic/poll.ts';
import { type ResolvedStudy, replayCapture } from '../replay/replay-capture.ts';
import type { ResultRecord } from '../replay/result.ts';
import { isDegraded } from '../replay/warnings.ts';
import { makeFolder } from '../report/files.ts';
import { FORMATS, type Format } from '../report/format-names.ts';
import type { CaptureHashes } from './capture-hash.ts';
import type { Invocation } from './commands/command.ts';
import { EXIT } from './exit-code.ts';
import { withFlows } from './flows-option.ts';
import { parseFormats } from './formats.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import type { QueueChoice, RawAnalyzeOptions } from './raw-analyze-options.ts';
import { parseShard } from './shard-option.ts';
import { sayWritten, showRecord } from './show-record.ts';
import { resolveStudy } from './study-options.ts';
import { complain } from './terminal.ts';
import { UsageError } from './usage.ts';

/** @param hashes null: as a batch, even of one capture */
export async function runAnalyze(
  raw: RawAnalyzeOptions,
  invocation: Invocation,
  hashes: CaptureHashes | null,
  queue: QueueChoice | null = null,
): Promise<number> {
  const formats = [...parseFormats(raw.format, FORMATS)];
  const resolved = withFlows(resolveStudy(raw), raw.flows, formats);
  if (resolved.pace.kind !== 'capture' && raw.captures.includes('-')) {
    throw new UsageError(
      '--pace reads a capture more than once, which stdin does not allow: save it to a file',
    );
  }
  if (hashes === null && raw.captures.includes('-')) throw new UsageError('a batch does not read from stdin');
  const shard = parseShard(raw.shard);
  const { jobs: all, isBatch } = await findJobs(raw.captures, () => process.stdin);
  const jobs = shard === null ? all : all.filter((job) => isInShard(job, shard));
  if (jobs.length === 0) {
    const where =
      shard === null || all.length === 0 ? 'no captures there' : `no captures in shard ${raw.shard}`;
    complain(`${raw.captures.join(' ')}: ${where}. Give a pcap or pcapng file, or a folder that holds some.`);
    return all.length === 0 ? EXIT.NO_INPUT : EXIT.DONE;
  }
  if (formats.length > 0) for (const job of jobs) makeFolder(join(raw.out, job.folder));
  if (hashes !== null && !isBatch) return analyzeOne(jobs[0]!, resolved, formats, raw, invocation, hashes);
  const { runBatch } = await import('./batch-run.ts');
  return runBatch(jobs, resolved, formats, raw, invocation, queue);
}

async function analyzeOne(
  { capture, folder }: Job,
  resolved: ResolvedStudy,
  formats: readonly Format[],
  raw: RawAnalyzeOptions,
  invocation: Invocation,
  hashes: CaptureHashes,
): Promise<number> {
  const signal = abortOnSignals();
  const pacer = createPacer(raw.progress && !raw.quiet);
  if (formats.length > 0) await hashes.begin(capture);
  try {
    const record = await replayCapture(capture, resolved, {
      // With such polls the end waits for the hash, which a thread that reads would keep waiting (docs/performance.md).
      readAhead: !hashes.takesAll() || resolved.study.setups.some(({ poll }) => movesClock(poll)),
      stdin: () => process.stdin,
      afterBlock: pacer.tick,
      afterPass: pacer.done,
      signal,
    });
    if (signal.aborted) return EXIT.INTERRUPTED;
    await showRecord(record, raw.json);
    if (formats.length > 0) {
      const order = { folder: join(raw.out, folder), formats, run: invocation.provenance() };
      const identity = identityOf(capture, hashes, record, resolved);
      sayWritten(await writeReport(order, record, capture, identity), raw.quiet);
    }
    return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    complain(faultMessage(error.fault));
    return EXIT.NO_INPUT;
  }
}

async function identityOf(
  capture: string,
  hashes: CaptureHashes,
  { warnings }: ResultRecord,
  resolved: ResolvedStudy,
): Promise<CaptureIdentity> {
  // The content that was read is gone.
  const changed = warnings.some(({ code }) => code === 'W-CHANGED');
  const sha256 = changed ? null : await hashes.of(capture);
  return { sha256, task: sha256 === null ? null : taskHash(capture, sha256, resolved) };
}
