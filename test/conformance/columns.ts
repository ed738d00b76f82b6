/**
 * A column of the conformance table: a merge engine, its options for a case, and where it differs from what the case's
 * kernel delivered, by rule. An engine that is added needs an entry here and a file in `differences`.
 */
import { join } from 'node:path';
import { DPDK_GRO_DEFAULTS } from '../../src/coalesce/dpdk-gro.ts';
import { FREEBSD_DEFAULTS } from '../../src/coalesce/freebsd.ts';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import type { Reason } from '../../src/coalesce/reason.ts';
import { S2IO_DEFAULTS } from '../../src/coalesce/s2io.ts';
import { WINDOWS_RSC_DEFAULTS } from '../../src/coalesce/windows-rsc.ts';
import { WIREGUARD_DEFAULTS } from '../../src/coalesce/wireguard.ts';
import type { EngineName, EngineOptions } from '../../src/replay/coalesce.ts';
import { ROOT } from '../helpers/surroundings.ts';
import { readText } from '../helpers/vector-runs.ts';
import type { ConformanceCase } from './cases.ts';

export interface RuleDifference {
  /** Why the engine differs: what its rule says, in one sentence. */
  readonly rule: string;
  /** Where the rule is written down. */
  readonly source: string;
  /** Flush reasons of which each case shows at least one, be it from the engine or from the case's own. */
  readonly shownBy: readonly Reason[];
  /** Payload bytes of each skb that the engine delivers instead (`payloadText`), by name of the case. */
  readonly cases: Readonly<Record<string, string>>;
}

export interface Column {
  readonly engine: EngineName;
  readonly optionsFor: (testCase: ConformanceCase) => EngineOptions;
  readonly differences: readonly RuleDifference[];
}

function differencesOf(engine: EngineName): RuleDifference[] {
  const file = join(ROOT, 'test', 'conformance', 'differences', `${engine}.json`);
  return JSON.parse(readText(file)) as RuleDifference[];
}

/** Options of a foreign case: the defaults, checksums verified where the kernel did, tags left in the frame. */
const foreign = ({ set, options }: ConformanceCase): { verifyChecksums: boolean; vlan: 'pass' } => ({
  verifyChecksums: set === 'linux-gro' || options.inetLro.verifyChecksums,
  vlan: 'pass',
});

/** Of an engine that no case is from: its defaults, with the checksums and the tags of the case. */
function guest(
  engine: EngineName,
  options: (from: ReturnType<typeof foreign>) => Partial<EngineOptions>,
): Column {
  return {
    engine,
    optionsFor: (testCase) => ({ engine, inetLro: INET_LRO_DEFAULTS, ...options(foreign(testCase)) }),
    differences: differencesOf(engine),
  };
}

/** All engines but `none`, which merges nothing. */
export const COLUMNS: readonly Column[] = [
  {
    engine: 'inet_lro',
    optionsFor: (testCase) =>
      testCase.set === 'inet_lro'
        ? testCase.options
        : { engine: 'inet_lro', inetLro: { ...INET_LRO_DEFAULTS, ...foreign(testCase) } },
    differences: differencesOf('inet_lro'),
  },
  {
    engine: 'linux-gro',
    optionsFor: (testCase) =>
      testCase.set === 'linux-gro'
        ? testCase.options
        : {
            engine: 'linux-gro',
            inetLro: INET_LRO_DEFAULTS,
            linuxGro: { ...LINUX_GRO_DEFAULTS, buckets: 1, ...foreign(testCase) },
          },
    differences: differencesOf('linux-gro'),
  },
  guest('s2io', (from) => ({ s2io: { ...S2IO_DEFAULTS, ...from } })),
  guest('freebsd', (from) => ({ freebsd: { ...FREEBSD_DEFAULTS, ...from } })),
  guest('windows-rsc', ({ vlan }) => ({ windowsRsc: { ...WINDOWS_RSC_DEFAULTS, vlan } })),
  guest('dpdk-gro', (from) => ({ dpdkGro: { ...DPDK_GRO_DEFAULTS, ...from } })),
  guest('wireguard', ({ vlan }) => ({ wireguard: { ...WIREGUARD_DEFAULTS, vlan } })),
  guest('gvisor', (from) => ({ linuxGro: { ...LINUX_GRO_DEFAULTS, buckets: 1, ...from } })),
];
