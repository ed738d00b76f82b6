import { TALK_OPTIONS } from '../options.ts';
import type { RawVerifyOptions } from '../verify-command.ts';
import type { CommandDefinition } from './command.ts';

export const VERIFY: CommandDefinition = {
  usage: 'verify <reports..>',
  describe: 'run again what made a report, and compare every file byte for byte',
  positionals: {
    reports: {
      describe: 'folders of reports, or folders that hold such folders',
      type: 'string',
      array: true,
    },
  },
  options: {
    capture: {
      describe:
        'the capture, if it is no longer where it was from the report; of several inputs a=FILE, b=FILE, measured=FILE …',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    ...TALK_OPTIONS,
    json: { describe: 'what was compared, as JSON', type: 'boolean', default: false },
  },
  examples: [
    ['$0 verify reports/trace', 'exit code 0: the same, 5: a file comes out differently'],
    ['$0 verify reports/', 'every report below a folder'],
    ['$0 verify attached/trace --capture trace.pcap', 'a report that came without its capture'],
  ],
  run: async (args, invocation) =>
    (await import('../verify-command.ts')).runVerify(args as unknown as RawVerifyOptions, invocation),
};
