import type { RawBatchOptions } from '../batch-command.ts';
import { QUEUE_OPTION } from '../queue-options.ts';
import { ANALYZE } from './analyze.ts';
import type { CommandDefinition } from './command.ts';

export const BATCH: CommandDefinition = {
  usage: 'batch <captures..>',
  describe: 'many captures, on this machine or by the workers of a queue',
  positionals: ANALYZE.positionals,
  options: {
    ...ANALYZE.options,
    ...QUEUE_OPTION,
    root: {
      describe: 'folder that the workers see as their --root (default: the folder given)',
      type: 'string',
      requiresArg: true,
      group: QUEUE_OPTION.queue.group,
    },
  },
  examples: [
    ['$0 batch captures/ --workers 4', 'four captures at a time'],
    ['$0 batch captures/ --queue redis://queue:6379', 'by the machines that run analyze worker'],
  ],
  run: async (args, invocation) =>
    (await import('../batch-command.ts')).runBatchCommand(args as unknown as RawBatchOptions, invocation),
  reproduce: ANALYZE.reproduce!,
};
