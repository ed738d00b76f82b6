/** The options of the engines after published rules alone; `--max-aggr`, `--max-desc`, `--mtu` they share with inet_lro. */
import type { Options } from 'yargs';
import { type RawReplayOptions, REPLAY_GROUP } from './options.ts';

export interface RawRuleOptions extends RawReplayOptions {
  readonly burst: string | undefined;
  readonly 'dpdk-rules': 'older' | 'newer';
}

const RULE_OPTION_LIST = {
  burst: {
    describe: 'dpdk-gro, wireguard: packets of a burst (default: 128, the poll)',
    type: 'string',
    requiresArg: true,
  },
  'dpdk-rules': {
    describe: 'dpdk-gro: older versions merge packets with ACK alone',
    choices: ['older', 'newer'],
    default: 'newer',
    requiresArg: true,
  },
} as const satisfies Readonly<Record<string, Options>>;

export const RULE_OPTIONS: Readonly<Record<string, Options>> = Object.fromEntries(
  Object.entries(RULE_OPTION_LIST).map(([name, option]) => [name, { ...option, group: REPLAY_GROUP }]),
);
