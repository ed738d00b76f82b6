/** The captures that are measured: made once from the committed ones, kept outside the repository. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Format, repeat } from './repeat.ts';
import { loadTemplate } from './template.ts';

export type InputName =
  | 'headers'
  | 'headers-pcapng'
  | 'headers-gzip'
  | 'headers-long'
  | 'full'
  | 'full-long'
  | 'flows';

interface Recipe {
  /** In the folder captures/. */
  readonly source: string;
  readonly repetitions: number;
  readonly portSets: number;
  readonly format: Format;
}

const BULK: Recipe = { source: 'f1.pcap.gz', repetitions: 44, portSets: 44, format: 'pcap' };

const FULL: Recipe = { source: 'full-f4.pcap.gz', repetitions: 467, portSets: 467, format: 'pcap' };

/** What each input is made of. `headers-gzip` is the `headers` file, compressed. */
const RECIPES: Readonly<Record<Exclude<InputName, 'headers-gzip'>, Recipe>> = {
  headers: BULK,
  'headers-pcapng': { ...BULK, format: 'pcapng' },
  'headers-long': { ...BULK, repetitions: 3 * BULK.repetitions },
  full: FULL,
  'full-long': { ...FULL, repetitions: 3 * FULL.repetitions },
  // 1,505 connections a repetition; six sets of ports stay below 20,000 flows of one direction.
  flows: { source: 'web-8thr.pcap.gz', repetitions: 38, portSets: 6, format: 'pcap' },
};

/** Part of each file's name: raise it when the same recipe makes other bytes. */
const GENERATION = 1;
/** What gzip(1) uses unless told otherwise. */
const GZIP_LEVEL = 6;

/** Path of the input below `folder`, made first if it is not there. */
export async function ensureInput(
  name: InputName,
  folder: string,
  captures: string,
  log: (line: string) => void,
): Promise<string> {
  if (name === 'headers-gzip') {
    const plain = await ensureInput('headers', folder, captures, log);
    const packed = `${plain}.gz`;
    await make(packed, log, async (temporary) => {
      const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: 1 << 20 });
      await pipeline(createReadStream(plain, { highWaterMark: 1 << 20 }), gzip, createWriteStream(temporary));
    });
    return packed;
  }
  const recipe = RECIPES[name];
  const source = join(captures, recipe.source);
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 8);
  const stem = `${basename(recipe.source, '.pcap.gz')}-x${recipe.repetitions}-${digest}-g${GENERATION}`;
  const file = join(folder, `${stem}.${recipe.format}`);
  await make(file, log, (temporary) => {
    const handle = openSync(temporary, 'w');
    try {
      for (const chunk of repeat(loadTemplate(source), recipe)) writeAll(handle, chunk);
    } finally {
      closeSync(handle);
    }
  });
  return file;
}

/** Reads the whole file, so that it stands in the page cache as far as memory allows. */
export function warm(file: string): void {
  const buffer = new Uint8Array(1 << 20);
  const handle = openSync(file, 'r');
  while (readSync(handle, buffer) > 0);
  closeSync(handle);
}

async function make(
  file: string,
  log: (line: string) => void,
  write: (temporary: string) => void | Promise<void>,
): Promise<void> {
  if (existsSync(file)) return;
  mkdirSync(join(file, '..'), { recursive: true });
  const temporary = `${file}.part`;
  await write(temporary);
  renameSync(temporary, file);
  log(`made ${file} (${Math.round(statSync(file).size / 1e6)} MB)`);
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
}
