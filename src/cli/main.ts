/** The command line: argv to a command, errors to exit codes. */
import yargs from 'yargs';
import { CaptureError } from '../capture/errors.ts';
import { packageVersion } from '../package-root.ts';
import { COMMANDS } from './commands/list.ts';
import { EXIT } from './exit-code.ts';
import { complain, endQuietlyOnClosedPipe } from './terminal.ts';
import { UsageError } from './usage.ts';

/** yargs loses a lone dash among the positionals: there it travels under a name that no argument can have. */
const DASH = '\0';

function restoreDash(text: string): string {
  return text.replaceAll(DASH, '-');
}

/** Runs the command and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyOnClosedPipe();
  const parser = yargs(argv.map((argument) => (argument === '-' ? DASH : argument)))
    .scriptName('analyze')
    .detectLocale(false)
    .usage(
      '$0 <command>\n\nWhat would receive offload have done to this traffic, why, and what would it have cost?',
    )
    .strict()
    .version(packageVersion())
    .wrap(Math.min(110, process.stderr.columns ?? 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      // yargs reports some wrong command lines as errors of its own.
      throw error === undefined || error.name === 'YError' ? new UsageError(message) : error;
    });
  for (const { usage, describe, define, lists, run } of COMMANDS) {
    parser.command(
      usage,
      describe,
      (command) => define(command).check((args) => refuseRepeats(args, lists)),
      (args) => {
        throw new Chosen(() => run(restoreDashes(args)));
      },
    );
  }
  try {
    return await runChosen(() => parser.parseSync());
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
async function runChosen(parse: () => unknown): Promise<number> {
  try {
    parse();
  } catch (error) {
    if (error instanceof Chosen) return error.run();
    throw error;
  }
  return EXIT.DONE;
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
function refuseRepeats(args: Record<string, unknown>, lists: readonly string[]): true {
  const twice = Object.keys(args).find(
    (name) => Array.isArray(args[name]) && name !== '_' && !lists.includes(name),
  );
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
  return true;
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
