/** SHA-256 of a file, without anything that a thread which does nothing else would have to load. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { alignedBytes } from '../capture/aligned-bytes.ts';

const READ_BYTES = 1024 * 1024;

/** Hexadecimal. Throws what the file system throws. */
export function hashFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = alignedBytes(READ_BYTES);
  const fd = openSync(path, 'r');
  try {
    for (;;) {
      const got = readSync(fd, chunk, 0, chunk.length, null);
      if (got === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, got));
    }
  } finally {
    closeSync(fd);
  }
}

/** Of a capture as it is named on the command line; null where it cannot be read again (stdin, a pipe). */
export function hashCapture(capture: string): string | null {
  return capture !== '-' && statSync(capture).isFile() ? hashFile(capture) : null;
}
