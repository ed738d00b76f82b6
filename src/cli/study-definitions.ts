/**
 * What the main command's numbers depend on, as options for the parser. Commands that run many studies take them
 * from here too, and vary any of them. Their values are resolved in study-options.ts, which is loaded later.
 */
import type { Options } from 'yargs';
import { LAWS } from '../cost/laws.ts';
import { GRO_OPTIONS } from './gro-options.ts';
import { NIC_OPTIONS, PACE_OPTION } from './nic-options.ts';
import { ENGINE_OPTION, PATH_OPTIONS, POLL_HELP, REPLAY_OPTIONS } from './options.ts';
import { RULE_OPTIONS } from './rule-options.ts';

type Definitions = Readonly<Record<string, Options>>;

export const STUDY_OPTIONS: Definitions = {
  ...REPLAY_OPTIONS,
  engine: { ...ENGINE_OPTION.engine, describe: `${ENGINE_OPTION.engine.describe} (of LRO and Optimized)` },
  ...GRO_OPTIONS,
  ...RULE_OPTIONS,
  poll: {
    describe: `${POLL_HELP}; LRO=… for one configuration (default: napi)`,
    type: 'string',
    array: true,
    nargs: 1,
    default: [],
  },
  ...PATH_OPTIONS,
  ...NIC_OPTIONS,
  ...PACE_OPTION,
  law: {
    describe: 'throughput law (default: serial, or the first of the profile)',
    choices: LAWS,
    requiresArg: true,
  },
};
