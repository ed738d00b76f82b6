/** Patterns of paths, for whoever has no shell that expands them, or more captures than fit a command line. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const MAGIC = /[*?[]/;

/**
 * The paths that a pattern stands for, sorted: `*`, `?`, `[a-z]`, `[!a-z]` within a name, `**` for folders of any depth;
 * as in a shell, hidden names match only what begins with a dot. A pattern that is the name of something, or matches
 * nothing, stands for itself.
 */
export function expandGlob(pattern: string): string[] {
  if (!MAGIC.test(pattern) || existsSync(pattern)) return [pattern];
  const found = pattern
    .split('/')
    .reduce<readonly string[]>(
      (bases, part) => bases.flatMap((base) => step(base, part)),
      [pattern.startsWith('/') ? '/' : ''],
    );
  const paths = [...new Set(found)].sort();
  return paths.length === 0 ? [pattern] : paths;
}

/** What `part` of a pattern leads to from `base`. */
function step(base: string, part: string): string[] {
  if (part === '') return [base];
  if (part === '**') return [base, ...foldersBelow(base)];
  if (!MAGIC.test(part)) return existsSync(join(base, part)) ? [join(base, part)] : [];
  const rule = ruleOf(part);
  return entriesOf(base)
    .filter(({ name }) => rule.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .map(({ name }) => join(base, name));
}

/** Links are not followed: they may be circular. */
function foldersBelow(base: string): string[] {
  return entriesOf(base)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => [join(base, name), ...foldersBelow(join(base, name))]);
}

/** None where the folder is none, or may not be read. */
function entriesOf(base: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(base);
  } catch {
    return [];
  }
}

function readEntries(base: string): { name: string; isDirectory(): boolean }[] {
  return readdirSync(base === '' ? '.' : base, { withFileTypes: true });
}

function ruleOf(part: string): RegExp {
  const text = part.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (one, not?: string, set?: string) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`;
    if (one === '*') return '.*';
    return one === '?' ? '.' : one.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  });
  try {
    return new RegExp(`^${text}$`, 'su');
  } catch {
    // A range such as [z-a].
    return /^(?!)/;
  }
}
