/**
 * Receive segment coalescing as Windows asks it of NICs, after the published rules in docs/engines/windows-rsc.md; not
 * checked against running code.
 */
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { HELD, HELD_SHIFT } from './held-table.ts';
import { REASON } from './reason.ts';
import { ACK, createSegmentReader, OPTIONS, optionsOf, PSH } from './segment.ts';
import { createSessions } from './sessions.ts';

export interface WindowsRscOptions {
  /** Units held at once; 0: no limit. */
  readonly maxUnits: number;
  /** Segments of a unit; 0: no limit. */
  readonly maxAggr: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
}

/** The rules name no limit but that of an IP datagram. */
export const WINDOWS_RSC_DEFAULTS: WindowsRscOptions = { maxUnits: 0, maxAggr: 0, vlan: 'strip' };

const NONE = -1;
/** The largest IP datagram. */
const MAX_IP_BYTES = 65_535;
const ECN = 3;
/** Duplicate ACKs taken in, and the ECN bits of the unit. */
const DUPLICATE_ACKS = HELD.A;
const ECN_BITS = HELD.B;

export function createWindowsRsc(table: PacketTable, options: WindowsRscOptions, sink: SkbSink): Engine {
  const { maxAggr, vlan } = options;
  const reader = createSegmentReader(table, { ipv6: true, vlan, verifyChecksums: true });
  const { segment } = reader;
  const sessions = createSessions(table, sink, options.maxUnits);
  const { held } = sessions;

  /** Of IPv4 the low bits of byte 1, of IPv6 those of the traffic class. */
  function ecnOf(): number {
    const { view } = table;
    return (segment.family === 4 ? view.getUint8(segment.ip + 1) : view.getUint16(segment.ip) >> 4) & ECN;
  }

  function ownViolation(): number {
    if ((segment.flags & ~PSH) !== ACK) return REASON['tcp-flags'];
    return optionsOf(table.view, segment) === OPTIONS.OTHER ? REASON['tcp-options'] : -1;
  }

  /** Exceptions that end the unit and send the segment up alone; -1 without one. */
  function exception(slot: number): number {
    const own = ownViolation();
    if (own >= 0) return own;
    const gap = sessions.gap(slot, segment);
    if (gap >= 0) return gap;
    const words = held.words();
    const at = slot << HELD_SHIFT;
    if (segment.ack === words[at + HELD.ACK]) return -1;
    // Acknowledging something new is for segments with data, as long as no duplicate ACK was counted.
    if (segment.payloadBytes === 0) return REASON['pure-ack'];
    return words[at + DUPLICATE_ACKS]! > 0 ? REASON['duplicate-ack'] : -1;
  }

  /** Exceptions after which coalescing goes on with the segment: ECN and size. */
  function restart(at: number): number {
    const words = held.words();
    if (words[at + ECN_BITS] !== ecnOf()) return REASON['ecn-changed'];
    const bytes = words[at + HELD.HEADER_BYTES]! + words[at + HELD.PAYLOAD_BYTES]! + segment.payloadBytes;
    return bytes > MAX_IP_BYTES ? REASON['max-length'] : -1;
  }

  /** Takes a segment in: data, a duplicate ACK, or a window update. */
  function take(slot: number): void {
    const at = slot << HELD_SHIFT;
    const words = held.words();
    if (segment.payloadBytes === 0 && segment.window === words[at + HELD.WINDOW])
      words[at + DUPLICATE_ACKS]! += 1;
    sessions.take(slot, segment);
    words[at + HELD.ADDED_FLAGS]! |= segment.flags & PSH;
    if (maxAggr > 0 && words[at + HELD.SEGMENTS]! >= maxAggr) sessions.end(slot, REASON['max-aggr']);
  }

  function begin(row: number): void {
    const own = segment.payloadBytes === 0 ? REASON['no-payload'] : ownViolation();
    if (own >= 0) {
      sink.deliverAlone(row, own);
      return;
    }
    sessions.open(segment);
    const slot = sessions.find(segment.flow);
    if (slot !== NONE) held.words()[(slot << HELD_SHIFT) + ECN_BITS] = ecnOf();
  }

  function process(row: number, refused: number): void {
    const slot = sessions.find(segment.flow);
    if (slot === NONE) {
      if (refused >= 0) sink.deliverAlone(row, refused);
      else begin(row);
      return;
    }
    const reason = refused >= 0 ? refused : exception(slot);
    if (reason >= 0) {
      sessions.end(slot, reason);
      sink.deliverAlone(row, reason);
      return;
    }
    const again = restart(slot << HELD_SHIFT);
    if (again < 0) take(slot);
    else {
      sessions.end(slot, again);
      if (segment.payloadBytes === 0) sink.deliverAlone(row, again);
      else begin(row);
    }
  }

  return {
    counters: held.counters,
    receive(from, to) {
      const { rows } = table;
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        process(row, reader.read(row));
      }
    },
    flushAll: sessions.endAll,
  };
}
