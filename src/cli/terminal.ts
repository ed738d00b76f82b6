/** Standard output and error of the command: buffered text with back-pressure, and quiet ends. */
import { once } from 'node:events';
import { EXIT } from './exit-code.ts';

const FLUSH_CHARACTERS = 64 * 1024;

export interface TextOutput {
  write(text: string): void;
  /** Hands over what is buffered if it is much; a promise where the reader is slower. */
  drain(): undefined | Promise<void>;
  end(): Promise<void>;
}

export function createStdout(): TextOutput {
  let buffered: string[] = [];
  let size = 0;

  function push(): boolean {
    const text = buffered.join('');
    buffered = [];
    size = 0;
    return text === '' || process.stdout.write(text);
  }

  return {
    write(text) {
      buffered.push(text);
      size += text.length;
    },
    drain() {
      if (size < FLUSH_CHARACTERS || push()) return undefined;
      return once(process.stdout, 'drain').then(() => undefined);
    },
    async end() {
      if (!push()) await once(process.stdout, 'drain');
    },
  };
}

/** A line on stderr that begins with the program's name. */
export function complain(message: string): void {
  process.stderr.write(`analyze: ${message}\n`);
}

/** A reader that went away (`| head`) ends the program quietly; a full disk does not. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.DONE);
      if (stream === process.stdout)
        complain(`the output cannot be written (${error.code ?? error.message})`);
      process.exit(EXIT.USAGE);
    });
  }
}
