/** `--print-config`: each option with its value and where that comes from. */
import type { Options } from 'yargs';
import type { CommandDefinition } from './commands/command.ts';
import { CONFIG_OPTIONS, type ConfigFile } from './config-file.ts';
import { EXIT } from './exit-code.ts';
import { unstatedNicValues } from './nic-options.ts';
import { unstatedEngineValues } from './rule-engines.ts';
import { createStdout } from './terminal.ts';

export type Origin = 'flag' | 'config file' | 'NIC preset' | 'default';

export interface ConfigRow {
  readonly option: string;
  /** Null where nothing is set. */
  readonly value: unknown;
  readonly origin: Origin;
}

/** @param args what the parser made of flags, file and defaults; `argv` the flags as they were given */
export function configRows(
  { options }: Pick<CommandDefinition, 'options'>,
  args: Readonly<Record<string, unknown>>,
  argv: readonly string[],
  config: ConfigFile,
): ConfigRow[] {
  const unstated: ReturnType<typeof unstatedNicValues> =
    'nic' in options ? unstatedNicValues(args) : { ofPreset: {}, ofProgram: {} };
  const { engine } = args;
  const ofEngine: Readonly<Record<string, string>> = // Several engines have no value in common.
    'max-aggr' in options && !String(engine).includes(',') ? unstatedEngineValues(args) : {};
  return Object.entries(options)
    .filter(([name]) => !(name in CONFIG_OPTIONS))
    .map(([option, definition]) => {
      const value = args[option] ?? null;
      if (isGiven(argv, option, definition)) return { option, value, origin: 'flag' };
      if (option in config.values) return { option, value, origin: 'config file' };
      const preset = unstated.ofPreset[option];
      if (value === null && preset !== undefined) return { option, value: preset, origin: 'NIC preset' };
      return {
        option,
        value: value ?? unstated.ofProgram[option] ?? ofEngine[option] ?? null,
        origin: 'default',
      };
    });
}

function isGiven(argv: readonly string[], name: string, { alias }: Options): boolean {
  const names = [name, ...(alias === undefined ? [] : [alias].flat())];
  return argv.some((word) =>
    names.some((known) =>
      known.length === 1
        ? new RegExp(`^-[A-Za-z]*${known}`).test(word)
        : word === `--${known}` || word === `--no-${known}` || word.startsWith(`--${known}=`),
    ),
  );
}

export async function printConfig(
  rows: readonly ConfigRow[],
  file: string | null,
  json: boolean,
): Promise<number> {
  const out = createStdout();
  if (json) out.write(`${JSON.stringify({ configFile: file, options: rows }, null, 2)}\n`);
  else {
    const shown = rows.map(({ option, value, origin }) => [
      option,
      value === null ? '-' : Array.isArray(value) ? value.join(' ') || '-' : String(value),
      origin === 'config file' ? `${origin} ${file}` : origin,
    ]);
    const width = (column: number): number => Math.max(...shown.map((row) => row[column]!.length));
    for (const row of shown) {
      out.write(`${row[0]!.padEnd(width(0))}  ${row[1]!.padEnd(width(1))}  ${row[2]}\n`);
    }
  }
  await out.end();
  return EXIT.DONE;
}
