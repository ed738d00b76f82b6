import { XEN_CONFIGURATIONS } from '../../path/xen-configurations.ts';
import { reportOptions } from '../formats.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import type { RawTuneOptions } from '../tune-command.ts';
import type { CommandDefinition } from './command.ts';

const { poll: _poll, pace: _pace, 'rx-usecs': _usecs, 'rx-frames': _frames, ...OTHERS } = STUDY_OPTIONS;

export const TUNE: CommandDefinition = {
  usage: 'tune <capture>',
  describe: 'moderation and merging worth using, and what each buys and costs',
  positionals: {
    capture: { describe: 'capture file', type: 'string', demandOption: true },
  },
  options: {
    vary: {
      describe: 'try these values: rx-usecs=… or rx-frames=…, as for sweep',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    configuration: {
      describe: 'path of what is merged; what is not goes the way of Xen',
      choices: XEN_CONFIGURATIONS.filter((name) => name !== 'Xen'),
      default: 'LRO',
      requiresArg: true,
    },
    parts: {
      describe: 'parts in time in which the advice must hold, 1 to 8',
      type: 'string',
      default: '2',
      requiresArg: true,
    },
    interface: { describe: 'name in the commands', type: 'string', default: 'eth0', requiresArg: true },
    ...OTHERS,
    ...TALK_OPTIONS,
    ...reportOptions('csv,png'),
    json: { describe: 'the advice alone on stdout, as JSON', type: 'boolean', default: false },
  },
  examples: [
    ['$0 tune trace.pcap --nic tg3 --interface eth1', 'ethtool lines for this traffic, with their price'],
    ['$0 tune trace.pcap --engine linux-gro --configuration Optimized', 'the same for GRO'],
  ],
  run: async (args, invocation) => {
    const raw = args as unknown as RawTuneOptions;
    const { withHashes } = await import('../capture-hash.ts');
    return withHashes(raw, [raw.capture], async (hashes) =>
      (await import('../tune-command.ts')).runTune(raw, invocation, hashes),
    );
  },
  reproduce: async (order) => (await import('../tune-command.ts')).reproduceTune(order),
};
