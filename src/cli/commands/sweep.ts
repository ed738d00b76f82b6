import { XEN_CONFIGURATIONS } from '../../path/xen-path.ts';
import { QUANTITIES } from '../../report/quantities.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import type { RawSweepOptions } from '../sweep-command.ts';
import type { CommandDefinition } from './command.ts';

export const SWEEP: CommandDefinition = {
  usage: 'sweep <capture>',
  describe: 'the main command at many values of one or two options, in one pass',
  define: (command) =>
    command
      .positional('capture', { describe: 'capture file, - for stdin', type: 'string', demandOption: true })
      .option('vary', {
        describe: 'option and its values: NAME=A,B,… or NAME=FROM:TO:STEP; twice for two options',
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
      })
      .option('configuration', {
        describe: 'only this configuration; may be given again (default: all three)',
        choices: XEN_CONFIGURATIONS,
        array: true,
        nargs: 1,
        default: [],
      })
      .option('quantity', {
        describe: 'what the charts show; may be given again',
        choices: QUANTITIES.map(({ id }) => id),
        array: true,
        nargs: 1,
        default: ['lro-rate', 'domain0', 'latency-p99'],
      })
      .options({ ...STUDY_OPTIONS, ...TALK_OPTIONS })
      .option('out', { describe: 'folder for the reports', type: 'string', default: 'reports' })
      .option('format', {
        describe: 'files to write: csv, png, json, none',
        type: 'string',
        default: 'csv,png',
      })
      .requiresArg(['out', 'format'])
      .option('json', { describe: 'the sweep alone on stdout, as JSON', type: 'boolean', default: false })
      .example(
        '$0 sweep trace.pcap --poll napi --vary rx-usecs=0:250:10',
        '26 settings of interrupt moderation',
      )
      .example('$0 sweep trace.pcap --vary max-aggr=2,4,8,16,32,64 --vary engine=inet_lro,linux-gro', ''),
  lists: ['vary', 'configuration', 'quantity', 'poll'],
  run: async (args) => (await import('../sweep-command.ts')).runSweep(args as unknown as RawSweepOptions),
};
