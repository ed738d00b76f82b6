/** The engines after published rules with the options of the command line: each has its own defaults. */

import type { EngineName } from '../coalesce/catalog.ts';
import { DPDK_GRO_DEFAULTS } from '../coalesce/dpdk-gro.ts';
import { FREEBSD_DEFAULTS } from '../coalesce/freebsd.ts';
import { INET_LRO_DEFAULTS } from '../coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../coalesce/linux-gro.ts';
import { S2IO_DEFAULTS } from '../coalesce/s2io.ts';
import { WINDOWS_RSC_DEFAULTS } from '../coalesce/windows-rsc.ts';
import { WIREGUARD_DEFAULTS } from '../coalesce/wireguard.ts';
import type { RuleEngineOptions } from '../replay/coalesce.ts';
import { maxAggr, maxDesc, type ReplayOptions } from './options.ts';
import type { RawRuleOptions } from './rule-options.ts';
import { wholeNumber } from './usage.ts';

/** Throws a UsageError that names the option. */
export function resolveRuleOptions(
  raw: RawRuleOptions,
  { inetLro }: Pick<ReplayOptions, 'inetLro'>,
): RuleEngineOptions {
  const { mtu, vlan, verifyChecksums } = inetLro;
  const segments = maxAggr(raw);
  const flows = maxDesc(raw);
  const burst = raw.burst === undefined ? undefined : wholeNumber('--burst', raw.burst, 1, 1_000_000);
  const rules = raw['dpdk-rules'];
  const dpdkSegments = rules === 'newer' ? DPDK_GRO_DEFAULTS.maxAggr : 0;
  return {
    s2io: {
      sessions: flows ?? S2IO_DEFAULTS.sessions,
      maxAggr: segments ?? S2IO_DEFAULTS.maxAggr,
      mtu,
      vlan,
      verifyChecksums,
    },
    freebsd: {
      entries: flows ?? FREEBSD_DEFAULTS.entries,
      maxAggr: segments ?? FREEBSD_DEFAULTS.maxAggr,
      mtu,
      vlan,
      verifyChecksums,
    },
    windowsRsc: {
      maxUnits: flows ?? WINDOWS_RSC_DEFAULTS.maxUnits,
      maxAggr: segments ?? WINDOWS_RSC_DEFAULTS.maxAggr,
      vlan,
    },
    dpdkGro: {
      rules,
      maxAggr: segments ?? dpdkSegments,
      burst: burst ?? DPDK_GRO_DEFAULTS.burst,
      vlan,
      verifyChecksums,
    },
    wireguard: {
      maxAggr: segments ?? WIREGUARD_DEFAULTS.maxAggr,
      burst: burst ?? WIREGUARD_DEFAULTS.burst,
      vlan,
    },
  };
}

/** What the options that were left out come to with the engine that was chosen; those without a limit have no entry. */
export function unstatedEngineValues(raw: {
  readonly engine?: EngineName;
  readonly 'dpdk-rules'?: string;
}): Readonly<Record<string, string>> {
  const { vlan } = INET_LRO_DEFAULTS;
  switch (raw.engine ?? 'inet_lro') {
    case 'inet_lro': {
      const { maxAggr: segments, maxDesc: flows } = INET_LRO_DEFAULTS;
      return { 'max-aggr': String(segments), 'max-desc': String(flows), vlan };
    }
    case 's2io':
      return { 'max-desc': String(S2IO_DEFAULTS.sessions), vlan };
    case 'freebsd':
      return { 'max-desc': String(FREEBSD_DEFAULTS.entries), vlan };
    case 'dpdk-gro': {
      const segments = raw['dpdk-rules'] === 'older' ? {} : { 'max-aggr': String(DPDK_GRO_DEFAULTS.maxAggr) };
      return { ...segments, burst: String(DPDK_GRO_DEFAULTS.burst), vlan };
    }
    case 'windows-rsc':
    case 'wireguard':
      return { vlan };
    case 'linux-gro':
    case 'gvisor':
      return { vlan: LINUX_GRO_DEFAULTS.vlan };
    case 'none':
      return {};
  }
}
