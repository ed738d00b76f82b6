import type { SkbSink } from '../coalesce/engine.ts';
import type { Softirq } from '../nic/softirq.ts';
import type { PacketTable } from '../packet/table.ts';
import { frameBytesOf } from './frame-bytes.ts';

/** Lets the clock of the poll run with each skb that the engine delivers. */
export function timedSink(table: PacketTable, inner: SkbSink, softirq: Softirq): SkbSink {
  const { tcpAt, payloadBytes } = table;
  const { holds } = softirq;
  const innerHold = inner.hold;
  return {
    hold(slot, row, first) {
      holds.hold(slot);
      if (innerHold !== undefined) innerHold(slot, row, first);
    },
    deliverHeld(skb, reason) {
      inner.deliverHeld(skb, reason);
      softirq.deliver(skb.slot, skb.segments, skb.payloadBytes, skb.frameBytes);
    },
    deliverAlone(row, reason) {
      inner.deliverAlone(row, reason);
      const payload = tcpAt[row] === 0 ? 0 : Math.max(0, payloadBytes[row]!);
      softirq.deliver(-1, 1, payload, frameBytesOf(table, row));
    },
  };
}
