/** Standard output and error of the command: buffered text with back-pressure, and quiet ends. */
import { once } from 'node:events';
import { fstatSync, type Stats, writeSync } from 'node:fs';
import { EXIT } from './exit-code.ts';

type Descriptor = 1 | 2;

/** Of /dev/null and its like on Linux. */
const MEMORY_DEVICE = 1;

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
    return writeTo(1, text);
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
  writeTo(2, `analyze: ${message}\n`);
}

/** Whether it is a terminal, and how wide. */
export function terminalOf(descriptor: Descriptor): { readonly isTTY?: boolean; readonly columns?: number } {
  return isPlain(descriptor) ? {} : streamOf(descriptor);
}

/** False where the reader is slower: wait for `drain` then. */
function writeTo(descriptor: Descriptor, text: string): boolean {
  if (text === '') return true;
  if (!isPlain(descriptor)) return streamOf(descriptor).write(text);
  let bytes: Uint8Array = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(descriptor, bytes));
    } catch (cause) {
      const error = cause as NodeJS.ErrnoException;
      if (error.code !== 'EAGAIN') fail(descriptor, error);
      // Somebody else wants the pipe not to block.
      plain.set(descriptor, false);
      return streamOf(descriptor).write(bytes);
    }
  }
  return true;
}

const plain = new Map<Descriptor, boolean>();

/** A file or pipe, which is written to at once: loading Node's streams takes as long as a tenth of its start. */
function isPlain(descriptor: Descriptor): boolean {
  const known = plain.get(descriptor);
  if (known !== undefined) return known;
  const found = isFileOrPipe(descriptor);
  plain.set(descriptor, found);
  return found;
}

function isFileOrPipe(descriptor: Descriptor): boolean {
  let stat: Stats;
  try {
    stat = fstatSync(descriptor);
  } catch {
    return false;
  }
  const isMemory = process.platform === 'linux' && stat.rdev >> 8 === MEMORY_DEVICE;
  return stat.isFile() || stat.isFIFO() || (stat.isCharacterDevice() && isMemory);
}

const streams = new Map<Descriptor, NodeJS.WriteStream>();

function streamOf(descriptor: Descriptor): NodeJS.WriteStream {
  const known = streams.get(descriptor);
  if (known !== undefined) return known;
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  stream.on('error', (error: NodeJS.ErrnoException) => fail(descriptor, error));
  streams.set(descriptor, stream);
  return stream;
}

/** A reader that went away (`| head`) ends the program quietly; a full disk does not. */
function fail(descriptor: Descriptor, error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(EXIT.DONE);
  if (descriptor === 1) complain(`the output cannot be written (${error.code ?? error.message})`);
  process.exit(EXIT.USAGE);
}
