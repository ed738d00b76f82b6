/** No receive offload: every packet is an skb of its own, at once. */
import type { PacketTable } from '../packet/table.ts';
import { type Engine, NO_MERGE, type SkbSink } from './engine.ts';
import { REASON } from './reason.ts';

export function createNone(table: PacketTable, sink: SkbSink): Engine {
  return {
    counters: { aggregated: 0, flushed: 0, noDesc: 0 },
    inCore: NO_MERGE,
    receive(from, to) {
      const { rows } = table;
      for (let i = from; i < to; i++) sink.deliverAlone(rows[i]!, REASON['not-coalesced']);
    },
    flushAll() {},
  };
}
