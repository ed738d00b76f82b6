/** The command for shells that complete command lines. */

/** The command that prints the completion script. */
export const COMPLETION = 'completion';
export const COMPLETION_HELP = 'a script that completes commands and options in bash and zsh';

/** Whether the command line asks for completions, which the parser prints by itself. */
export function completes(argv: readonly string[]): boolean {
  return argv[0] === COMPLETION || argv.includes('--get-yargs-completions');
}
