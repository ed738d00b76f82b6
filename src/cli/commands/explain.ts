import type { RawExplainPathOptions } from '../explain-path-command.ts';
import type { RawUnexplainedOptions } from '../explain-unexplained-command.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import { UsageError } from '../usage.ts';
import type { CommandDefinition } from './command.ts';

export const EXPLAIN: CommandDefinition = {
  usage: 'explain <capture>',
  describe:
    'what the Xen path did, and what could account for the guest cycles that nothing counted explains',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    path: {
      describe: 'copies, allocations, slots, operations; cycles per byte by stage',
      type: 'boolean',
      default: false,
    },
    unexplained: { describe: 'the hypotheses, counted on this capture', type: 'boolean', default: false },
    hypothesis: {
      describe: 'with --unexplained, these only: slot-per-fragment, more-acks, dear-copy',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    json: { describe: 'the record alone on stdout', type: 'boolean', default: false },
    ...STUDY_OPTIONS,
    ...TALK_OPTIONS,
  },
  examples: [
    ['$0 explain trace.pcap --path', 'where the cycles of each configuration go'],
    ['$0 explain trace.pcap --unexplained', 'each hypothesis with the price that it needs'],
  ],
  run: async (args) => {
    const raw = args as unknown as RawUnexplainedOptions &
      RawExplainPathOptions & { readonly unexplained: boolean; readonly path: boolean };
    if (raw.path) return (await import('../explain-path-command.ts')).runExplainPath(raw);
    if (!raw.unexplained) throw new UsageError('explain: say what, --path or --unexplained');
    return (await import('../explain-unexplained-command.ts')).runExplainUnexplained(raw);
  },
};
