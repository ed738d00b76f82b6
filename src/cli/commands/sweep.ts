import { XEN_CONFIGURATIONS } from '../../path/xen-configurations.ts';
import { QUANTITIES } from '../../report/quantities.ts';
import { reportOptions } from '../formats.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import type { RawSweepOptions } from '../sweep-command.ts';
import type { CommandDefinition } from './command.ts';

export const SWEEP: CommandDefinition = {
  usage: 'sweep <capture>',
  describe: 'the main command at many values of one or two options, in one pass',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    vary: {
      describe: 'option and its values: NAME=A,B,… or NAME=FROM:TO:STEP; twice for two options',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    configuration: {
      describe: 'only this configuration; may be given again (default: all three)',
      choices: XEN_CONFIGURATIONS,
      array: true,
      nargs: 1,
      default: [],
    },
    quantity: {
      describe: 'what the charts show; may be given again',
      choices: QUANTITIES.map(({ id }) => id),
      array: true,
      nargs: 1,
      default: ['lro-rate', 'domain0', 'latency-p99'],
    },
    ...STUDY_OPTIONS,
    ...TALK_OPTIONS,
    ...reportOptions('csv,png'),
    json: { describe: 'the sweep alone on stdout, as JSON', type: 'boolean', default: false },
  },
  examples: [
    ['$0 sweep trace.pcap --poll napi --vary rx-usecs=0:250:10', '26 settings of interrupt moderation'],
    ['$0 sweep trace.pcap --vary engine=inet_lro,linux-gro --vary mtu=1500,9000', 'two options, as a map'],
  ],
  run: async (args, invocation) => {
    const raw = args as unknown as RawSweepOptions;
    const { withHashes } = await import('../capture-hash.ts');
    return withHashes(raw, [raw.capture], async (hashes) =>
      (await import('../sweep-command.ts')).runSweep(raw, invocation, hashes),
    );
  },
  reproduce: async (order) => (await import('../sweep-command.ts')).reproduceSweep(order),
};
