/** Follows single packets through one engine: which rule decided, against which held packet, with both values. */
import type { HeldSkb, SegmentPlace, SkbSink } from '../coalesce/engine.ts';
import { REASON, REASONS } from '../coalesce/reason.ts';
import { type PacketTable, recordNumber } from '../packet/table.ts';
import type { PacketDecision } from './explain-result.ts';
import { compared, type HeldFields, type Limits, type PacketFields, packetFields } from './packet-fields.ts';

/** A sink that has to be told which packet the engine is given next: it gets them one by one. */
export interface PacketTrace extends SkbSink {
  begin(row: number): void;
  end(): void;
  /** In the order asked for; packets that the engine never got are null. */
  decisions(): readonly (PacketDecision | null)[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Hold extends Mutable<HeldFields> {
  /** Watched packets in it. */
  watched: Mutable<PacketDecision>[];
}

export function createPacketTrace(
  table: PacketTable,
  records: readonly number[],
  limits: Limits,
): PacketTrace {
  const wanted = new Set(records);
  const found = new Map<number, Mutable<PacketDecision>>();
  const holds: (Hold | undefined)[] = [];
  /** The packet that the engine was given last; null at the end of a poll. */
  let row = -1;
  let current: PacketFields | null = null;
  let watching: Mutable<PacketDecision> | null = null;

  function begin(next: number): void {
    row = next;
    current = null;
    const record = recordNumber(table, next);
    watching = null;
    if (!wanted.has(record)) return;
    watching = { packet: record, fate: 'alone', ended: null, delivered: null };
    found.set(record, watching);
  }

  function fields(): PacketFields | null {
    current ??= row < 0 ? null : packetFields(table, row);
    return current;
  }

  function hold(slot: number, at: number, first: boolean, place: SegmentPlace): void {
    const packet = packetFields(table, at, place.ipAt, place.tcpAt, place.payloadBytes)!;
    current = packet;
    const known = holds[slot];
    if (first || known === undefined) {
      holds[slot] = {
        first: packet,
        second: null,
        last: packet,
        packets: 1,
        payloadBytes: packet.payloadBytes,
        watched: [],
      };
    } else {
      known.second ??= packet;
      known.last = packet;
      known.packets++;
      known.payloadBytes += packet.payloadBytes;
    }
    if (watching === null) return;
    watching.fate = first ? 'opened' : 'joined';
    holds[slot]!.watched.push(watching);
  }

  function deliverHeld(skb: HeldSkb, reason: number): void {
    const from = holds[skb.slot]!;
    holds[skb.slot] = undefined;
    const mine = watching !== null && from.watched.includes(watching);
    if (from.watched.length === 0 && watching === null) return;
    const packet = row < 0 ? null : fields();
    const values = packet === null ? null : compared(reason, packet, from, limits);
    const delivery = {
      firstPacket: from.first.record,
      lastPacket: from.last.record,
      segments: skb.segments,
      reason: REASONS[reason]!,
      byPacket: row < 0 ? null : recordNumber(table, row),
      compared: values,
    };
    for (const decision of from.watched) decision.delivered = delivery;
    if (watching !== null && !mine) watching.ended = delivery;
  }

  function deliverAlone(at: number, reason: number): void {
    if (watching === null) return;
    const record = recordNumber(table, at);
    const packet = fields();
    // The rule that ended a held skb is the one that keeps its trigger out: its values stand there.
    const values =
      watching.ended !== null && watching.ended.reason === REASONS[reason]
        ? watching.ended.compared
        : packet === null || reason === REASON['table-full']
          ? null
          : compared(reason, packet, null, limits);
    watching.fate = 'alone';
    watching.delivered = {
      firstPacket: record,
      lastPacket: record,
      segments: 1,
      reason: REASONS[reason]!,
      byPacket: record,
      compared: values,
    };
  }

  return {
    begin,
    end() {
      row = -1;
      current = null;
      watching = null;
    },
    hold,
    deliverHeld,
    deliverAlone,
    decisions: () => records.map((record) => found.get(record) ?? null),
  };
}
