/** Which captures are meant, and where the report of each goes. */
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { reportFolderName, safeName } from '../report/folder-name.ts';
import { findCaptures, isFolder, reportFolders } from './discover.ts';
import { expandGlob } from './glob.ts';

/** One capture to analyse; `folder` of its report is relative to the folder of all reports. */
export interface Job {
  readonly capture: string;
  readonly folder: string;
}

/** Files stand for themselves, folders for the captures in them, patterns for what they match. `-` is stdin. */
export async function findJobs(
  given: readonly string[],
  stdin: () => Readable,
): Promise<{ readonly jobs: readonly Job[]; readonly isBatch: boolean }> {
  const paths = given.flatMap(expandGlob);
  const jobs: Job[] = [];
  const files = paths.filter((path) => path === '-' || !isFolder(path));
  const shorten = (name: string): string => (name === '-' ? 'stdin' : reportFolderName(name));
  for (const file of files) {
    const folders = reportFolders([file], dirname(file), shorten, safeName);
    jobs.push({ capture: file, folder: folders.get(file)! });
  }
  for (const folder of paths.filter((path) => !files.includes(path))) {
    const captures = await findCaptures(folder, stdin);
    for (const [capture, name] of reportFolders(captures, folder, shorten, safeName))
      jobs.push({ capture, folder: name });
  }
  return { jobs: distinct(jobs), isBatch: paths.length > 1 || files.length < paths.length };
}

/** Files of a whole batch, which stand beside the folders of its reports. */
const BATCH_FILE =
  /^(?:summary\.csv|batch\.csv|batch\.provenance\.json|report\.html|batch-[a-z0-9-]+\.[a-z]+)$/i;

/** Captures of different folders may have one name: later ones get a number. */
function distinct(jobs: readonly Job[]): Job[] {
  const taken = new Set<string>();
  return jobs.map(({ capture, folder }) => {
    let name = folder;
    for (let copy = 2; taken.has(name) || BATCH_FILE.test(name); copy++) name = `${folder}-${copy}`;
    taken.add(name);
    return { capture, folder: name };
  });
}
