/**
 * At most one held skb a flow, to which packets are appended: what freebsd and windows-rsc share. The delivered header shows
 * ACK number, window and timestamps of what came last; the engines decide what may come.
 */
import { seqDistance } from '../packet/seq.ts';
import type { PacketTable } from '../packet/table.ts';
import type { SkbSink } from './engine.ts';
import { createHeldTable, HELD, HELD_SHIFT, type HeldTable } from './held-table.ts';
import { REASON } from './reason.ts';
import { OPTIONS, optionsOf, type Segment, tsecrOf, tsvalOf } from './segment.ts';

export interface Sessions {
  readonly held: HeldTable;
  /** Slot of the flow's session, -1 without one. */
  find(flow: number): number;
  /**
   * Why the packet does not go on where its flow's session stopped: other options, another sequence number, a
   * timestamp or an ACK number that goes back. -1 if it does.
   */
  gap(slot: number, segment: Segment): number;
  /** Opens one with the packet; delivers the packet alone if all sessions are in use. */
  open(segment: Segment): void;
  /** Adds the packet. */
  take(slot: number, segment: Segment): void;
  end(slot: number, reason: number): void;
  /** Ends all, the one opened first first. */
  endAll(reason: number): void;
}

const NONE = -1;

/** `maxSessions` 0: no limit. */
export function createSessions(table: PacketTable, sink: SkbSink, maxSessions: number): Sessions {
  const held = createHeldTable(sink);
  let slotOfFlow = new Int32Array(1024).fill(NONE);

  function update(slot: number, segment: Segment): void {
    const words = held.words();
    const at = slot << HELD_SHIFT;
    words[at + HELD.ACK] = segment.ack;
    words[at + HELD.WINDOW] = segment.window;
    if (words[at + HELD.OPTIONS] !== OPTIONS.TIMESTAMP) return;
    words[at + HELD.TSVAL] = tsvalOf(table.view, segment);
    words[at + HELD.TSECR] = tsecrOf(table.view, segment);
  }

  function end(slot: number, reason: number): void {
    const skb = held.fill(slot);
    const hasTimestamp = held.words()[(slot << HELD_SHIFT) + HELD.OPTIONS] === OPTIONS.TIMESTAMP;
    skb.hasTimestamp = hasTimestamp;
    skb.hasNewTsval = hasTimestamp;
    slotOfFlow[skb.flow] = NONE;
    held.deliver(reason);
  }

  return {
    held,
    find: (flow) => (flow >= 0 && flow < slotOfFlow.length ? slotOfFlow[flow]! : NONE),
    gap(slot, segment) {
      const words = held.words();
      const at = slot << HELD_SHIFT;
      const kind = optionsOf(table.view, segment);
      if (kind !== words[at + HELD.OPTIONS]) return REASON['options-changed'];
      if (segment.seq !== words[at + HELD.NEXT_SEQ]) return REASON.sequence;
      if (
        kind === OPTIONS.TIMESTAMP &&
        seqDistance(tsvalOf(table.view, segment), words[at + HELD.TSVAL]!) < 0
      ) {
        return REASON['timestamp-backwards'];
      }
      return seqDistance(segment.ack, words[at + HELD.ACK]!) < 0 ? REASON['ack-backwards'] : -1;
    },
    open(segment) {
      if (maxSessions > 0 && held.count() === maxSessions) {
        held.counters.noDesc++;
        sink.deliverAlone(segment.row, REASON['table-full']);
        return;
      }
      if (segment.flow >= slotOfFlow.length) {
        const larger = new Int32Array(Math.max(segment.flow + 1, slotOfFlow.length * 2)).fill(NONE);
        larger.set(slotOfFlow);
        slotOfFlow = larger;
      }
      const slot = held.open(segment, optionsOf(table.view, segment));
      slotOfFlow[segment.flow] = slot;
      update(slot, segment);
    },
    take(slot, segment) {
      held.append(slot, segment);
      const words = held.words();
      const at = slot << HELD_SHIFT;
      if (segment.payloadBytes > words[at + HELD.GSO_BYTES]!)
        words[at + HELD.GSO_BYTES] = segment.payloadBytes;
      update(slot, segment);
    },
    end,
    endAll(reason) {
      for (let slot = held.first(); slot !== NONE; slot = held.first()) end(slot, reason);
    },
  };
}
