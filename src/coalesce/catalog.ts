/** Every merge engine: what it is, and how far its rules are checked. */

export interface EngineFacts {
  /** In a few words. */
  readonly about: string;
  /**
   * `vectors`: delivers what real code delivered (test/vectors). `rules`: exact to the published rule table in its page
   * under docs/engines, not checked against running code.
   */
  readonly verified: 'vectors' | 'rules';
  /** Page under docs/engines; null for the engine that merges nothing. */
  readonly page: string | null;
}

export const CATALOG = {
  none: { about: 'merges nothing', verified: 'vectors', page: null },
  inet_lro: { about: 'Linux LRO, 2.6.24 to 4.6', verified: 'vectors', page: 'inet-lro.md' },
  'linux-gro': { about: 'Linux GRO, 6.18', verified: 'vectors', page: 'linux-gro.md' },
  s2io: { about: 'LRO of the s2io driver, Linux 2.6.18', verified: 'rules', page: 's2io.md' },
  freebsd: { about: 'FreeBSD tcp_lro, 10.4', verified: 'rules', page: 'freebsd.md' },
  'windows-rsc': { about: 'Windows receive segment coalescing', verified: 'rules', page: 'windows-rsc.md' },
  'dpdk-gro': { about: 'DPDK rte_gro, TCP over IPv4', verified: 'rules', page: 'dpdk-gro.md' },
  wireguard: { about: 'receive offload of wireguard-go', verified: 'rules', page: 'wireguard.md' },
  gvisor: { about: "receive offload of gVisor's network stack", verified: 'rules', page: 'gvisor.md' },
} as const satisfies Readonly<Record<string, EngineFacts>>;

export type EngineName = keyof typeof CATALOG;

export const ENGINES = Object.keys(CATALOG) as readonly EngineName[];

/** One sentence on an engine that is known by its rules only; null for the others. */
export function caveatOf(engine: EngineName): string | null {
  const { verified, page } = CATALOG[engine];
  if (verified === 'vectors') return null;
  return `engine ${engine}: exact to the published rule table, not checked against running code (docs/engines/${page})`;
}
