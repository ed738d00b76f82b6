/** A command line that asks for no help: argv to a command, errors to exit codes. */
import yargs, { type Argv, type Options, type PositionalOptions } from 'yargs';
import { withoutPassword } from '../batch/redact.ts';
import { CaptureError } from '../capture/errors.ts';
import { packageVersion } from '../package-root.ts';
import type { RunProvenance } from '../report/provenance.ts';
import { type CommandDefinition, commandName } from './commands/command.ts';
import { COMMANDS } from './commands/list.ts';
import { COMPLETION, COMPLETION_HELP, completes } from './completes.ts';
import { complete } from './completion.ts';
import { CONFIG_OPTIONS, type ConfigFile, configOf, readConfigFile } from './config-file.ts';
import { EXIT } from './exit-code.ts';
import { type ConfigRow, configRows, printConfig } from './print-config.ts';
import { complain } from './terminal.ts';
import { nearestOf, UsageError } from './usage.ts';

/** yargs loses a lone dash among the positionals: there it travels under a name that no argument can have. */
const DASH = '\0';

function restoreDash(text: string): string {
  return text.replaceAll(DASH, '-');
}

/** Runs the command and returns its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const parser = yargs(argv.map((argument) => (argument === '-' ? DASH : argument)))
    .scriptName('analyze')
    .detectLocale(false)
    .help(false)
    .strict()
    .completion(COMPLETION, COMPLETION_HELP, complete)
    .version(packageVersion())
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      // yargs reports some wrong command lines as errors of its own.
      throw error === undefined || error.name === 'YError' ? new UsageError(suggest(message, argv)) : error;
    });
  for (const definition of COMMANDS) {
    parser.command(
      definition.usage,
      definition.describe,
      (command) => defineOptions(command, definition, readConfigFile(argv)),
      (args) => {
        throw new Chosen(() => runOrPrint(definition, restoreDashes(args), argv));
      },
    );
  }
  try {
    return await runChosen(() => parser.parseSync(), argv);
  } catch (error) {
    return explain(error);
  }
}

/** Thrown when the parser has found a command: after a handler that returns it would format the help text. */
class Chosen extends Error {
  readonly run: () => Promise<number>;

  constructor(run: () => Promise<number>) {
    super('a command was chosen');
    this.run = run;
  }
}

/** No command is chosen where help or the version is asked for. */
async function runChosen(parse: () => unknown, argv: readonly string[]): Promise<number> {
  try {
    parse();
  } catch (error) {
    // The parser prints completions itself, and takes the words for captures as well.
    if (error instanceof Chosen) return completes(argv) ? EXIT.DONE : error.run();
    throw error;
  }
  return EXIT.DONE;
}

/** Parser options for a command; a file's options are weaker than flags and stronger than defaults. */
function defineOptions(command: Argv, definition: CommandDefinition, config: ConfigFile): Argv {
  const { positionals, options } = definition;
  for (const [name, positional] of Object.entries(positionals)) command.positional(name, positional);
  command.options(options).options(CONFIG_OPTIONS).config(configOf(definition, config));
  return command.check((args) => refuseRepeats(args, { ...positionals, ...options }));
}

async function runOrPrint(
  definition: CommandDefinition,
  args: Readonly<Record<string, unknown>>,
  argv: readonly string[],
): Promise<number> {
  const { 'print-config': prints, json } = args;
  const config = readConfigFile(argv);
  const rows = (): ConfigRow[] => configRows(definition, args, argv, config);
  if (prints === true) return printConfig(rows(), config.file, json === true);
  const provenance = (): RunProvenance => provenanceOf(commandName(definition), argv, rows());
  return definition.run(args, { provenance, commands: COMMANDS });
}

/** Passwords of queues stay out of what is kept. */
function provenanceOf(command: string, argv: readonly string[], rows: readonly ConfigRow[]): RunProvenance {
  const options = rows.map((row) =>
    typeof row.value === 'string' ? { ...row, value: withoutPassword(row.value) } : row,
  );
  return { command, commandLine: argv.map(withoutPassword), options };
}

/** The options of a command with `-` back in its place. */
function restoreDashes(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const restore = (value: unknown): unknown => (value === DASH ? '-' : value);
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(restore) : restore(value),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Options are given once, but for those that are lists. */
function refuseRepeats(
  args: Record<string, unknown>,
  known: Readonly<Record<string, Options | PositionalOptions>>,
): true {
  // Not by the names of `args`, which the parser has in camel case as well.
  const twice = Object.keys(known).find((name) => Array.isArray(args[name]) && known[name]?.array !== true);
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
  return true;
}

/** Adds to the parser's word how the command is written, or the option nearest to an unknown one, which it names in two spellings. */
function suggest(message: string, argv: readonly string[]): string {
  if (message.startsWith('Not enough non-option arguments')) return `${message} for '${usageOf(argv)}'`;
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  if (unknown === undefined) return message;
  if (argv.includes(unknown)) return `'${unknown}' is one argument too many`;
  const known = new Set(COMMANDS.flatMap(({ options }) => Object.keys(options)));
  return `unknown option --${unknown}${nearestOf(unknown, [...known])}`;
}

/** How the command that `argv` names is written. */
function usageOf(argv: readonly string[]): string {
  const definition = COMMANDS.find((one) => argv.includes(commandName(one))) ?? COMMANDS[0]!;
  const usage = [definition.usage].flat()[0]!;
  return usage.replace(/^(\$0 )?/, 'analyze ');
}

function explain(error: unknown): number {
  if (error instanceof UsageError) {
    complain(`${restoreDash(error.message)}. See analyze --help.`);
    return EXIT.USAGE;
  }
  if (error instanceof Error && error.name === 'OutputError') {
    complain(error.message);
    return EXIT.USAGE;
  }
  if (error instanceof CaptureError) {
    complain(error.message);
    return EXIT.NO_INPUT;
  }
  complain(
    `a bug in this program: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return EXIT.BUG;
}
