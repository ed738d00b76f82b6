/** Where two engines part: packets that they deliver in different skbs, by the reasons of both. */
import type { HeldSkb, SkbSink } from '../coalesce/engine.ts';
import { REASONS } from '../coalesce/reason.ts';
import { type PacketTable, recordNumber } from '../packet/table.ts';
import type { DeliverySpan, EngineDifference } from './explain-result.ts';

/** Packets that the other engine may still deliver. Those that it lost at a full ring are among them, and never come. */
const MOST_WAITING = 1_048_576;

export interface EngineDiff {
  /** What each of the two engines delivers, whatever comes first. */
  readonly sinks: readonly [SkbSink, SkbSink];
  result(): Omit<EngineDifference, 'engines'>;
}

/** @param listed how many places where the engines part are kept: the first ones. */
export function createEngineDiff(table: PacketTable, listed: number): EngineDiff {
  /** Packets that one engine has delivered and the other has not, those first that wait longest. */
  const waiting = new Map<number, { side: 0 | 1; skb: DeliverySpan }>();
  const counts = new Map<string, { reasons: [string, string]; packets: number }>();
  const places: { packet: number; deliveries: [DeliverySpan, DeliverySpan] }[] = [];
  const seen = [new Set<DeliverySpan>(), new Set<DeliverySpan>()] as const;
  let compared = 0;
  let different = 0;

  function settle(side: 0 | 1, record: number, skb: DeliverySpan): void {
    const other = waiting.get(record);
    if (other === undefined || other.side === side) {
      waiting.set(record, { side, skb });
      if (waiting.size > MOST_WAITING) waiting.delete(waiting.keys().next().value!);
      return;
    }
    waiting.delete(record);
    compared++;
    const pair: [DeliverySpan, DeliverySpan] = side === 0 ? [skb, other.skb] : [other.skb, skb];
    if (isSame(...pair)) return;
    different++;
    const reasons: [string, string] = [pair[0].reason, pair[1].reason];
    const key = reasons.join(' ');
    const count = counts.get(key) ?? { reasons, packets: 0 };
    count.packets++;
    counts.set(key, count);
    if (places.length < listed && !(seen[0].has(pair[0]) && seen[1].has(pair[1]))) {
      places.push({ packet: record, deliveries: pair });
      seen[0].add(pair[0]);
      seen[1].add(pair[1]);
    }
  }

  function createSink(side: 0 | 1): SkbSink {
    const members: number[][] = [];
    return {
      hold(slot, row, first) {
        const record = recordNumber(table, row);
        if (first) members[slot] = [record];
        else members[slot]!.push(record);
      },
      deliverHeld(skb: HeldSkb, reason) {
        const packets = members[skb.slot]!;
        const delivered = span(packets, reason);
        for (const record of packets) settle(side, record, delivered);
      },
      deliverAlone(row, reason) {
        const record = recordNumber(table, row);
        settle(side, record, span([record], reason));
      },
    };
  }

  return {
    sinks: [createSink(0), createSink(1)],
    result: () => ({
      packets: compared,
      differentPackets: different,
      byReasons: [...counts.values()].sort(
        (a, b) => b.packets - a.packets || (a.reasons.join(' ') < b.reasons.join(' ') ? -1 : 1),
      ),
      places: [...places].sort((a, b) => a.packet - b.packet),
    }),
  };
}

function span(packets: readonly number[], reason: number): DeliverySpan {
  return {
    firstPacket: packets[0]!,
    lastPacket: packets.at(-1)!,
    segments: packets.length,
    reason: REASONS[reason]!,
  };
}

/** The packets of an skb are of one flow and follow each other: ends and number tell which they are. */
function isSame(a: DeliverySpan, b: DeliverySpan): boolean {
  return a.firstPacket === b.firstPacket && a.lastPacket === b.lastPacket && a.segments === b.segments;
}
