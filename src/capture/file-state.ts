import { statSync } from 'node:fs';

/** Tells versions of a file apart; constant for what is no file, or cannot be looked at. */
export function fileState(path: string): string {
  try {
    const stat = path === '-' ? undefined : statSync(path, { bigint: true });
    return stat?.isFile() === true
      ? [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ')
      : '';
  } catch {
    return '';
  }
}

/** Coarser than the times of any file system in use: FAT has 2 s. */
const CLOCK_NS = 2_000_000_000n;

/**
 * Whether a file that was in this state at `atMs` will be in another one after any change. Not where it had been changed
 * just before: what its times cannot tell apart would look alike.
 */
export function isSettled(state: string, atMs: number): boolean {
  const [mtimeNs, ctimeNs] = state.split(' ').slice(3).map(BigInt);
  const settledNs = BigInt(Math.floor(atMs)) * 1_000_000n - CLOCK_NS;
  return mtimeNs !== undefined && ctimeNs !== undefined && mtimeNs < settledNs && ctimeNs < settledNs;
}
