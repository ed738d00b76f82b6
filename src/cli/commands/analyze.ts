import { LAWS } from '../../cost/laws.ts';
import type { RawAnalyzeOptions } from '../analyze-command.ts';
import { NIC_OPTIONS, PACE_OPTION } from '../nic-options.ts';
import { PATH_OPTIONS, POLL_HELP, REPLAY_OPTIONS, TALK_OPTIONS } from '../options.ts';
import type { CommandDefinition } from './command.ts';

/** The main command, which needs no name. */
export const ANALYZE: CommandDefinition = {
  usage: ['$0 <captures..>', 'analyze'],
  describe: 'the three configurations: tables, CSV, charts (a folder is a batch)',
  positionals: {
    captures: { describe: 'capture files, folders, - for stdin', type: 'string', array: true },
  },
  options: {
    ...REPLAY_OPTIONS,
    ...TALK_OPTIONS,
    poll: {
      describe: `${POLL_HELP}; LRO=… for one configuration`,
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    ...PATH_OPTIONS,
    ...NIC_OPTIONS,
    ...PACE_OPTION,
    law: { describe: 'throughput law', choices: LAWS, default: 'serial', requiresArg: true },
    out: { describe: 'folder for the reports', type: 'string', default: 'reports', requiresArg: true },
    format: {
      describe: 'files to write: csv, png, json, none',
      type: 'string',
      default: 'csv,png,json',
      requiresArg: true,
    },
    json: { describe: 'the result record alone on stdout', type: 'boolean', default: false },
  },
  examples: [
    ['$0 trace.pcap', 'tables, and reports/trace/ with CSV and charts'],
    ['$0 captures/ --poll window:50', 'every capture of a folder, 50 µs of moderation'],
  ],
  run: async (args) =>
    (await import('../analyze-command.ts')).runAnalyze(args as unknown as RawAnalyzeOptions),
};
