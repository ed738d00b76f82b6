/**
 * SHA-256 of capture files, remembered between runs as long as a file is untouched: in one file below the folder of
 * reports, which batches and single runs share. It only saves time: what is wrong with it is no error.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileState, isSettled } from '../capture/file-state.ts';
import { writeFiles } from '../report/files.ts';
import { STORE_FOLDER } from './result-store.ts';

export interface HashedFile {
  /** As `fileState` tells it. */
  readonly state: string;
  readonly sha256: string;
}

export interface HashIndex {
  /** Null where the file is not known in its present state. */
  get(path: string): HashedFile | null;
  /** @param hashed read after the index was opened */
  set(path: string, hashed: HashedFile): void;
  /** Adds what was set to what other runs may have written meanwhile. */
  save(): void;
}

const INDEX_FILE = 'captures.json';
/** What is kept beside the files of the run that writes it. */
const MOST_OTHERS = 4096;

/** @param out folder of reports; null: nothing is looked up or kept */
export function openHashIndex(out: string | null): HashIndex {
  const openedMs = Date.now();
  const folder = out === null ? null : join(out, STORE_FOLDER);
  const known = folder === null ? new Map<string, HashedFile>() : readEntries(folder);
  const seen = new Map<string, HashedFile>();
  let isNew = false;
  return {
    get(path) {
      const hashed = known.get(resolve(path));
      if (hashed === undefined || hashed.state !== fileState(path)) return null;
      seen.set(resolve(path), hashed);
      return hashed;
    },
    set(path, hashed) {
      if (!isSettled(hashed.state, openedMs)) return;
      seen.set(resolve(path), hashed);
      isNew ||= known.get(resolve(path))?.state !== hashed.state;
    },
    save() {
      if (folder === null || !isNew) return;
      const others = [...readEntries(folder)].filter(([path]) => !seen.has(path));
      const entries = Object.fromEntries([...atMost(others), ...seen]);
      try {
        writeFiles(folder, [{ name: INDEX_FILE, text: `${JSON.stringify(entries, null, 1)}\n` }]);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'OutputError')) throw error;
      }
    },
  };
}

/** The latest come last. Files that are gone or changed make room first. */
function atMost(
  entries: readonly (readonly [string, HashedFile])[],
): readonly (readonly [string, HashedFile])[] {
  if (entries.length <= MOST_OTHERS) return entries;
  return entries.filter(([path, { state }]) => fileState(path) === state).slice(-MOST_OTHERS);
}

function readEntries(folder: string): Map<string, HashedFile> {
  let value: unknown = null;
  try {
    value = JSON.parse(readFileSync(join(folder, INDEX_FILE), 'utf8'));
  } catch {}
  return new Map(
    Object.entries(value ?? {}).filter((entry): entry is [string, HashedFile] => isHashed(entry[1])),
  );
}

function isHashed(value: unknown): value is HashedFile {
  const { state, sha256 } = (value ?? {}) as Partial<HashedFile>;
  return typeof state === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}
