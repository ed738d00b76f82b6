import { XEN_CONFIGURATIONS } from '../../path/xen-path.ts';
import type { RawExplainOptions } from '../explain-command.ts';
import { GRO_OPTIONS } from '../gro-options.ts';
import { inNicGroup, NIC_OPTIONS } from '../nic-options.ts';
import { PATH_OPTIONS, POLL_OPTION, REPLAY_GROUP, REPLAY_OPTIONS, TALK_OPTIONS } from '../options.ts';
import type { CommandDefinition } from './command.ts';

export const EXPLAIN: CommandDefinition = {
  usage: 'explain <capture>',
  describe: 'why packets did and did not merge, and what would change it',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    engine: {
      describe: 'merge engines, separated by commas',
      type: 'string',
      default: 'inet_lro,linux-gro',
      group: REPLAY_GROUP,
      requiresArg: true,
    },
    ...POLL_OPTION,
    ...REPLAY_OPTIONS,
    ...GRO_OPTIONS,
    ...TALK_OPTIONS,
    ...NIC_OPTIONS,
    ...inNicGroup(PATH_OPTIONS),
    ...inNicGroup({
      configuration: {
        describe: 'path below the driver (default: LRO; without engine Xen)',
        choices: XEN_CONFIGURATIONS,
      },
    }),
    'what-if': {
      describe: 'obstacles to replay without: usual, all, none, or names (a,b; a+b: both at once)',
      type: 'string',
      default: 'usual',
      requiresArg: true,
    },
    top: { describe: 'flows told apart', type: 'string', default: '10', requiresArg: true },
    packet: {
      describe: 'follow this packet (number in the capture, from 0); may be repeated',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    diff: {
      describe: 'two engines: where do they part?',
      type: 'string',
      array: true,
      nargs: 2,
      default: [],
    },
    out: { describe: 'folder for the reports', type: 'string', default: 'reports', requiresArg: true },
    format: {
      describe: 'files to write: csv, png, json, none',
      type: 'string',
      default: 'csv,png,json',
      requiresArg: true,
    },
    json: { describe: 'the record alone on stdout', type: 'boolean', default: false },
  },
  examples: [
    ['$0 explain trace.pcap', 'reasons, what-ifs and losses of both engines'],
    ['$0 explain trace.pcap --packet 17', 'which rule decided about packet 17'],
    ['$0 explain trace.pcap --diff inet_lro linux-gro', 'where the two engines part'],
  ],
  run: async (args) =>
    (await import('../explain-command.ts')).runExplain(args as unknown as RawExplainOptions),
};
