/** Where a figure or a table comes from, as far as it is the same in every run: written into each of them. */
import { createHash } from 'node:crypto';
import type { ReportInput, RunProvenance } from './provenance.ts';

export interface FigureOrigin {
  /** Name and version. */
  readonly tool: string;
  /** The files that it was made of. */
  readonly inputs: readonly Pick<ReportInput, 'role' | 'name' | 'sha256'>[];
  /** Packets in the capture; null where there is not just one. */
  readonly packets: number | null;
  /** Each option that a result depends on, in their order. */
  readonly options: RunProvenance['options'];
  /** Of their values. */
  readonly optionsSha256: string;
  /** The words that give the figure again: what was set by flag or configuration file, files by their names. */
  readonly command: string;
  /** What of the command are options, for captions; empty where all are defaults. */
  readonly settings: string;
  readonly seed: string | null;
}

/** Options on which no number depends, and those that name the files which are told apart from them. */
const OF_THE_RUN = new Set([
  ...['out', 'format', 'chart-width', 'json', 'csv', 'quiet', 'progress', 'fail-if', 'write'],
  ...['workers', 'cache', 'shard', 'queue', 'root', 'capture'],
]);

/** Commands that are the main one, which needs no name. */
const MAIN = ['analyze', 'batch'];

export function figureOrigin(
  tool: { readonly name: string; readonly version: string },
  packets: number | null,
  inputs: readonly ReportInput[],
  { command, options }: RunProvenance,
): FigureOrigin {
  const rows = options.filter(({ option }) => !OF_THE_RUN.has(option));
  const values = rows.map(({ option, value }) => [option, value]);
  const set = rows
    .filter(({ value, origin }) => (origin === 'flag' || origin === 'config file') && value !== null)
    .flatMap(({ option, value }) => words(option, value));
  const seed = rows.find(({ option }) => option === 'seed')?.value ?? null;
  const start = MAIN.includes(command) ? ['analyze'] : ['analyze', command];
  const files = isMany(inputs) ? ['CAPTURES'] : inputs.flatMap(argument);
  return {
    tool: `${tool.name} ${tool.version}`,
    inputs,
    packets,
    options: rows,
    optionsSha256: sha256(JSON.stringify(values)),
    command: [...start, ...files, ...set].join(' '),
    settings: set.join(' '),
    seed: seed === null ? null : String(seed),
  };
}

/** Names and values, in the order in which they are written. */
export function originRows(origin: FigureOrigin): [name: string, value: string][] {
  return [
    ['Software', origin.tool],
    ...inputRows(origin.inputs),
    ['Options-SHA-256', origin.optionsSha256],
    ['Options', ascii(JSON.stringify(origin.options.map((row) => [row.option, row.value, row.origin])))],
    ['Command', origin.command],
    ...(origin.seed === null ? [] : [['Seed', origin.seed] as [string, string]]),
  ];
}

function inputRows(inputs: FigureOrigin['inputs']): [string, string][] {
  if (isMany(inputs)) {
    const list = inputs.map(({ name, sha256: own }) => `${own ?? 'unknown'}  ${name}\n`);
    return [
      ['Captures', String(inputs.length)],
      ['Captures-SHA-256', sha256(list.join(''))],
    ];
  }
  return inputs.flatMap(({ role, name, sha256: own }): [string, string][] => {
    const key = `${role.charAt(0).toUpperCase()}${role.slice(1)}`;
    return [
      [key, name],
      [`${key}-SHA-256`, own ?? 'unknown: not read from a file'],
    ];
  });
}

/** The captures of a batch are too many to be named in each of its files. */
function isMany(inputs: FigureOrigin['inputs']): boolean {
  return inputs.some(({ role }) => role === 'captures');
}

/** As the command wants it. */
function argument({ role, name }: Pick<ReportInput, 'role' | 'name'>): string[] {
  const counts = /^counts(?:-(\w+))?$/.exec(role);
  if (counts === null) return [quoted(name)];
  return ['--capture', quoted(counts[1] === undefined ? name : `${counts[1]}=${name}`)];
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

/** The same JSON in characters that every format has. */
function ascii(json: string): string {
  return json.replace(/[^ -~]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
