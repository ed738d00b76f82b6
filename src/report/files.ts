/** Writes the files of one report so that nobody ever reads half of one. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type OutputFile =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly bytes: Uint8Array };

/** The output could not be written: the message names the path, the cause and what to do. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly path: string;
  /** Of the operating system, such as `ENOSPC`; null where it gave none. */
  readonly code: string | null;

  constructor(path: string, cause: unknown) {
    const code = errorCode(cause);
    super(`cannot write ${path}: ${explain(code, cause)}`, { cause });
    this.path = path;
    this.code = code;
  }
}

/** File names come from this program, never from a capture; this catches the day when one does. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Makes `folder` and writes `files` into it: all under temporary names first, then renamed, so that a failure while
 * writing leaves an earlier report as it was. Returns the paths in the order of `files`. Throws OutputError.
 */
export function writeFiles(folder: string, files: readonly OutputFile[]): string[] {
  for (const file of files) {
    if (!SAFE_NAME.test(file.name)) throw new RangeError(`not a file name of a report: ${file.name}`);
  }
  makeFolder(folder);

  const suffix = `.${randomBytes(6).toString('hex')}.tmp`;
  const planned = files.map((file) => ({
    path: join(folder, file.name),
    temporary: join(folder, `.${file.name}${suffix}`),
    content: 'text' in file ? file.text : file.bytes,
  }));
  try {
    for (const { path, temporary, content } of planned) {
      attempt(path, () => writeFileSync(temporary, content, { flag: 'wx' }));
    }
    for (const { path, temporary } of planned) attempt(path, () => renameSync(temporary, path));
  } catch (error) {
    for (const { temporary } of planned) rmSync(temporary, { force: true });
    throw error;
  }
  return planned.map(({ path }) => path);
}

/** Makes `folder` where it is missing. Throws OutputError if that fails or nothing can be written into it. */
export function makeFolder(folder: string): void {
  attempt(folder, () => {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  });
}

function attempt(path: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

function errorCode(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

const ELSEWHERE = 'choose another folder with --out';

const EXPLANATIONS: Readonly<Record<string, string>> = {
  EACCES: `no permission; change the permissions or ${ELSEWHERE}`,
  EPERM: `no permission; change the permissions or ${ELSEWHERE}`,
  EROFS: `the file system is read-only; ${ELSEWHERE}`,
  ENOSPC: `the disk is full; free some space or ${ELSEWHERE}`,
  EDQUOT: `the disk quota is used up; free some space or ${ELSEWHERE}`,
  ENOTDIR: `a part of the path is a file, not a folder; ${ELSEWHERE}`,
  EEXIST: `a file with the name of the folder is in the way; remove it or ${ELSEWHERE}`,
  EISDIR: `a folder with this name is in the way; remove it or ${ELSEWHERE}`,
  ENAMETOOLONG: `the path is too long; ${ELSEWHERE}`,
  ENOENT: `the folder cannot be made here; ${ELSEWHERE}`,
};

function explain(code: string | null, cause: unknown): string {
  const known = code === null ? undefined : EXPLANATIONS[code];
  if (known !== undefined) return `${known} (${code})`;
  return `${cause instanceof Error ? cause.message : String(cause)}; ${ELSEWHERE}`;
}
