import type { SkbSink } from '../coalesce/engine.ts';
import { holdTaken } from '../nic/hold-times.ts';
import { deliverSkb, payForSkb, type Softirq } from '../nic/softirq.ts';
import type { PacketTable } from '../packet/table.ts';
import { frameBytesOf } from './frame-bytes.ts';

/** Lets the clock of the poll run with each skb that the engine delivers. */
export function timedSink(table: PacketTable, inner: SkbSink, softirq: Softirq): SkbSink {
  const { tcpAt, payloadBytes } = table;
  const { holds } = softirq;
  const innerHold = inner.hold;
  return {
    hold(slot, row, first, place) {
      holdTaken(holds, slot);
      if (innerHold !== undefined) innerHold(slot, row, first, place);
    },
    deliverHeld(skb, reason) {
      inner.deliverHeld(skb, reason);
      deliverSkb(softirq, skb.slot, skb.segments, skb.payloadBytes, skb.frameBytes);
    },
    deliverAlone(row, reason) {
      inner.deliverAlone(row, reason);
      const payload = tcpAt[row] === 0 ? 0 : Math.max(0, payloadBytes[row]!);
      deliverSkb(softirq, -1, 1, payload, frameBytesOf(table, row));
    },
  };
}

/** The same where nobody asks how long packets were held. */
export function clockedSink(table: PacketTable, inner: SkbSink, softirq: Softirq): SkbSink {
  const { tcpAt, payloadBytes } = table;
  return {
    hold: inner.hold,
    holdTaken: inner.holdTaken,
    deliverHeld(skb, reason) {
      inner.deliverHeld(skb, reason);
      payForSkb(softirq, skb.segments, skb.payloadBytes, skb.frameBytes);
    },
    deliverAlone(row, reason) {
      inner.deliverAlone(row, reason);
      const payload = tcpAt[row] === 0 ? 0 : Math.max(0, payloadBytes[row]!);
      payForSkb(softirq, 1, payload, frameBytesOf(table, row));
    },
  };
}
