/** The processor that `napi` spends time on: that of a configuration's driver domain. */
import type { Core } from '../capture/core.ts';
import type { PollSpec } from '../nic/poll.ts';
import { createSoftirq, NO_CYCLES, type Softirq } from '../nic/softirq.ts';
import type { XenConfiguration } from '../path/xen-configurations.ts';
import { type RawNicOptions, refuseNicOptions } from './nic-options.ts';
import type { RawPathOptions } from './path-options.ts';
import { UsageError } from './usage.ts';

export interface RawPriceOptions extends RawNicOptions, RawPathOptions {
  readonly configuration: XenConfiguration | undefined;
}

/**
 * Makes a processor for each lane that asks, with a merge engine or without, in the core if that may run the lane, which
 * then holds so many skbs. Throws a UsageError where options are given
 * that count only with `napi`, or the profile cannot be had.
 */
export async function softirqFactory(
  raw: RawPriceOptions,
  poll: PollSpec,
  lroMode: 'skb' | 'frags',
): Promise<(merges: boolean, core?: Core | null, slots?: number) => Softirq> {
  if (poll.kind !== 'napi') {
    refuseNicOptions(raw, poll.kind === 'veth' ? ['weight', 'irq-latency'] : []);
    if (raw.configuration !== undefined) throw new UsageError('--configuration counts only with --poll napi');
    return () => createSoftirq(NO_CYCLES, 1);
  }
  // Loaded only here: the other poll models need no prices, and start-up counts.
  const { resolvePath } = await import('./path-options.ts');
  const { createPricedSoftirq } = await import('../replay/softirq.ts');
  const { path, profile } = resolvePath(raw, lroMode);
  return (merges, core = null, slots = 0) => {
    const configuration = raw.configuration ?? (merges ? 'LRO' : 'Xen');
    return createPricedSoftirq({ ...path, configuration, lroMode, profile }, merges, poll, core, slots);
  };
}
