/** `--help`: from the definitions of the commands, as the manual page is. */
import type { Options, PositionalOptions } from 'yargs';
import { wrap } from '../report/text-table.ts';
import { ANALYZE } from './commands/analyze.ts';
import { type CommandDefinition, commandName } from './commands/command.ts';
import { COMMANDS } from './commands/list.ts';
import { COMPLETION, COMPLETION_HELP } from './completes.ts';
import { CONFIG_OPTIONS } from './config-file.ts';
import { EXIT_MEANINGS } from './exit-code.ts';
import { defaultOf, optionNames } from './man-page.ts';

/** Names are put beside what they mean where they are no longer than this. */
const NAME_COLUMNS = 22;

const GENERAL: Readonly<Record<string, Options>> = {
  help: { describe: 'this text; analyze COMMAND --help for a command', type: 'boolean' },
  version: { describe: 'the version', type: 'boolean' },
};

/** The command that the words name, and help of the main command with the list of all where they name none. */
export function helpText(argv: readonly string[], width: number): string {
  const named = COMMANDS.find((command) => command !== ANALYZE && argv.includes(commandName(command)));
  return named === undefined ? generalHelp(width) : commandHelp(named, width);
}

function generalHelp(width: number): string {
  const look = { width, colour: false };
  return sections([
    'analyze <captures..> [options]\nanalyze <command> [options]',
    wrap('What would receive offload have done to this traffic, why, and what would it have cost?', '', look),
    section('Commands', [
      ...COMMANDS.map((command) => entry(commandName(command), command.describe, width)),
      entry(COMPLETION, COMPLETION_HELP, width),
    ]),
    ...commandParts(ANALYZE, width),
    section(
      'Exit codes',
      EXIT_MEANINGS.map(([code, meaning]) => entry(String(code), meaning, width)),
    ),
  ]);
}

function commandHelp(command: CommandDefinition, width: number): string {
  const look = { width, colour: false };
  const { usage, describe } = command;
  const line = `analyze ${typeof usage === 'string' ? usage : usage[0]} [options]`;
  return sections([line, wrap(describe, '', look), ...commandParts(command, width)]);
}

function commandParts({ positionals, options, examples }: CommandDefinition, width: number): string[] {
  const groups = new Map<string, string[]>();
  for (const [name, option] of Object.entries({ ...options, ...CONFIG_OPTIONS, ...GENERAL })) {
    const title = (option.group ?? 'Options').replace(/:$/, '');
    groups.set(title, [...(groups.get(title) ?? []), optionEntry(name, option, width)]);
  }
  return [
    section(
      'Examples',
      examples.map(([line, gives]) => example(line, gives, width)),
    ),
    section(
      'Arguments',
      Object.entries(positionals).map(([name, of]) => entry(name, meaningOf(of), width)),
    ),
    ...[...groups].map(([title, entries]) => section(title, entries)),
  ];
}

function sections(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : [`${title}:`, ...entries].join('\n');
}

/** The command line stays whole, so that it can be copied. */
function example(line: string, gives: string, width: number): string {
  return `  ${line.replace('$0', 'analyze')}\n${wrap(gives, '      ', { width, colour: false })}`;
}

function optionEntry(name: string, option: Options, width: number): string {
  return entry(optionNames(name, option), meaningOf(option), width);
}

function meaningOf(option: Options | PositionalOptions): string {
  const { describe = '', choices } = option;
  return `${describe}${choices === undefined ? '' : `; one of ${choices.join(', ')}`}${defaultOf(option)}`;
}

function entry(name: string, meaning: string, width: number): string {
  const indent = ' '.repeat(NAME_COLUMNS + 4);
  const lines = wrap(meaning, '', { width: width - indent.length, colour: false })
    .split('\n')
    .map((line) => indent + line);
  const head = `  ${name}`;
  if (head.length > NAME_COLUMNS + 2) return [head, ...lines].join('\n');
  return [head.padEnd(indent.length) + lines[0]!.trimStart(), ...lines.slice(1)].join('\n');
}
