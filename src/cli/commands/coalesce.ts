import { XEN_CONFIGURATIONS } from '../../path/xen-configurations.ts';
import type { RawCoalesceOptions } from '../coalesce-command.ts';
import { GRO_OPTIONS } from '../gro-options.ts';
import { inNicGroup, NIC_OPTIONS } from '../nic-options.ts';
import { ENGINE_OPTION, PATH_OPTIONS, POLL_OPTION, REPLAY_OPTIONS, TALK_OPTIONS } from '../options.ts';
import { RULE_OPTIONS } from '../rule-options.ts';
import { VETH_OPTIONS } from '../veth-options.ts';
import type { CommandDefinition } from './command.ts';

export const COALESCE: CommandDefinition = {
  usage: 'coalesce <capture>',
  describe: 'the skbs that one engine would deliver',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    ...ENGINE_OPTION,
    ...POLL_OPTION,
    ...REPLAY_OPTIONS,
    ...GRO_OPTIONS,
    ...RULE_OPTIONS,
    ...TALK_OPTIONS,
    ...NIC_OPTIONS,
    ...VETH_OPTIONS,
    ...inNicGroup(PATH_OPTIONS),
    ...inNicGroup({
      configuration: {
        describe: 'path below the driver (default: LRO; without engine Xen)',
        choices: XEN_CONFIGURATIONS,
      },
    }),
    'polls-out': { describe: 'write where polls ended, for --poll file:F', type: 'string' },
    jsonl: { describe: 'one JSON object an skb, in delivery order', type: 'boolean', default: false },
    stats: { describe: 'the counters alone (the default)', type: 'boolean', default: false },
    write: {
      alias: 'w',
      describe: 'write the merged packets to a .pcap or .pcapng',
      type: 'string',
      requiresArg: true,
    },
  },
  examples: [
    ['$0 coalesce trace.pcap --poll batch:64 --stats', 'counters for polls of 64 packets'],
    ['$0 coalesce trace.pcap --jsonl', 'each skb with its members and reason'],
  ],
  run: async (args) =>
    (await import('../coalesce-command.ts')).runCoalesce(args as unknown as RawCoalesceOptions),
};
