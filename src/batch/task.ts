/**
 * A task is a pure function of the capture's content, its name, the resolved options and the version of this program:
 * their hash names its result, on this machine or any other.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { packageVersion } from '../package-root.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';

/** SHA-256, hexadecimal. */
export function taskHash(capture: string, captureSha256: string, study: ResolvedStudy): string {
  // The name of the file stands in the record.
  const parts = { capture: captureSha256, name: basename(capture), study, version: packageVersion() };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** JSON with the keys of every object sorted; typed arrays as arrays, undefined left out. */
export function canonicalJson(value: unknown): string {
  if (ArrayBuffer.isView(value)) return canonicalJson(Array.from(value as Float64Array));
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${entries.join(',')}}`;
}
