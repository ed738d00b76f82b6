import { XEN_CONFIGURATIONS } from '../../path/xen-configurations.ts';
import type { RawExplainOptions } from '../explain-options.ts';
import type { RawExplainPathOptions } from '../explain-path-command.ts';
import type { RawUnexplainedOptions } from '../explain-unexplained-command.ts';
import { reportOptions } from '../formats.ts';
import { GRO_OPTIONS } from '../gro-options.ts';
import { inNicGroup, NIC_OPTIONS } from '../nic-options.ts';
import { PATH_OPTIONS, POLL_HELP, REPLAY_GROUP, REPLAY_OPTIONS, TALK_OPTIONS } from '../options.ts';
import { STUDY_POLL } from '../poll-option.ts';
import { RULE_OPTIONS } from '../rule-options.ts';
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
    poll: {
      describe: `${POLL_HELP} (default: ${STUDY_POLL})`,
      type: 'string',
      group: REPLAY_GROUP,
      requiresArg: true,
    },
    ...REPLAY_OPTIONS,
    ...GRO_OPTIONS,
    ...RULE_OPTIONS,
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
    path: {
      describe: 'instead: what the Xen path did, copies, slots, operations, and cycles by stage',
      type: 'boolean',
      default: false,
    },
    unexplained: {
      describe: 'instead: hypotheses about the guest cycles that no counted event explains',
      type: 'boolean',
      default: false,
    },
    hypothesis: {
      describe: 'with --unexplained, these only: slot-per-fragment, more-acks, dear-copy',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    ...reportOptions('csv,png,json'),
    json: { describe: 'the record alone on stdout', type: 'boolean', default: false },
  },
  examples: [
    ['$0 explain trace.pcap', 'reasons, what-ifs and losses of both engines'],
    ['$0 explain trace.pcap --packet 17', 'which rule decided about packet 17'],
    ['$0 explain trace.pcap --diff inet_lro linux-gro', 'where the two engines part'],
    ['$0 explain trace.pcap --unexplained', 'each hypothesis with the price that it needs'],
    ['$0 explain trace.pcap --path', 'where the cycles of each configuration go'],
  ],
  run: async (args, invocation) => {
    const { path, unexplained } = args;
    if (unexplained === true) {
      const { runExplainUnexplained } = await import('../explain-unexplained-command.ts');
      return runExplainUnexplained(args as unknown as RawUnexplainedOptions);
    }
    if (path === true) {
      const { runExplainPath } = await import('../explain-path-command.ts');
      return runExplainPath(args as unknown as RawExplainPathOptions);
    }
    const raw = args as unknown as RawExplainOptions;
    const { withHashes } = await import('../capture-hash.ts');
    return withHashes(raw, [raw.capture], async (hashes) =>
      (await import('../explain-command.ts')).runExplain(raw, invocation, hashes),
    );
  },
  reproduce: async (order) => (await import('../explain-command.ts')).reproduceExplain(order),
};
