import type { Argv } from 'yargs';

/** A command as the parser sees it. What it does is loaded when it runs: start-up counts. */
export interface CommandDefinition {
  /** Name and positionals in the notation of yargs; other names of the command after the first. */
  readonly usage: string | readonly string[];
  readonly describe: string;
  readonly define: (command: Argv) => Argv;
  /** Positionals and options that may be given more than once. */
  readonly lists: readonly string[];
  /** Returns the exit code. */
  readonly run: (args: Readonly<Record<string, unknown>>) => Promise<number>;
}
