/** From PATH_OPTIONS, as the parser hands them over, to what is below the driver and what it costs. */
import { findProfile } from '../cost/load-profile.ts';
import { coefficientsOf, type Profile, ProfileError } from '../cost/profile.ts';
import { setCoefficient } from '../cost/set-coefficient.ts';
import { type FragmentCopy, RECEIVE_MODES, type ReceiveMode } from '../path/netback.ts';
import type { XenPathOptions } from '../path/xen-path.ts';
import { DEFAULT_MODE, DEFAULT_PROFILE, PROFILE_OF_MODE } from './options.ts';
import { UsageError, wholeNumber } from './usage.ts';

/** With `set`, which may be given more than once. */
export interface RawPathOptions {
  readonly 'receive-mode': ReceiveMode | undefined;
  readonly 'fragment-copy': FragmentCopy | undefined;
  readonly 'linearise-max-order': string | undefined;
  readonly profile: string | undefined;
  readonly set: readonly string[];
}

/** Of a buffer of 8 MiB, far beyond what one IP packet needs. */
const HIGHEST_ORDER = 11;

export interface ResolvedPath {
  readonly path: Omit<XenPathOptions, 'configuration' | 'lroMode'>;
  /** With what the user set. */
  readonly profile: Profile;
}

/** Checks and converts; throws a UsageError that names the option. */
export function resolvePath(raw: RawPathOptions, lroMode: 'skb' | 'frags'): ResolvedPath {
  const asked = raw['receive-mode'];
  const name = raw.profile ?? (asked === undefined ? undefined : PROFILE_OF_MODE[asked]) ?? DEFAULT_PROFILE;
  const profile = attempt('--profile', () => findProfile(name));
  const receiveMode = asked ?? defaultMode(profile);
  attempt('--receive-mode', () => coefficientsOf(profile, receiveMode));
  const fragmentCopy = raw['fragment-copy'];
  if (fragmentCopy !== undefined && receiveMode !== 'grant-copy') {
    throw new UsageError('--fragment-copy counts only with --receive-mode grant-copy');
  }
  const order = raw['linearise-max-order'];
  if (order !== undefined && (receiveMode === 'modern' || lroMode === 'frags')) {
    throw new UsageError(
      '--linearise-max-order counts only where LRO linearises: not in receive mode modern, nor with --lro-mode frags',
    );
  }
  return {
    path: {
      receiveMode,
      ...(fragmentCopy === undefined ? {} : { fragmentCopy }),
      ...(order === undefined
        ? {}
        : { lineariseMaxOrder: wholeNumber('--linearise-max-order', order, 0, HIGHEST_ORDER) }),
    },
    profile: attempt('--set', () =>
      raw.set.reduce((one, text) => setCoefficient(one, receiveMode, text), profile),
    ),
  };
}

function defaultMode(profile: Profile): ReceiveMode {
  if (profile.receiveModes[DEFAULT_MODE] !== undefined) return DEFAULT_MODE;
  return RECEIVE_MODES.find((mode) => profile.receiveModes[mode] !== undefined) ?? DEFAULT_MODE;
}

function attempt<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(`${option}: ${error.message}`);
    throw error;
  }
}
