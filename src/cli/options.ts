/** The options that commands share: their definitions for the parser, and their checked values. */
import type { Options } from 'yargs';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../coalesce/inet-lro.ts';
import type { ReceiverChoice } from '../packet/receiver.ts';
import { RECEIVE_MODES, type ReceiveMode } from '../path/netback.ts';
import { ENGINES, type EngineName } from '../replay/coalesce.ts';
import { DEFAULT_POLL } from './poll-option.ts';
import { parseReceiver } from './receiver-option.ts';
import { UsageError, wholeNumber } from './usage.ts';

type Definitions = Readonly<Record<string, Options>>;

export const REPLAY_GROUP = 'Replay:';

/** What the parser hands over for these options: text, or flags. */
export interface RawReplayOptions {
  readonly 'max-aggr': string;
  readonly 'max-desc': string;
  readonly mtu: string;
  readonly 'lro-mode': 'skb' | 'frags';
  readonly 'frag-size': string;
  readonly vlan: 'strip' | 'pass' | 'inband' | undefined;
  readonly fcs: string | undefined;
  readonly 'verify-checksums': boolean;
  readonly receiver: string;
}

export const REPLAY_OPTIONS: Definitions = {
  receiver: {
    describe: 'whose NIC: auto, all, an IP or a MAC address',
    type: 'string',
    default: 'auto',
  },
  'max-aggr': { describe: 'packets (frags mode: fragments) an skb', type: 'string', default: '64' },
  'max-desc': { describe: 'LRO descriptors (sessions held at once)', type: 'string', default: '8' },
  mtu: { describe: 'MTU of the interface, bytes', type: 'string', default: '1500' },
  'lro-mode': { describe: 'how drivers hand packets over', choices: ['skb', 'frags'], default: 'skb' },
  'frag-size': {
    describe: 'bytes of a page fragment (frags mode), 0: whole frame',
    type: 'string',
    default: '0',
  },
  vlan: {
    describe:
      '802.1Q tags: removed by the NIC, refused, or in the frame (default: strip, pass for linux-gro)',
    choices: ['strip', 'pass', 'inband'],
  },
  fcs: { describe: 'trailing FCS bytes of each frame (default: as the file says)', type: 'string' },
  'verify-checksums': { describe: 'the driver refuses bad TCP checksums', type: 'boolean', default: false },
};
for (const option of Object.values(REPLAY_OPTIONS)) {
  option.group = REPLAY_GROUP;
  if (option.type !== 'boolean') option.requiresArg = true;
}

export const ENGINE_OPTION: Definitions = {
  engine: {
    describe: 'merge engine',
    choices: ENGINES,
    default: 'inet_lro' satisfies EngineName,
    group: REPLAY_GROUP,
    requiresArg: true,
  },
};

export const POLL_HELP = 'where polls end: batch:N, window:T[:B] (µs), end, file:F, napi';
export const POLL_OPTION: Definitions = {
  poll: {
    describe: POLL_HELP,
    type: 'string',
    default: DEFAULT_POLL,
    group: REPLAY_GROUP,
    requiresArg: true,
  },
};

/** Which path and profile, for commands that price what they replay. */
export const PATH_OPTIONS: Definitions = {
  'receive-mode': {
    describe: 'how netback hands pages over',
    choices: RECEIVE_MODES,
    default: 'flip' satisfies ReceiveMode,
    requiresArg: true,
  },
  profile: { describe: 'cost profile', type: 'string', default: 'aizu-2008', requiresArg: true },
};

export const TALK_OPTIONS: Definitions = {
  quiet: { alias: 'q', describe: 'warnings only on stderr', type: 'boolean', default: false },
  progress: { describe: 'progress on stderr, where that is a terminal', type: 'boolean', default: true },
};

export interface ReplayOptions {
  readonly inetLro: InetLroOptions;
  readonly receiver: 'auto' | ReceiverChoice;
  readonly fcsBytes: number | null;
}

/** Checks and converts; throws a UsageError that names the option. */
export function resolveReplayOptions(raw: RawReplayOptions): ReplayOptions {
  const inetLro: InetLroOptions = {
    ...INET_LRO_DEFAULTS,
    maxAggr: wholeNumber('--max-aggr', raw['max-aggr'], 1, 65_535),
    maxDesc: wholeNumber('--max-desc', raw['max-desc'], 1, 65_536),
    mtu: wholeNumber('--mtu', raw.mtu, 68, 65_535),
    mode: raw['lro-mode'],
    fragSize: wholeNumber('--frag-size', raw['frag-size'], 0, 262_144),
    vlan: raw.vlan ?? INET_LRO_DEFAULTS.vlan,
    verifyChecksums: raw['verify-checksums'],
  };
  if (inetLro.fragSize > 0 && inetLro.mode === 'skb') {
    throw new UsageError('--frag-size counts only in --lro-mode frags');
  }
  return {
    inetLro,
    receiver: parseReceiver(raw.receiver),
    fcsBytes: raw.fcs === undefined ? null : wholeNumber('--fcs', raw.fcs, 0, 8),
  };
}
