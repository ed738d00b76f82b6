/** The manual page (man(7) macros), from the definitions of the commands. */
import type { Options } from 'yargs';
import { type CommandDefinition, commandName } from './commands/command.ts';
import { CONFIG_OPTIONS } from './config-file.ts';
import { EXIT_MEANINGS } from './exit-code.ts';

export function manPage(commands: readonly CommandDefinition[], version: string): string {
  return [
    `.TH ANALYZE 1 "" "analyze ${version}" "User Commands"`,
    '.SH NAME',
    'analyze \\- what receive offload would have done to a packet capture, why, and what it would have cost',
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => ['.br', synopsis(command)]),
    '.SH DESCRIPTION',
    escaped(
      'Replays a packet capture through interrupt moderation, NAPI polls, a merge engine (LRO, GRO), the Linux bridge, Xen netback and the guest, and reports throughput, LRO rate and CPU cycles per byte and domain.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH CONFIGURATION',
    ...optionLines(CONFIG_OPTIONS),
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escaped(meaning)]),
    '',
  ].join('\n');
}

function synopsis({ usage }: CommandDefinition): string {
  const text = typeof usage === 'string' ? `analyze ${usage}` : usage[0]!.replace('$0', 'analyze');
  return `.B ${escaped(`${text} [options]`)}`;
}

function commandSection(command: CommandDefinition): string[] {
  return [
    `.SS ${escaped(commandName(command))}`,
    escaped(command.describe),
    ...optionLines(command.options),
    ...(command.examples.length === 0 ? [] : ['.PP', 'Examples:']),
    ...command.examples.flatMap(([line, gives]) => [
      '.TP',
      `.B ${escaped(line.replace('$0', 'analyze'))}`,
      escaped(gives),
    ]),
  ];
}

function optionLines(options: Readonly<Record<string, Options>>): string[] {
  return Object.entries(options).flatMap(([name, option]) => [
    '.TP',
    `.B ${escaped(optionTerm(name, option))}`,
    escaped(`${option.describe ?? ''}${defaultOf(option)}`),
  ]);
}

function optionTerm(name: string, option: Options): string {
  const { type, choices } = option;
  if (type === 'boolean') return optionNames(name, option);
  return `${optionNames(name, option)} ${choices === undefined ? 'VALUE' : choices.join('|')}`;
}

/** `-q, --quiet` */
export function optionNames(name: string, { alias }: Pick<Options, 'alias'>): string {
  const short = alias === undefined ? [] : [alias].flat().map((one) => `-${one}`);
  return [...short, `--${name}`].join(', ');
}

/** ` (default: 64)`, or nothing. */
export function defaultOf({ default: value }: Pick<Options, 'default'>): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  return text === '' || text === 'false' ? '' : ` (default: ${text})`;
}

/** Backslashes, hyphens that are typed, and lines that would be requests. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
