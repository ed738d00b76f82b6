/** The command line: argv to a command, errors to exit codes. */
import yargs from 'yargs';
import { CaptureError } from '../capture/errors.ts';
import { LAWS } from '../cost/laws.ts';
import { packageVersion } from '../package-root.ts';
import { XEN_CONFIGURATIONS } from '../path/xen-path.ts';
import { type RawAnalyzeOptions, runAnalyze } from './analyze-command.ts';
import { type RawCoalesceOptions, runCoalesce } from './coalesce-command.ts';
import { EXIT } from './exit-code.ts';
import { GRO_OPTIONS } from './gro-options.ts';
import { inNicGroup, NIC_OPTIONS, PACE_OPTION } from './nic-options.ts';
import {
  ENGINE_OPTION,
  PATH_OPTIONS,
  POLL_HELP,
  POLL_OPTION,
  REPLAY_OPTIONS,
  TALK_OPTIONS,
} from './options.ts';
import type { RawProfilesOptions } from './profiles-command.ts';
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
  // The command runs after the parser is done: around a handler that returns a promise it would format help.
  let start: (() => Promise<number>) | null = null;
  const parser = yargs(argv.map((argument) => (argument === '-' ? DASH : argument)))
    .scriptName('analyze')
    .detectLocale(false)
    .usage(
      '$0 <command>\n\nWhat would receive offload have done to this traffic, why, and what would it have cost?',
    )
    .command(
      ['$0 <captures..>', 'analyze'],
      'the three configurations: tables, CSV, charts (a folder is a batch)',
      (command) =>
        command
          .positional('captures', {
            describe: 'capture files, folders, - for stdin',
            type: 'string',
            array: true,
          })
          .options({ ...REPLAY_OPTIONS, ...TALK_OPTIONS })
          .option('poll', {
            describe: `${POLL_HELP}; LRO=… for one configuration`,
            type: 'string',
            array: true,
            nargs: 1,
            default: [],
          })
          .options({ ...PATH_OPTIONS, ...NIC_OPTIONS, ...PACE_OPTION })
          .option('law', { describe: 'throughput law', choices: LAWS, default: 'serial' })
          .option('out', { describe: 'folder for the reports', type: 'string', default: 'reports' })
          .option('format', {
            describe: 'files to write: csv, png, json, none',
            type: 'string',
            default: 'csv,png,json',
          })
          .requiresArg(['receive-mode', 'profile', 'law', 'out', 'format'])
          .option('json', { describe: 'the result record alone on stdout', type: 'boolean', default: false })
          .example('$0 trace.pcap', 'tables, and reports/trace/ with CSV and charts')
          .example('$0 captures/ --poll window:50', 'every capture of a folder, 50 µs of moderation'),
      (args) => {
        start = () => runAnalyze(restoreDashes(args) as unknown as RawAnalyzeOptions);
      },
    )
    .command(
      'coalesce <capture>',
      'the skbs that one engine would deliver',
      (command) =>
        command
          .positional('capture', {
            describe: 'capture file, - for stdin',
            type: 'string',
            demandOption: true,
          })
          .options({ ...ENGINE_OPTION, ...POLL_OPTION, ...REPLAY_OPTIONS, ...GRO_OPTIONS, ...TALK_OPTIONS })
          .options(NIC_OPTIONS)
          .options(inNicGroup(PATH_OPTIONS))
          .options(
            inNicGroup({
              configuration: {
                describe: 'path below the driver (default: LRO; without engine Xen)',
                choices: XEN_CONFIGURATIONS,
              },
            }),
          )
          .option('polls-out', {
            describe: 'write where polls ended, for --poll file:F',
            type: 'string',
          })
          .option('jsonl', {
            describe: 'one JSON object an skb, in delivery order',
            type: 'boolean',
            default: false,
          })
          .option('stats', { describe: 'the counters alone (the default)', type: 'boolean', default: false })
          .option('write', {
            alias: 'w',
            describe: 'write the merged packets to a .pcap or .pcapng',
            type: 'string',
            requiresArg: true,
          })
          .option('quiet', {
            alias: 'q',
            describe: 'warnings only on stderr',
            type: 'boolean',
            default: false,
          })
          .example('$0 coalesce trace.pcap --poll batch:64 --stats', 'counters for polls of 64 packets')
          .example('$0 coalesce trace.pcap --jsonl', 'each skb with its members and reason'),
      (args) => {
        start = () => runCoalesce(restoreDashes(args) as unknown as RawCoalesceOptions);
      },
    )
    .command(
      'profiles [name]',
      'the cost profiles and NIC presets with their sources',
      (command) =>
        command
          .positional('name', { describe: 'show this one, with all its numbers', type: 'string' })
          .option('json', { describe: 'as JSON', type: 'boolean', default: false })
          .example('$0 profiles tg3', 'when a tg3 raises interrupts, and where that is known from'),
      (args) => {
        start = async () =>
          (await import('./profiles-command.ts')).runProfiles(args as unknown as RawProfilesOptions);
      },
    )
    .strict()
    .check(refuseRepeats)
    .version(packageVersion())
    .wrap(Math.min(110, process.stderr.columns ?? 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      // yargs reports some wrong command lines as errors of its own.
      throw error === undefined || error.name === 'YError' ? new UsageError(message) : error;
    });
  try {
    parser.parseSync();
    return await run(start);
  } catch (error) {
    return explain(error);
  }
}

/** No command was chosen where help or the version was asked for. */
function run(start: (() => Promise<number>) | null): Promise<number> | number {
  return start === null ? EXIT.DONE : start();
}

/** The options of a command with `-` back in its place. */
function restoreDashes(args: Record<string, unknown>): Record<string, unknown> {
  const restore = (value: unknown): unknown => (value === DASH ? '-' : value);
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(restore) : restore(value),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const LISTS = new Set(['_', 'captures']);

/** Options are given once, but for those that are lists. */
function refuseRepeats(args: Record<string, unknown>): true {
  // Only the main command has several configurations, each with polls of its own.
  const isList = (name: string): boolean => LISTS.has(name) || (name === 'poll' && 'captures' in args);
  const twice = Object.keys(args).find((name) => Array.isArray(args[name]) && !isList(name));
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
