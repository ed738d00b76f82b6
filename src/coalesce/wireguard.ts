/**
 * The receive offload of wireguard-go, after the published rules in docs/engines/wireguard.md; not checked against running
 * code.
 */
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { HELD, HELD_SHIFT } from './held-table.ts';
import { createBurstEngine, createItems, equalOptions, HEADER_SHIFT, JOIN } from './items.ts';
import { REASON } from './reason.ts';
import { ACK, createSegmentReader, PSH } from './segment.ts';

export interface WireguardOptions {
  /** Segments of a merged packet; 0: no limit. */
  readonly maxAggr: number;
  /** Packets of a read batch; 0: as many as a poll. */
  readonly burst: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
}

export const WIREGUARD_DEFAULTS: WireguardOptions = { maxAggr: 0, burst: 0, vlan: 'strip' };

const NONE = -1;
const MAX_IP_BYTES = 65_535;
const DF = 0x4000;
/** Traffic class in the first word of IPv6. */
const TRAFFIC_CLASS = 0x0ff0;
/** Nothing can be appended any more: the last segment has PSH or is smaller than the others. */
const ENDED = HELD.A;

export function createWireguard(table: PacketTable, options: WireguardOptions, sink: SkbSink): Engine {
  const { maxAggr, burst, vlan } = options;
  const reader = createSegmentReader(table, { ipv6: true, vlan, verifyChecksums: true });
  const { segment } = reader;
  const items = createItems(table, sink);
  const { held } = items;

  /** TOS, TTL and DF; of IPv6 traffic class and hop limit. */
  function equalIpFields(slot: number): boolean {
    const { view } = table;
    const headers = items.headers();
    const { ip, frame } = segment;
    const heldIp = (slot << HEADER_SHIFT) + ip - frame;
    if (segment.family === 6) {
      const difference = view.getUint16(ip) ^ headers.getUint16(heldIp);
      return (difference & TRAFFIC_CLASS) === 0 && view.getUint8(ip + 7) === headers.getUint8(heldIp + 7);
    }
    return (
      view.getUint8(ip + 1) === headers.getUint8(heldIp + 1) &&
      view.getUint8(ip + 8) === headers.getUint8(heldIp + 8) &&
      ((view.getUint16(ip + 6) ^ headers.getUint16(heldIp + 6)) & DF) === 0
    );
  }

  /** Where the packet joins the item; one of JOIN. */
  function joins(slot: number): number {
    const words = held.words();
    const at = slot << HELD_SHIFT;
    const { seq, payloadBytes } = segment;
    const size = words[at + HELD.GSO_BYTES]!;
    let join: number = JOIN.NOT;
    if (seq === words[at + HELD.NEXT_SEQ]) {
      // A segment may be smaller than those before it, not larger, and nothing follows it or PSH.
      if (words[at + ENDED] === 0 && payloadBytes <= size) join = JOIN.APPEND;
    } else if (((seq + payloadBytes) | 0) === words[at + HELD.FIRST_SEQ]) {
      // In front, PSH and smaller segments would be followed by others.
      const isSize = words[at + HELD.SEGMENTS] === 1 ? payloadBytes >= size : payloadBytes === size;
      if ((segment.flags & PSH) === 0 && isSize) join = JOIN.PREPEND;
    }
    if (join === JOIN.NOT) return join;
    if (words[at + HELD.HEADER_BYTES]! + words[at + HELD.PAYLOAD_BYTES]! + payloadBytes > MAX_IP_BYTES)
      return JOIN.NOT;
    if (maxAggr > 0 && words[at + HELD.SEGMENTS]! >= maxAggr) return JOIN.NOT;
    return equalOptions(items, slot, table.view, segment) && equalIpFields(slot) ? join : JOIN.NOT;
  }

  function append(slot: number): void {
    const words = held.words();
    const at = slot << HELD_SHIFT;
    held.append(slot, segment);
    if ((segment.flags & PSH) !== 0 || segment.payloadBytes < words[at + HELD.GSO_BYTES]!)
      words[at + ENDED] = 1;
    words[at + HELD.ADDED_FLAGS]! |= segment.flags & PSH;
  }

  function prepend(slot: number): void {
    const words = held.words();
    const at = slot << HELD_SHIFT;
    if (segment.payloadBytes > words[at + HELD.GSO_BYTES]!) words[at + ENDED] = 1;
    words[at + HELD.GSO_BYTES] = segment.payloadBytes;
    held.prepend(slot, segment);
  }

  function open(): void {
    const slot = items.open(segment);
    const words = held.words();
    const at = slot << HELD_SHIFT;
    const push = segment.flags & PSH;
    words[at + ENDED] = push === 0 ? 0 : 1;
    words[at + HELD.ADDED_FLAGS] = push;
  }

  /** The packet joins the first item that takes it, or becomes an item of its own. */
  function take(): void {
    for (let slot = items.firstOf(segment); slot !== NONE; slot = items.nextOf(slot, segment)) {
      const join = joins(slot);
      if (join === JOIN.NOT) continue;
      if (join === JOIN.APPEND) append(slot);
      else prepend(slot);
      return;
    }
    open();
  }

  function process(row: number): void {
    const refused = reader.read(row);
    if (refused >= 0) sink.deliverAlone(row, refused);
    else if ((segment.flags & ~PSH) !== ACK) sink.deliverAlone(row, REASON['tcp-flags']);
    else if (segment.payloadBytes === 0) sink.deliverAlone(row, REASON['no-payload']);
    else take();
  }

  return createBurstEngine(table, items, burst, process);
}
