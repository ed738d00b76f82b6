/** SHA-256 of capture files, remembered as long as a file is untouched. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileState } from '../replay/replay-capture.ts';

export interface HashIndex {
  /** Null where the file is not known in its present state. */
  get(path: string): string | null;
  set(path: string, state: string, sha256: string): void;
  /** As JSON, for `readHashIndex`. */
  text(): string;
}

interface Entry {
  readonly state: string;
  readonly sha256: string;
}

/** What a file of `text()` holds; nothing where it is missing or unreadable: it only saves time. */
export function readHashIndex(file: string): HashIndex {
  const entries = new Map<string, Entry>(Object.entries(parseEntries(file)));
  return {
    get(path) {
      const entry = entries.get(resolve(path));
      return entry !== undefined && entry.state === fileState(path) ? entry.sha256 : null;
    },
    set: (path, state, sha256) => entries.set(resolve(path), { state, sha256 }),
    text: () => `${JSON.stringify(Object.fromEntries([...entries].sort()), null, 1)}\n`,
  };
}

function parseEntries(file: string): Record<string, Entry> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, Entry>) : {};
  } catch {
    return {};
  }
}
