/** Whether a command line is likely to name a capture that takes long to hash, which nothing but its words tells this early. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** A thread takes as long to start as these bytes to hash. */
export const LEAST_BYTES = 32e6;

/** Commands that write the hash of a capture; the main one has no name. */
const HASHING: readonly string[] = ['explain', 'sweep', 'tune', 'compare'];

export function mayHashMuch(argv: readonly string[]): boolean {
  const [first = ''] = argv;
  if (availableParallelism() < 2 || argv.includes('none') || argv.includes('--format=none')) return false;
  return (HASHING.includes(first) || first.startsWith('-') || isLarge(first)) && argv.some(isLarge);
}

function isLarge(word: string): boolean {
  if (word.startsWith('-')) return false;
  const found = statSync(word, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size >= LEAST_BYTES;
}
