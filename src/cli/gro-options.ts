/** The options of the engine linux-gro alone. */
import type { Options } from 'yargs';
import { LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../coalesce/linux-gro.ts';
import { type RawReplayOptions, REPLAY_GROUP } from './options.ts';
import { UsageError, wholeNumber } from './usage.ts';

export interface RawGroOptions extends Pick<RawReplayOptions, 'vlan' | 'verify-checksums'> {
  readonly 'gro-buckets': string;
  readonly 'gro-per-bucket': string;
  readonly 'gro-max-size': string;
}

export const GRO_OPTIONS: Readonly<Record<string, Options>> = {
  'gro-buckets': { describe: 'linux-gro, gvisor: lists of held skbs', type: 'string', default: '8' },
  'gro-per-bucket': { describe: 'linux-gro, gvisor: skbs held in a list', type: 'string', default: '8' },
  'gro-max-size': {
    describe: 'linux-gro, gvisor: bytes of IP packet that an skb stays below',
    type: 'string',
    default: '65536',
  },
};
for (const option of Object.values(GRO_OPTIONS)) option.group = REPLAY_GROUP;

/** Skbs held at once, over all lists: each takes a kilobyte. */
const MAX_HELD_SKBS = 65_536;

/** Checks and converts; throws a UsageError that names the option. */
export function resolveGroOptions(raw: RawGroOptions): LinuxGroOptions {
  const buckets = wholeNumber('--gro-buckets', raw['gro-buckets'], 1, MAX_HELD_SKBS);
  const perBucket = wholeNumber('--gro-per-bucket', raw['gro-per-bucket'], 1, MAX_HELD_SKBS);
  if (buckets * perBucket > MAX_HELD_SKBS) {
    throw new UsageError(`--gro-buckets times --gro-per-bucket must be at most ${MAX_HELD_SKBS}`);
  }
  return {
    buckets,
    perBucket,
    maxSize: wholeNumber('--gro-max-size', raw['gro-max-size'], 1, 65_536),
    vlan: raw.vlan ?? LINUX_GRO_DEFAULTS.vlan,
    verifyChecksums: raw['verify-checksums'],
  };
}
