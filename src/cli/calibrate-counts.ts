/** Event counts of measured rows from replays of captures: one for all configurations, or one each. */
import { basename } from 'node:path';
import type { MeasuredRow } from '../cost/measured.ts';
import type { Observation } from '../cost/observation.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../path/xen-path.ts';
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';
import { openSession } from '../replay/session.ts';
import { study } from '../replay/study.ts';
import { isDegraded } from '../replay/warnings.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { complain } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface RawCountOptions extends RawStudyOptions {
  /** `FILE`, or `LRO=FILE` for one configuration. */
  readonly capture: readonly string[];
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** Each capture is replayed once. Null where the user interrupted it. */
export async function countCaptures(
  raw: RawCountOptions,
  rows: readonly MeasuredRow[],
): Promise<{ observations: readonly Observation[]; counts: string; degraded: boolean } | null> {
  const captures = capturesOf(raw.capture);
  const files = [...new Set(rows.map(({ configuration }) => fileOf(captures, configuration)))];
  if (files.length > 1 && files.includes('-')) {
    throw new UsageError('--capture: - (stdin) can only be the one capture of all configurations');
  }
  const signal = abortOnSignals();
  const records = new Map<string, ResultRecord>();
  let degraded = false;
  for (const file of files) {
    const record = await replay(file, raw, signal);
    if (signal.aborted) return null;
    for (const warning of record.warnings) complain(`${basename(file)}: ${warning.code}: ${warning.message}`);
    degraded ||= isDegraded(record.warnings);
    if (record.receiver.goodputBytes === 0) {
      throw new UsageError(`--capture: ${file} has no TCP data that a receiver got, so no cycles per byte`);
    }
    records.set(file, record);
  }
  const observations = rows.map((row) => {
    const record = records.get(fileOf(captures, row.configuration))!;
    return observationOf(row, record);
  });
  const first = records.get(files[0]!)!;
  const names = [...records.values()].map((record) => record.capture.name).join(', ');
  const counts = `a replay of ${names}, polls ${first.options.poll}: ${first.options.pollDescription}`;
  return { observations, counts, degraded };
}

/** One pass over a capture at its own pace. */
async function replay(file: string, raw: RawCountOptions, signal: AbortSignal): Promise<ResultRecord> {
  const { session: choices, study: options } = resolveStudy({ ...raw, pace: undefined, law: 'none' });
  const pacer = createPacer(raw.progress && !raw.quiet);
  const session = await openSession(file, { ...choices, stdin: () => process.stdin });
  try {
    return await study(session, options, () => pacer.tick(session.reader), signal);
  } finally {
    session.close();
    pacer.done();
  }
}

function observationOf(row: MeasuredRow, record: ResultRecord): Observation {
  const result: ConfigurationResult = record.configurations.find(({ name }) => name === row.configuration)!;
  const { capturedGoodputMbps: goodput, capturedWireRateMbps: wire } = record.throughput;
  return {
    row,
    events: result.events,
    goodputBytes: record.receiver.goodputBytes,
    lroRate: result.lroRate,
    linkShare: goodput === null || wire === null ? null : goodput / wire,
  };
}

interface Captures {
  readonly common: string | null;
  readonly own: ReadonlyMap<XenConfiguration, string>;
}

function capturesOf(texts: readonly string[]): Captures {
  let common: string | null = null;
  const own = new Map<XenConfiguration, string>();
  for (const text of texts) {
    const name = XEN_CONFIGURATIONS.find((known) => text.startsWith(`${known}=`));
    const file = name === undefined ? text : text.slice(name.length + 1);
    if (file === '') throw new UsageError(`--capture: '${text}' names no file`);
    if (name === undefined ? common !== null : own.has(name)) {
      throw new UsageError(`--capture: ${name ?? 'the capture of all configurations'} is given twice`);
    }
    if (name === undefined) common = file;
    else own.set(name, file);
  }
  return { common, own };
}

function fileOf({ common, own }: Captures, configuration: XenConfiguration): string {
  const file = own.get(configuration) ?? common;
  if (file === null) throw new UsageError(`--capture: there is none for ${configuration}`);
  return file;
}
