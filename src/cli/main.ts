/** The command: help, or what the command line says. Each is loaded by itself: start-up counts. */
import { completes } from './completes.ts';
import { EXIT } from './exit-code.ts';
import { mayHashMuch } from './large-capture.ts';
import { createStdout, terminalOf } from './terminal.ts';

const HELP_COLUMNS = { usual: 80, most: 100 };

/** Runs the command and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  if (asksForHelp(argv)) return showHelp(argv);
  if (mayHashMuch(argv)) (await import('./hash-ahead.ts')).startHashingAhead();
  return (await import('./command-line.ts')).runCommandLine(argv);
}

/** Not of the words behind `--`, and not where the shell asks for completions. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return !completes(argv) && (end < 0 ? argv : argv.slice(0, end)).includes('--help');
}

async function showHelp(argv: readonly string[]): Promise<number> {
  const { helpText } = await import('./help.ts');
  const out = createStdout();
  out.write(helpText(argv, Math.min(HELP_COLUMNS.most, terminalOf(1).columns ?? HELP_COLUMNS.usual)));
  await out.end();
  return EXIT.DONE;
}
