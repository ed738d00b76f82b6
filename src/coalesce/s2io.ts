/**
 * The receive offload of the s2io driver (Linux 2.6.18), after the published rules in docs/engines/s2io.md: those of inet_lro
 * with three differences. Not checked against running code.
 */
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { createInetLro } from './inet-lro.ts';

export interface S2ioOptions {
  /** Sessions held at once. */
  readonly sessions: number;
  readonly mtu: number;
  /** Packets of an skb; 0: 65535/mtu, as many as an IP packet has room for. */
  readonly maxAggr: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
}

export const S2IO_DEFAULTS: S2ioOptions = {
  sessions: 32,
  mtu: 1500,
  maxAggr: 0,
  vlan: 'strip',
  verifyChecksums: false,
};

export function createS2io(table: PacketTable, options: S2ioOptions, sink: SkbSink): Engine {
  const { sessions, mtu, vlan, verifyChecksums } = options;
  const maxAggr = options.maxAggr === 0 ? Math.max(1, Math.floor(65_535 / mtu)) : options.maxAggr;
  const rules = { maxDesc: sessions, maxAggr, mtu, mode: 'skb', fragSize: 0, vlan, verifyChecksums } as const;
  const { hold, deliverAlone } = sink;
  return createInetLro(
    table,
    { ...rules, pshBlocks: true },
    {
      ...(hold === undefined ? {} : { hold }),
      deliverAlone,
      deliverHeld(skb, reason) {
        // The driver leaves gso_size alone.
        skb.gsoSize = 0;
        sink.deliverHeld(skb, reason);
      },
    },
  );
}
