import { QUEUE_OPTION } from '../queue-options.ts';
import type { RawWorkerOptions } from '../worker-command.ts';
import type { CommandDefinition } from './command.ts';

export const WORKER: CommandDefinition = {
  usage: 'worker',
  describe: 'take captures from a queue until it is stopped',
  positionals: {},
  options: {
    ...QUEUE_OPTION,
    root: {
      describe: 'folder of captures; nothing outside of it is read',
      type: 'string',
      requiresArg: true,
      demandOption: true,
    },
    workers: {
      describe: 'captures analysed at once (default: one a processor)',
      type: 'string',
      requiresArg: true,
    },
    'stalled-after': {
      describe: 'seconds after which a worker that was not heard of loses its capture to another',
      type: 'string',
      default: '30',
      requiresArg: true,
    },
    quiet: { alias: 'q', describe: 'warnings only on stderr', type: 'boolean', default: false },
  },
  examples: [
    ['$0 worker --queue redis://queue:6379 --root /captures', 'on each machine that has the captures'],
  ],
  run: async (args) => (await import('../worker-command.ts')).runWorker(args as unknown as RawWorkerOptions),
};
