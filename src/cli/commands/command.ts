import type { Options, PositionalOptions } from 'yargs';
import type { Reproduced } from '../../batch/verify-report.ts';
import type { Provenance, RunProvenance } from '../../report/provenance.ts';

/**
 * A command as plain data, from which the parser, its help and everything else that lists options is made. What
 * it does is loaded when it runs: start-up counts.
 */
export interface CommandDefinition {
  /** Name and positionals in the notation of yargs; other names of the command after the first. */
  readonly usage: string | readonly string[];
  readonly describe: string;
  readonly positionals: Readonly<Record<string, PositionalOptions>>;
  readonly options: Readonly<Record<string, Options>>;
  /** Command line, with `$0` for the program, and what it gives. */
  readonly examples: readonly (readonly [line: string, gives: string])[];
  /** Returns the exit code. */
  readonly run: (args: Readonly<Record<string, unknown>>, invocation: Invocation) => Promise<number>;
  /** Makes the files of a report again; null where it was interrupted. Commands without it write no reports. */
  readonly reproduce?: (order: ReproduceOrder) => Promise<Reproduced | null>;
}

/** A report that is to be made again. */
export interface ReproduceOrder {
  readonly provenance: Provenance;
  /** The options as the parser handed them over then, but for talk, which is that of now. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Paths of the inputs, in the order of the provenance. */
  readonly places: readonly string[];
  readonly signal: AbortSignal;
}

/** How the command was called. */
export interface Invocation {
  /** For the record beside a report. */
  readonly provenance: () => RunProvenance;
  /** All commands. */
  readonly commands: readonly CommandDefinition[];
}

/** The name that it is called by. */
export function commandName({ usage }: CommandDefinition): string {
  return typeof usage === 'string' ? usage.split(' ')[0]! : usage.at(-1)!;
}
