/** The files that a worker may read: those below its root, and no way out of it. */
import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';

/** A path below the root as it travels: relative, with `/`. Null where `path` is not below it. */
export function pathBelowRoot(root: string, path: string): string | null {
  const below = relative(realpathSync(root), realpathSync(path));
  return below === '' || isOutside(below) ? null : below.split(sep).join('/');
}

/**
 * The real path of what a job names. It comes from whoever can write to the queue: `..`, absolute paths and links that
 * lead out of the root are refused (null), as is what is not there.
 */
export function resolveBelowRoot(root: string, below: string): string | null {
  if (below.includes('\0') || isAbsolute(below) || below.split(/[\\/]/).includes('..')) return null;
  try {
    const real = realpathSync(join(root, below));
    return isOutside(relative(realpathSync(root), real)) ? null : real;
  } catch {
    return null;
  }
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}
