/** The options that commands share: their definitions for the parser, and their checked values. */
import type { Options } from 'yargs';
import { CATALOG, ENGINES, type EngineName } from '../coalesce/catalog.ts';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../coalesce/inet-lro.ts';
import type { ReceiverChoice } from '../packet/receiver.ts';
import type { ResegmentOptions } from '../packet/resegment.ts';
import { FRAGMENT_COPIES, RECEIVE_MODES, type ReceiveMode } from '../path/netback.ts';
import { DEFAULT_POLL } from './poll-option.ts';
import { parseReceiver } from './receiver-option.ts';
import { UsageError, wholeNumber } from './usage.ts';

type Definitions = Readonly<Record<string, Options>>;

export const REPLAY_GROUP = 'Replay:';

/** What the parser hands over for these options: text, or flags. */
export interface RawReplayOptions {
  readonly 'max-aggr': string | undefined;
  readonly 'max-desc': string | undefined;
  readonly mtu: string;
  readonly 'lro-mode': 'skb' | 'frags';
  readonly 'frag-size': string;
  readonly vlan: 'strip' | 'pass' | 'inband' | undefined;
  readonly fcs: string | undefined;
  readonly 'verify-checksums': boolean;
  readonly receiver: string;
  readonly resegment: boolean;
  readonly 'link-mbps': string | undefined;
}

export const REPLAY_OPTIONS: Definitions = {
  receiver: {
    describe: 'whose NIC: auto, all, an IP or a MAC address',
    type: 'string',
    default: 'auto',
  },
  'max-aggr': {
    describe: `packets (frags mode: fragments) an skb (default: ${INET_LRO_DEFAULTS.maxAggr}, others their own)`,
    type: 'string',
  },
  'max-desc': {
    describe: `LRO descriptors: sessions held at once (default: ${INET_LRO_DEFAULTS.maxDesc}, others their own)`,
    type: 'string',
  },
  mtu: { describe: 'MTU of the interface, bytes', type: 'string', default: '1500' },
  'lro-mode': { describe: 'how drivers hand packets over', choices: ['skb', 'frags'], default: 'skb' },
  'frag-size': {
    describe: 'bytes of a page fragment (frags mode), 0: whole frame',
    type: 'string',
    default: '0',
  },
  vlan: {
    describe:
      '802.1Q tags: removed by the NIC, refused, or in the frame (default: strip, pass for linux-gro and gvisor)',
    choices: ['strip', 'pass', 'inband'],
  },
  fcs: { describe: 'trailing FCS bytes of each frame (default: as the file says)', type: 'string' },
  'verify-checksums': { describe: 'the driver refuses bad TCP checksums', type: 'boolean', default: false },
  resegment: {
    describe: 'split super-packets of the capture into the segments they were made of',
    type: 'boolean',
    default: false,
  },
  'link-mbps': {
    describe: 'rate at which such segments arrive (default: 1000)',
    type: 'string',
  },
};
for (const option of Object.values(REPLAY_OPTIONS)) {
  option.group = REPLAY_GROUP;
  if (option.type !== 'boolean') option.requiresArg = true;
}

/** Engines that no vectors stand behind. */
const BY_RULES = ENGINES.filter((name) => CATALOG[name].verified === 'rules');

export const ENGINE_OPTION = {
  engine: {
    describe: `merge engine; by published rules, not checked against running code: ${BY_RULES.join(', ')}`,
    choices: ENGINES,
    default: 'inet_lro' satisfies EngineName,
    group: REPLAY_GROUP,
    requiresArg: true,
  },
} satisfies Definitions;

export const POLL_HELP = 'where polls end: batch:N, window:T[:B] (µs), end, file:F, napi, veth';
export const POLL_OPTION: Definitions = {
  poll: {
    describe: POLL_HELP,
    type: 'string',
    default: DEFAULT_POLL,
    group: REPLAY_GROUP,
    requiresArg: true,
  },
};

export const DEFAULT_PROFILE = 'aizu-2008';
/** The profile that prices a mode for which the default one has no coefficients. */
export const PROFILE_OF_MODE: Readonly<Partial<Record<ReceiveMode, string>>> = { modern: 'modern-estimate' };
export const DEFAULT_MODE: ReceiveMode = 'flip';

/** Which path and profile, for commands that price what they replay. */
export const PATH_OPTIONS: Definitions = {
  'receive-mode': {
    describe: `how netback hands pages over (default: ${DEFAULT_MODE}, or the first of the profile)`,
    choices: RECEIVE_MODES,
    requiresArg: true,
  },
  'fragment-copy': {
    describe: 'grant-copy of a fragment list: after a software copy (default), or piece by piece',
    choices: FRAGMENT_COPIES,
    requiresArg: true,
  },
  'linearise-max-order': {
    describe: 'highest page order of a linear buffer, others fail (default: none does)',
    type: 'string',
    requiresArg: true,
  },
  profile: {
    describe: `cost profile, name or .json file (default: ${DEFAULT_PROFILE}; mode modern: ${PROFILE_OF_MODE.modern})`,
    type: 'string',
    requiresArg: true,
  },
  set: {
    describe: 'one coefficient, cost.NAME.UNIT=VALUE, such as cost.linearise.cyclesPerByte=0.5',
    type: 'string',
    array: true,
    nargs: 1,
    default: [],
  },
};

export const TALK_OPTIONS: Definitions = {
  quiet: { alias: 'q', describe: 'warnings only on stderr', type: 'boolean', default: false },
  progress: { describe: 'progress on stderr, where that is a terminal', type: 'boolean', default: true },
};

export interface ReplayOptions {
  readonly inetLro: InetLroOptions;
  readonly receiver: 'auto' | ReceiverChoice;
  readonly fcsBytes: number | null;
  /** Null: super-packets stay whole. */
  readonly resegment: ResegmentOptions | null;
}

/** What was given for `--max-aggr`; undefined, for the engine's own default, if nothing was. */
export function maxAggr({ 'max-aggr': text }: RawReplayOptions): number | undefined {
  return text === undefined ? undefined : wholeNumber('--max-aggr', text, 1, 65_535);
}

export function maxDesc({ 'max-desc': text }: RawReplayOptions): number | undefined {
  return text === undefined ? undefined : wholeNumber('--max-desc', text, 1, 65_536);
}
export const DEFAULT_LINK_MBPS = 1000;
export const MAX_LINK_MBPS = 1_000_000;

/** Checks and converts; throws a UsageError that names the option. */
export function resolveReplayOptions(raw: RawReplayOptions): ReplayOptions {
  const inetLro: InetLroOptions = {
    ...INET_LRO_DEFAULTS,
    maxAggr: maxAggr(raw) ?? INET_LRO_DEFAULTS.maxAggr,
    maxDesc: maxDesc(raw) ?? INET_LRO_DEFAULTS.maxDesc,
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
    resegment: resolveResegment(raw, inetLro.mtu),
  };
}

function resolveResegment(raw: RawReplayOptions, mtu: number): ResegmentOptions | null {
  const rate = raw['link-mbps'];
  if (!raw.resegment) {
    if (rate !== undefined) throw new UsageError('--link-mbps counts only with --resegment');
    return null;
  }
  const linkMbps =
    rate === undefined ? DEFAULT_LINK_MBPS : wholeNumber('--link-mbps', rate, 1, MAX_LINK_MBPS);
  return { linkMbps, mtu };
}
