/** `--polls-out F`: where polls ended, one 0-based record number a line, as `--poll file:F` reads it. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UsageError } from './usage.ts';

export interface PollsFile {
  add(lastPacket: number): void;
  /** Finishes the file under its real name. */
  end(): void;
  discard(): void;
}

const FLUSH_CHARACTERS = 64 * 1024;

/** Writes under a temporary name until `end`. Throws a UsageError where the file cannot be made. */
export function openPollsFile(path: string): PollsFile {
  const temporary = `${path}.partial-${process.pid}`;
  let fd: number;
  try {
    fd = openSync(temporary, 'w');
  } catch (cause) {
    throw new UsageError(`--polls-out: ${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`);
  }
  let text = '';

  function flush(): void {
    const bytes = Buffer.from(text);
    text = '';
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  }

  return {
    add(lastPacket) {
      text += `${lastPacket}\n`;
      if (text.length >= FLUSH_CHARACTERS) flush();
    },
    end() {
      flush();
      closeSync(fd);
      renameSync(temporary, path);
    },
    discard() {
      closeSync(fd);
      rmSync(temporary, { force: true });
    },
  };
}
