/** Finds the captures in a folder, by content, and gives each a report folder of its own. */
import { accessSync, constants, type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { isCaptureFile } from '../capture/reader.ts';

/**
 * Captures below `folder`, sorted by path; hidden files and folders, and what is no capture, are left out. What may not be
 * looked into, file or folder, counts as a capture: it then fails with its reason instead of being missed by nobody.
 */
export async function findCaptures(folder: string, stdin: () => Readable): Promise<string[]> {
  const found: string[] = [];
  for (const path of filesBelow(folder))
    if (!mayRead(path) || (await isCaptureFile(path, stdin))) found.push(path);
  return found;
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    return !isRefusal(error);
  }
}

function isRefusal(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

/**
 * Regular files below a folder; links to files are followed, links to folders are not (they may be circular). A folder that
 * may not be read stands for itself.
 */
function filesBelow(folder: string): string[] {
  const files: string[] = [];
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isRefusal(error)) return [folder];
    throw error;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...filesBelow(path));
    else if (entry.isFile() || (entry.isSymbolicLink() && isFile(path))) files.push(path);
  }
  return files;
}

function isFile(path: string): boolean {
  return look(path)?.isFile() ?? false;
}

export function isFolder(path: string): boolean {
  return look(path)?.isDirectory() ?? false;
}

/** Undefined for what is not there or cannot be looked at. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * The report folder of each capture below `out`: its path below `root` with the file name shortened by
 * `shorten`. Where two captures would share one, the later keeps its whole file name.
 */
export function reportFolders(
  captures: readonly string[],
  root: string,
  shorten: (name: string) => string,
  keep: (name: string) => string,
): Map<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const capture of captures) {
    const parts = relative(root, capture).split(/[\\/]/);
    const name = parts.pop() ?? capture;
    const parents = parts.map(keep);
    let folder = [...parents, shorten(name)].join('/');
    if (taken.has(folder)) folder = [...parents, keep(name)].join('/');
    for (let copy = 2; taken.has(folder); copy++) folder = [...parents, `${keep(name)}-${copy}`].join('/');
    taken.add(folder);
    folders.set(capture, folder);
  }
  return folders;
}
