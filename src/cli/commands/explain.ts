import type { RawUnexplainedOptions } from '../explain-unexplained-command.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import { UsageError } from '../usage.ts';
import type { CommandDefinition } from './command.ts';

const { engine: _engine, pace: _pace, law: _law, ...REPLAY_OPTIONS } = STUDY_OPTIONS;

export const EXPLAIN: CommandDefinition = {
  usage: 'explain <capture>',
  describe: 'what could account for the guest cycles that no counted event explains',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    unexplained: { describe: 'the hypotheses, counted on this capture', type: 'boolean', default: false },
    hypothesis: {
      describe: 'with --unexplained, these only: slot-per-fragment, more-acks, dear-copy',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    json: { describe: 'the record alone on stdout', type: 'boolean', default: false },
    ...REPLAY_OPTIONS,
    ...TALK_OPTIONS,
  },
  examples: [['$0 explain trace.pcap --unexplained', 'each hypothesis with the price that it needs']],
  run: async (args) => {
    const raw = args as unknown as RawUnexplainedOptions & { readonly unexplained: boolean };
    if (!raw.unexplained) throw new UsageError('explain: say what, --unexplained');
    const { runExplainUnexplained } = await import('../explain-unexplained-command.ts');
    return runExplainUnexplained(raw);
  },
};
