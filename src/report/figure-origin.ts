/** Where a figure comes from, as far as it is the same in every run: written into each picture and TeX file. */
import { createHash } from 'node:crypto';
import type { RunProvenance } from './provenance.ts';

export interface FigureOrigin {
  /** Name and version. */
  readonly tool: string;
  readonly capture: string;
  /** Null where the capture was not a file. */
  readonly captureSha256: string | null;
  /** Packets in the capture. */
  readonly packets: number;
  /** Of the value of each option that a result depends on, in their order. */
  readonly optionsSha256: string;
  /** The words that give the figure again: what was set by flag or configuration file, the capture by its name. */
  readonly command: string;
  /** What of the command are options, for captions; empty where all are defaults. */
  readonly settings: string;
  readonly seed: string | null;
}

/** Options on which no number depends. */
const OF_THE_RUN = new Set([
  ...['out', 'format', 'chart-width', 'json', 'quiet', 'progress'],
  ...['workers', 'cache', 'shard', 'queue', 'root'],
]);

/** Commands that are the main one, which needs no name. */
const MAIN = ['analyze', 'batch'];

export function figureOrigin(
  record: {
    readonly tool: { readonly name: string; readonly version: string };
    readonly capture: { readonly name: string; readonly packets: number };
  },
  captureSha256: string | null,
  { command, options }: RunProvenance,
): FigureOrigin {
  const rows = options.filter(({ option }) => !OF_THE_RUN.has(option));
  const values = rows.map(({ option, value }) => [option, value]);
  const set = rows
    .filter(({ value, origin }) => (origin === 'flag' || origin === 'config file') && value !== null)
    .flatMap(({ option, value }) => words(option, value));
  const seed = rows.find(({ option }) => option === 'seed')?.value ?? null;
  const start = MAIN.includes(command) ? ['analyze'] : ['analyze', command];
  return {
    tool: `${record.tool.name} ${record.tool.version}`,
    capture: record.capture.name,
    captureSha256,
    packets: record.capture.packets,
    optionsSha256: createHash('sha256').update(JSON.stringify(values)).digest('hex'),
    command: [...start, quoted(record.capture.name), ...set].join(' '),
    settings: set.join(' '),
    seed: seed === null ? null : String(seed),
  };
}

/** Names and values, in the order in which they are written. */
export function originRows(origin: FigureOrigin): [name: string, value: string][] {
  return [
    ['Software', origin.tool],
    ['Capture', origin.capture],
    ['Capture-SHA-256', origin.captureSha256 ?? 'unknown: not read from a file'],
    ['Options-SHA-256', origin.optionsSha256],
    ['Command', origin.command],
    ...(origin.seed === null ? [] : [['Seed', origin.seed] as [string, string]]),
  ];
}

function words(option: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => words(option, one));
  if (typeof value === 'boolean') return [value ? `--${option}` : `--no-${option}`];
  return [`--${option}`, quoted(String(value))];
}

/** As a POSIX shell wants it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
