/**
 * FreeBSD `tcp_lro` of version 10.4, after the published rules in docs/engines/freebsd.md; not checked against running
 * code.
 */
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { HELD, HELD_SHIFT } from './held-table.ts';
import { REASON } from './reason.ts';
import { ACK, createSegmentReader, OPTIONS, optionsOf, PSH, SYN, tsecrOf } from './segment.ts';
import { createSessions } from './sessions.ts';

export interface FreebsdOptions {
  /** Flows held at once. */
  readonly entries: number;
  readonly mtu: number;
  /** Packets of an skb; 0: no limit. */
  readonly maxAggr: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
}

/** `entries` of the sysctl net.inet.tcp.lro.entries. */
export const FREEBSD_DEFAULTS: FreebsdOptions = {
  entries: 8,
  mtu: 1500,
  maxAggr: 0,
  vlan: 'strip',
  verifyChecksums: false,
};

const NONE = -1;

export function createFreebsd(table: PacketTable, options: FreebsdOptions, sink: SkbSink): Engine {
  const { maxAggr } = options;
  const lengthLimit = 65_535 - options.mtu;
  const reader = createSegmentReader(table, { ...options, ipv6: true });
  const { segment } = reader;
  const sessions = createSessions(table, sink, options.entries);
  const { held } = sessions;

  /** What the packet itself must be, whatever is held; -1 if it is. */
  function ownViolation(): number {
    if ((segment.flags & ~PSH) !== ACK) return REASON['tcp-flags'];
    const kind = optionsOf(table.view, segment);
    if (kind === OPTIONS.OTHER) return REASON['tcp-options'];
    if (kind === OPTIONS.TIMESTAMP && tsecrOf(table.view, segment) === 0)
      return REASON['timestamp-echo-zero'];
    return -1;
  }

  /** Why the packet cannot join its flow's session; -1 if it can. */
  function joinViolation(slot: number): number {
    const own = ownViolation();
    if (own >= 0) return own;
    const gap = sessions.gap(slot, segment);
    if (gap >= 0) return gap;
    // A pure ACK is absorbed if it acknowledges something new; a duplicate one ends the merge.
    const isOldAck = segment.ack === held.words()[(slot << HELD_SHIFT) + HELD.ACK];
    return isOldAck && segment.payloadBytes === 0 ? REASON['duplicate-ack'] : -1;
  }

  function limit(at: number): number {
    const words = held.words();
    if (maxAggr > 0 && words[at + HELD.SEGMENTS]! >= maxAggr) return REASON['max-aggr'];
    const bytes = words[at + HELD.HEADER_BYTES]! + words[at + HELD.PAYLOAD_BYTES]!;
    return bytes > lengthLimit ? REASON['max-length'] : -1;
  }

  function begin(row: number): void {
    const own = segment.payloadBytes === 0 ? REASON['no-payload'] : ownViolation();
    if (own >= 0) sink.deliverAlone(row, own);
    else sessions.open(segment);
  }

  function process(row: number): void {
    const slot = sessions.find(segment.flow);
    if (slot === NONE) {
      begin(row);
      return;
    }
    const violation = joinViolation(slot);
    if (violation >= 0) {
      // The packet that could not join goes up alone; it opens no new session.
      sessions.end(slot, violation);
      sink.deliverAlone(row, violation);
      return;
    }
    sessions.take(slot, segment);
    const full = limit(slot << HELD_SHIFT);
    if (full >= 0) sessions.end(slot, full);
  }

  return {
    counters: held.counters,
    receive(from, to) {
      const { rows } = table;
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        const refused = reader.read(row);
        if (refused >= 0) sink.deliverAlone(row, refused);
        // A SYN passes what is held of its flow.
        else if ((segment.flags & SYN) !== 0) sink.deliverAlone(row, REASON.syn);
        else process(row);
      }
    },
    flushAll: sessions.endAll,
  };
}
