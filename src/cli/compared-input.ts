/** What `analyze compare` is given: the folder of a report, its summary.json, or a capture that is run. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultRecord } from '../replay/result.ts';
import { UsageError } from './usage.ts';

export type ComparedSource =
  /** `source`: as it was given; `file`: what is read. */
  | {
      readonly kind: 'record';
      readonly source: string;
      readonly file: string;
      readonly record: ResultRecord;
    }
  | { readonly kind: 'capture'; readonly source: string; readonly file: string };

/** Throws a UsageError for what is none of them; whether a capture can be read shows when it is. */
export function comparedSource(source: string): ComparedSource {
  const stat = source === '-' ? undefined : statSync(source, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return recordIn(source, join(source, 'summary.json'));
  return stat?.isFile() === true && firstByte(source) === '{'
    ? recordIn(source, source)
    : { kind: 'capture', source, file: source };
}

function firstByte(path: string): string {
  const byte = new Uint8Array(1);
  const fd = openSync(path, 'r');
  try {
    return readSync(fd, byte, 0, 1, 0) === 0 ? '' : String.fromCharCode(byte[0]!);
  } finally {
    closeSync(fd);
  }
}

function recordIn(source: string, path: string): ComparedSource {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ENOENT'
        ? `${source} holds no summary.json: give the folder of a report with --format json`
        : `${path} is no result: ${message}`,
    );
  }
  const record = value as Partial<ResultRecord> | null;
  const isResult =
    record?.recordVersion === 1 &&
    Array.isArray(record.configurations) &&
    [record.capture, record.receiver, record.options, record.throughput, record.tool].every(
      (part) => typeof part === 'object' && part !== null,
    );
  if (!isResult) throw new UsageError(`${path} is no result of the main command (schema/result.schema.json)`);
  // Results of earlier versions were not sliced.
  return {
    kind: 'record',
    source,
    file: path,
    record: { ...(record as ResultRecord), slices: record.slices ?? null },
  };
}
