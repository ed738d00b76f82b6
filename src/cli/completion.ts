/** What a shell offers while a command line is typed. */
import { commandName } from './commands/command.ts';
import { COMMANDS } from './commands/list.ts';
import { COMPLETION } from './completes.ts';
import { CONFIG_OPTIONS } from './config-file.ts';

/**
 * Commands and options that may stand where `current` is typed; for anything else the shell offers files.
 *
 * @param args the words before it, the program's name first
 */
export function complete(current: string, { _: words }: { _: readonly (string | number)[] }): string[] {
  const named = COMMANDS.find((one) => commandName(one) === words[1]);
  const options = { ...(named ?? COMMANDS[0])?.options, ...CONFIG_OPTIONS };
  const commands = named === undefined ? [...COMMANDS.map(commandName), COMPLETION] : [];
  const names = current.startsWith('-') ? Object.keys(options).map((name) => `--${name}`) : commands;
  return names.filter((name) => name.startsWith(current));
}
