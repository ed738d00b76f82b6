/**
 * Options from a file: flags win over it, and it wins over NIC presets and defaults. One JSON object whose keys are
 * the long names of options; each command takes those it knows (docs/configuration.md).
 */
import { readFileSync } from 'node:fs';
import type { Options } from 'yargs';
import type { CommandDefinition } from './commands/command.ts';
import { COMMANDS } from './commands/list.ts';
import { nearestOf, UsageError } from './usage.ts';

/** Read where it stands in the working directory and `--config` names no other. */
export const DEFAULT_CONFIG_FILE = 'analyze.config.json';

export const CONFIG_OPTIONS: Readonly<Record<string, Options>> = {
  config: {
    describe: `options from a JSON file (default: ${DEFAULT_CONFIG_FILE}, if there is one); none: from no file`,
    type: 'string',
    requiresArg: true,
    group: 'Configuration:',
  },
  'print-config': {
    describe: 'print each option with its value and where that comes from, and end',
    type: 'boolean',
    default: false,
    group: 'Configuration:',
  },
};

export interface ConfigFile {
  /** Null where none was read. */
  readonly file: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Options that a file cannot give. */
const FLAGS_ONLY: readonly string[] = Object.keys(CONFIG_OPTIONS);

/** Reads the file that the command line names, or the default one. Throws a UsageError that names file and key. */
export function readConfigFile(argv: readonly string[]): ConfigFile {
  const named = namedFile(argv);
  if (named === 'none') return { file: null, values: {} };
  const file = named ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (named === null && code === 'ENOENT') return { file: null, values: {} };
    throw new UsageError(`--config: ${file} cannot be read (${code})`);
  }
  const { $schema: _, ...values } = parseObject(file, text);
  for (const key of Object.keys(values)) refuseUnknown(file, key);
  return { file, values };
}

function namedFile(argv: readonly string[]): string | null {
  const at = argv.findLastIndex((word) => word === '--config' || word.startsWith('--config='));
  if (at < 0) return null;
  const word = argv[at]!;
  return word === '--config' ? (argv[at + 1] ?? null) : word.slice('--config='.length);
}

function parseObject(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--config: ${file} is not JSON: ${(cause as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`--config: ${file} must hold one JSON object, such as {"rx-usecs": 50}`);
  }
  return value as Record<string, unknown>;
}

function refuseUnknown(file: string, key: string): void {
  const known = new Set(COMMANDS.flatMap(({ options }) => Object.keys(options)));
  if (known.has(key) && !FLAGS_ONLY.includes(key)) return;
  const advice = FLAGS_ONLY.includes(key) ? '; give it as a flag' : nearestOf(key, [...known]);
  throw new UsageError(`--config: ${file}: '${key}' is no option of a file${advice}`);
}

/** The values of the file that a command knows, as the parser would have them from the command line. */
export function configOf(
  { options }: Pick<CommandDefinition, 'options'>,
  { file, values }: ConfigFile,
): Record<string, unknown> {
  const known = Object.entries(values).filter(([name]) => name in options);
  return Object.fromEntries(
    known.map(([name, value]) => [name, converted(file!, name, value, options[name]!)]),
  );
}

function converted(file: string, name: string, value: unknown, option: Options): unknown {
  const fail = (wanted: string): never => {
    throw new UsageError(`--config: ${file}: '${name}' must be ${wanted}, not ${JSON.stringify(value)}`);
  };
  if (option.type === 'boolean') return typeof value === 'boolean' ? value : fail('true or false');
  const isText = (one: unknown): boolean => typeof one === 'string' || typeof one === 'number';
  if (option.array === true) {
    const list = Array.isArray(value) ? value : [value];
    return list.every(isText) ? list.map(String) : fail('a text, a number, or a list of them');
  }
  return isText(value) ? String(value) : fail('a text or a number');
}
