import type { RawCompareOptions } from '../compare-command.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import type { CommandDefinition } from './command.ts';

export const COMPARE: CommandDefinition = {
  usage: 'compare <a> <b>',
  describe: 'two results side by side: what differs, by how much, and whether that is more than chance',
  positionals: {
    a: { describe: 'folder of a report, its summary.json, or a capture', type: 'string', demandOption: true },
    b: { describe: 'the same; differences are B less A', type: 'string', demandOption: true },
  },
  options: {
    'fail-if': {
      describe:
        "exit code 5 where a difference is past this: QUANTITY[@CONFIGURATION]<NUMBER[%], or >, as 'lro-rate<-5%'; may be given again",
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    json: { describe: 'the comparison as JSON', type: 'boolean', default: false },
    csv: { describe: 'the quantities as CSV', type: 'boolean', default: false },
    out: { describe: 'folder for compare.csv, compare.json', type: 'string', requiresArg: true },
    format: {
      describe: 'files to write into --out: csv, json, none',
      type: 'string',
      default: 'csv,json',
      requiresArg: true,
    },
    ...STUDY_OPTIONS,
    ...TALK_OPTIONS,
  },
  examples: [
    ['$0 compare reports/before reports/after', 'two reports of the main command'],
    ['$0 compare monday.pcap friday.pcap --mtu 9000', 'two captures, run with the same options'],
    ['$0 compare old new --out compared', 'the comparison as files, which verify makes again'],
    ["$0 compare old new --fail-if 'lro-rate@LRO<-5%'", 'exit code 5 if LRO merges 5 % less'],
  ],
  run: async (args, invocation) => {
    const raw = args as unknown as RawCompareOptions;
    const { withHashes } = await import('../capture-hash.ts');
    return withHashes(raw, [raw.a, raw.b], async (hashes) =>
      (await import('../compare-command.ts')).runCompare(raw, invocation, hashes),
    );
  },
  reproduce: async (order) => (await import('../compare-command.ts')).reproduceCompare(order),
};
