/** What the tests find around them: the repository, shared data, tools, temporary files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';

/** The repository, as seen from the compiled tests. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const CAPTURES = join(ROOT, 'captures');
export const FORMATS = join(ROOT, 'test', 'captures-formats');
export const VECTORS = join(ROOT, 'test', 'vectors');
/** Data that developers of this project have beside the repository, and users have not. */
export const SHARED_CAPTURES = join(ROOT, '..', 'shared', 'captures');

/** Names of the files in a folder, sorted; none if it is missing. */
export function filesIn(folder: string): string[] {
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isThere ? readdirSync(folder).sort() : [];
}

/** Skips the running test or hook, and says why: reporters do not. */
export function skipWith(context: Context, why: string): never {
  process.stderr.write(`    skipped: ${context.test?.fullTitle() ?? ''}: ${why}\n`);
  return context.skip();
}

export function hasTool(name: string, flag = '--version'): boolean {
  return spawnSync(name, [flag], { stdio: 'ignore' }).status === 0;
}

/** Skips without the tool; in continuous integration its absence is a failure. */
export function needTool(context: Context, name: string, flag = '--version'): void {
  if (hasTool(name, flag)) return;
  const { CI } = process.env;
  if (CI === 'true') throw new Error(`${name} must be installed where CI=true`);
  skipWith(context, `${name} is not installed`);
}

export interface TempFolder {
  path(name: string): string;
  /** Writes a file and returns its path. */
  write(name: string, bytes: Uint8Array | string): string;
}

/** A folder that is there while the tests of a `describe` run. */
export function useTempFolder(): TempFolder {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'analyze-test-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write(name, bytes) {
      writeFileSync(path(name), bytes);
      return path(name);
    },
  };
}

/** Whether both files are there with the same bytes. */
export function isCopy(path: string, other: string): boolean {
  const sizes = [path, other].map((file) => statSync(file, { throwIfNoEntry: false })?.size);
  if (sizes[0] === undefined || sizes[0] !== sizes[1]) return false;
  return readFileSync(path).equals(readFileSync(other));
}
