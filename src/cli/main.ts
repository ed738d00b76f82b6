/** The command line: argv to a command, errors to exit codes. Commands are loaded only when they run. */
import yargs from 'yargs';
import { CaptureError } from '../capture/errors.ts';
import { packageVersion } from '../package-root.ts';
import type { RawCoalesceOptions } from './coalesce-command.ts';
import { EXIT } from './exit-code.ts';
import { ENGINE_OPTION, POLL_OPTION, REPLAY_OPTIONS } from './options.ts';
import { complain, endQuietlyOnClosedPipe } from './terminal.ts';
import { UsageError } from './usage.ts';

/** Runs the command and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyOnClosedPipe();
  let exitCode: number = EXIT.DONE;
  const run = (start: () => Promise<number>) => async (): Promise<void> => {
    exitCode = await start();
  };
  const parser = yargs([...argv])
    .scriptName('analyze')
    .detectLocale(false)
    .usage(
      '$0 <command>\n\nWhat would receive offload have done to this traffic, why, and what would it have cost?',
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
          .options({ ...ENGINE_OPTION, ...POLL_OPTION, ...REPLAY_OPTIONS })
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
          })
          .option('quiet', {
            alias: 'q',
            describe: 'warnings only on stderr',
            type: 'boolean',
            default: false,
          })
          .example('$0 coalesce trace.pcap --poll batch:64 --stats', 'counters for polls of 64 packets')
          .example('$0 coalesce trace.pcap --jsonl', 'each skb with its members and reason'),
      (args) =>
        run(async () =>
          (await import('./coalesce-command.ts')).runCoalesce(args as unknown as RawCoalesceOptions),
        )(),
    )
    .demandCommand(1, 'give a command')
    .strict()
    .version(packageVersion())
    .wrap(Math.min(110, process.stderr.columns ?? 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    });
  try {
    await parser.parseAsync();
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof UsageError) {
    complain(`${error.message}. See analyze --help.`);
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
