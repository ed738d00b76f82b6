/** Writes a set of files into a folder: each under a temporary name, then renamed. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type OutputFile =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly bytes: Uint8Array };

/** An output that could not be written: names the path and what to do. */
export class OutputError extends Error {
  constructor(path: string, cause: NodeJS.ErrnoException) {
    const advice: Record<string, string> = {
      EACCES: 'name a folder that you may write to with --out',
      EROFS: 'name a folder that you may write to with --out',
      ENOSPC: 'the disk is full: make room, or name another place with --out',
      ENOTDIR: 'a file stands where a folder is needed: name another place with --out',
      EEXIST: 'a file stands where a folder is needed: name another place with --out',
    };
    const code = cause.code ?? cause.message;
    super(`${path} cannot be written (${code}); ${advice[code] ?? 'name another place with --out'}`);
    this.name = 'OutputError';
  }
}

/** Makes the folder and writes the files, whose names are ours; returns their paths. Throws an OutputError. */
export function writeFiles(folder: string, files: readonly OutputFile[]): string[] {
  makeFolder(folder);
  return files.map((file) => {
    const path = join(folder, file.name);
    const temporary = `${path}.partial-${process.pid}`;
    try {
      writeWhole(temporary, 'text' in file ? Buffer.from(file.text) : file.bytes);
      renameSync(temporary, path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw new OutputError(path, cause as NodeJS.ErrnoException);
    }
    return path;
  });
}

/** Throws an OutputError where the folder cannot be made. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new OutputError(folder, cause as NodeJS.ErrnoException);
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
}

const EXTENSIONS = /\.(gz|zst|zstd|pcap|pcapng|pcapnano|cap|ntar|dmp)$/i;
/** Longest name that every file system takes, with room for a number and a temporary ending. */
const MAX_NAME_CHARACTERS = 120;

/** A name for a report folder: the capture's, without its endings, made safe. */
export function reportFolderName(captureName: string): string {
  let name = captureName;
  while (EXTENSIONS.test(name)) name = name.replace(EXTENSIONS, '');
  return safeName(name);
}

/** A name that is one plain path segment: never empty, hidden, `.`, `..` or with a separator. */
export function safeName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._+@ -]/g, '_')
    .replace(/^[. ]+/, '')
    .replace(/[. ]+$/, '')
    .slice(0, MAX_NAME_CHARACTERS);
  return safe === '' ? 'capture' : safe;
}
