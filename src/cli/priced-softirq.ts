/** The processor that `napi` spends time on: that of a configuration's driver domain. */
import { loadProfile } from '../cost/load-profile.ts';
import { ProfileError } from '../cost/profile.ts';
import type { PollSpec } from '../nic/poll.ts';
import type { Softirq } from '../nic/softirq.ts';
import type { ReceiveMode } from '../path/netback.ts';
import type { XenConfiguration } from '../path/xen-path.ts';
import { createPricedSoftirq } from '../replay/softirq.ts';
import { type RawNicOptions, refuseNicOptions } from './nic-options.ts';
import { UsageError } from './usage.ts';

export interface RawPriceOptions extends RawNicOptions {
  readonly configuration: XenConfiguration | undefined;
  readonly 'receive-mode': ReceiveMode;
  readonly profile: string;
}

/** Throws a UsageError where options are given that count only with `napi`, or the profile cannot be had. */
export function pricedSoftirq(
  raw: RawPriceOptions,
  poll: PollSpec,
  merges: boolean,
  lroMode: 'skb' | 'frags',
): Softirq {
  if (poll.kind !== 'napi') {
    refuseNicOptions(raw);
    if (raw.configuration !== undefined) throw new UsageError('--configuration counts only with --poll napi');
  }
  const configuration = raw.configuration ?? (merges ? 'LRO' : 'Xen');
  try {
    const profile = loadProfile(raw.profile);
    const price = { configuration, receiveMode: raw['receive-mode'], lroMode, profile };
    return createPricedSoftirq(price, merges, poll);
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(`--profile: ${error.message}`);
    throw error;
  }
}
