import type { RawProfilesOptions } from '../profiles-command.ts';
import type { CommandDefinition } from './command.ts';

export const PROFILES: CommandDefinition = {
  usage: 'profiles [name]',
  describe: 'the cost profiles and NIC presets with their sources',
  positionals: { name: { describe: 'show this one, with all its numbers', type: 'string' } },
  options: { json: { describe: 'as JSON', type: 'boolean', default: false } },
  examples: [
    ['$0 profiles', 'all of them, with what each is good for'],
    ['$0 profiles tg3', 'when a tg3 raises interrupts, and where that is known from'],
    ['$0 profiles aizu-2008', 'each coefficient with its unit, source and grade'],
  ],
  run: async (args) =>
    (await import('../profiles-command.ts')).runProfiles(args as unknown as RawProfilesOptions),
};
