/** Event counts of measured rows from replays of captures: one for all configurations, or one each. */
import type { MeasuredRow } from '../cost/measured.ts';
import type { Observation } from '../cost/observation.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../path/xen-configurations.ts';
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';
import { openSession } from '../replay/session.ts';
import { study } from '../replay/study.ts';
import { isDegraded } from '../replay/warnings.ts';
import { createPacer } from './pacer.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { UsageError } from './usage.ts';

export interface RawCountOptions extends RawStudyOptions {
  /** `FILE`, or `LRO=FILE` for one configuration. */
  readonly capture: readonly string[];
  readonly quiet: boolean;
  readonly progress: boolean;
}

export interface Counted {
  readonly observations: readonly Observation[];
  /** Where the counts come from, for people. */
  readonly counts: string;
  readonly degraded: boolean;
  /** A line each. */
  readonly warnings: readonly string[];
  /** The captures that were read. */
  readonly files: readonly string[];
}

/** Each capture is replayed once. `nameOf`: what to call a capture. Null where the user interrupted it. */
export async function countCaptures(
  raw: RawCountOptions,
  rows: readonly MeasuredRow[],
  nameOf: (file: string) => string,
  signal: AbortSignal,
): Promise<Counted | null> {
  const captures = capturesOf(raw.capture);
  const files = [...new Set(rows.map(({ configuration }) => fileOf(captures, configuration)))];
  if (files.length > 1 && files.includes('-')) {
    throw new UsageError('--capture: - (stdin) can only be the one capture of all configurations');
  }
  const warnings: string[] = [];
  const records = new Map<string, ResultRecord>();
  let degraded = false;
  for (const file of files) {
    const record = await replay(file, raw, signal);
    if (signal.aborted) return null;
    warnings.push(...record.warnings.map(({ code, message }) => `${nameOf(file)}: ${code}: ${message}`));
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
  const names = files.map(nameOf).join(', ');
  const counts = `a replay of ${names}, polls ${first.options.poll}: ${first.options.pollDescription}`;
  return { observations, counts, degraded, warnings, files };
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

/** `FILE`, or `LRO=FILE`. */
export function captureOf(text: string): {
  readonly name: XenConfiguration | undefined;
  readonly file: string;
} {
  const name = XEN_CONFIGURATIONS.find((known) => text.startsWith(`${known}=`));
  return { name, file: name === undefined ? text : text.slice(name.length + 1) };
}

function capturesOf(texts: readonly string[]): Captures {
  let common: string | null = null;
  const own = new Map<XenConfiguration, string>();
  for (const text of texts) {
    const { name, file } = captureOf(text);
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
