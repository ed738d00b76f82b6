/** The processor that `napi` spends time on: that of a configuration's driver domain. */
import type { PollSpec } from '../nic/poll.ts';
import type { Softirq } from '../nic/softirq.ts';
import type { XenConfiguration } from '../path/xen-path.ts';
import { createPricedSoftirq } from '../replay/softirq.ts';
import { type RawNicOptions, refuseNicOptions } from './nic-options.ts';
import { type RawPathOptions, resolvePath } from './path-options.ts';
import { UsageError } from './usage.ts';

export interface RawPriceOptions extends RawNicOptions, RawPathOptions {
  readonly configuration: XenConfiguration | undefined;
}

/** Throws a UsageError where options are given that count only with `napi`, or the profile cannot be had. */
export function pricedSoftirq(
  raw: RawPriceOptions,
  poll: PollSpec,
  merges: boolean,
  lroMode: 'skb' | 'frags',
): Softirq {
  if (poll.kind !== 'napi') {
    refuseNicOptions(raw, poll.kind === 'veth' ? ['weight', 'irq-latency'] : []);
    if (raw.configuration !== undefined) throw new UsageError('--configuration counts only with --poll napi');
  }
  const configuration = raw.configuration ?? (merges ? 'LRO' : 'Xen');
  const { path, profile } = resolvePath(raw, lroMode);
  return createPricedSoftirq({ ...path, configuration, lroMode, profile }, merges, poll);
}
