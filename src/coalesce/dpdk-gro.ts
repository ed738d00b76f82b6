/**
 * DPDK `rte_gro` for TCP over IPv4 in its lightweight mode, after the published rules in docs/engines/dpdk-gro.md; not
 * checked against running code.
 */
import { LINK } from '../capture/link-types.ts';
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { HELD, HELD_SHIFT } from './held-table.ts';
import { createBurstEngine, createItems, equalBytes, equalOptions, HEADER_SHIFT, JOIN } from './items.ts';
import { REASON } from './reason.ts';
import { ACK, createSegmentReader, FIN, PSH } from './segment.ts';

export interface DpdkGroOptions {
  /** `older`: only packets whose one flag is ACK, any number of segments. `newer`: PSH and FIN too, few segments. */
  readonly rules: 'older' | 'newer';
  /** Segments of a merged packet, 0: no limit. */
  readonly maxAggr: number;
  /** Packets of a burst; 0: as many as a poll. */
  readonly burst: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
}

/** The newer rules refuse what would have 20 segments or more; a burst of the lightweight mode has at most 128 packets. */
export const DPDK_GRO_DEFAULTS: DpdkGroOptions = {
  rules: 'newer',
  maxAggr: 19,
  burst: 128,
  vlan: 'strip',
  verifyChecksums: false,
};

const NONE = -1;
const MAX_IP_BYTES = 65_535;
const DF = 0x4000;
const MAC_BYTES = 12;
/** Ids of the first and the last packet in the order of sequence numbers; link type. */
const FIRST_ID = HELD.A;
const LAST_ID = HELD.B;
const LINK_TYPE = HELD.C;

export function createDpdkGro(table: PacketTable, options: DpdkGroOptions, sink: SkbSink): Engine {
  const { maxAggr, burst } = options;
  const otherFlags = options.rules === 'newer' ? PSH | FIN : 0;
  const reader = createSegmentReader(table, { ...options, ipv6: false });
  const { segment } = reader;
  const items = createItems(table, sink);
  const { held } = items;

  /** Whether the packet is of the item's flow: ports, addresses and ACK number are compared already. */
  function isSameFlow(slot: number): boolean {
    if (held.words()[(slot << HELD_SHIFT) + LINK_TYPE] !== table.linkType[segment.row]) return false;
    if (table.linkType[segment.row] !== LINK.ETHERNET) return true;
    return equalBytes(table.view, segment.frame, items.headers(), slot << HEADER_SHIFT, MAC_BYTES);
  }

  /** Where the packet joins the item; one of JOIN. */
  function joins(slot: number): number {
    const { view } = table;
    const { ip, frame, seq, payloadBytes } = segment;
    if (!isSameFlow(slot) || !equalOptions(items, slot, view, segment)) return JOIN.NOT;
    const fragment = view.getUint16(ip + 6);
    const heldIp = (slot << HEADER_SHIFT) + ip - frame;
    if (((fragment ^ items.headers().getUint16(heldIp + 6)) & DF) !== 0) return JOIN.NOT;
    const words = held.words();
    const at = slot << HELD_SHIFT;
    if (words[at + HELD.HEADER_BYTES]! + words[at + HELD.PAYLOAD_BYTES]! + payloadBytes > MAX_IP_BYTES)
      return JOIN.NOT;
    if (maxAggr > 0 && words[at + HELD.SEGMENTS]! >= maxAggr) return JOIN.NOT;
    // With DF the id means nothing; without it ids must count.
    const idsCount = (fragment & DF) === 0;
    const id = view.getUint16(ip + 4);
    if (seq === words[at + HELD.NEXT_SEQ]) {
      return idsCount && id !== ((words[at + LAST_ID]! + 1) & 0xffff) ? JOIN.NOT : JOIN.APPEND;
    }
    if (((seq + payloadBytes) | 0) !== words[at + HELD.FIRST_SEQ]) return JOIN.NOT;
    return idsCount && id !== ((words[at + FIRST_ID]! - 1) & 0xffff) ? JOIN.NOT : JOIN.PREPEND;
  }

  /** The packet joins the first item that takes it, or becomes an item of its own. */
  function take(): void {
    let slot = items.firstOf(segment);
    let join: number = JOIN.NOT;
    while (slot !== NONE) {
      join = joins(slot);
      if (join !== JOIN.NOT) break;
      slot = items.nextOf(slot, segment);
    }
    const id = table.view.getUint16(segment.ip + 4);
    if (slot === NONE) {
      slot = items.open(segment);
      held.words()[(slot << HELD_SHIFT) + LINK_TYPE] = table.linkType[segment.row]!;
    } else if (join === JOIN.APPEND) held.append(slot, segment);
    else held.prepend(slot, segment);
    const words = held.words();
    const at = slot << HELD_SHIFT;
    if (join !== JOIN.APPEND) words[at + FIRST_ID] = id;
    if (join !== JOIN.PREPEND) words[at + LAST_ID] = id;
    words[at + HELD.ADDED_FLAGS]! |= segment.flags & otherFlags;
  }

  function process(row: number): void {
    const refused = reader.read(row);
    if (refused >= 0) sink.deliverAlone(row, refused);
    else if ((segment.flags & ~otherFlags) !== ACK) sink.deliverAlone(row, REASON['tcp-flags']);
    else if (segment.payloadBytes === 0) sink.deliverAlone(row, REASON['no-payload']);
    else take();
  }

  return createBurstEngine(table, items, burst, process);
}
