import type { RawExplainPathOptions } from '../explain-path-command.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import { UsageError } from '../usage.ts';
import type { CommandDefinition } from './command.ts';

export const EXPLAIN: CommandDefinition = {
  usage: 'explain <capture>',
  describe: 'what the Xen path did in each configuration, and what each stage cost',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    path: {
      describe: 'copies, allocations, slots, operations; cycles per byte by stage',
      type: 'boolean',
      default: false,
    },
    ...STUDY_OPTIONS,
    ...TALK_OPTIONS,
    json: { describe: 'the same numbers as JSON', type: 'boolean', default: false },
  },
  examples: [['$0 explain trace.pcap --path', 'where the cycles of each configuration go']],
  run: async (args) => {
    const { path } = args;
    if (path !== true) throw new UsageError('explain: say what to explain: --path');
    return (await import('../explain-path-command.ts')).runExplainPath(
      args as unknown as RawExplainPathOptions,
    );
  },
};
