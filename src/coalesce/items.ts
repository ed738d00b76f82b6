/**
 * Several held skbs a flow, each a run of segments without a gap, which packets join in front or behind and which all
 * leave together: what dpdk-gro and wireguard share. They are found by flow and ACK number, which both have in their key.
 */
import { mix } from '../packet/flows.ts';
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { createHeldTable, HELD, HELD_SHIFT, type HeldTable } from './held-table.ts';
import { REASON } from './reason.ts';
import type { Segment } from './segment.ts';

/** What a packet can do to an item. */
export const JOIN = { NOT: 0, APPEND: 1, PREPEND: 2 } as const;

export interface Items {
  readonly held: HeldTable;
  /** First item of the packet's flow and ACK number, -1 without one; and the next one, in the order of opening. */
  firstOf(segment: Segment): number;
  nextOf(slot: number, segment: Segment): number;
  open(segment: Segment): number;
  /** Link header, IP and TCP header of the packet that opened item s, from `s << HEADER_SHIFT` on. */
  headers(): DataView;
  /** Delivers all, the one opened first first. */
  endAll(reason: number): void;
}

/** Longer headers are refused by the segment reader. */
export const HEADER_SHIFT = 7;

const NONE = -1;
/** Next item of the same bucket. */
const CHAIN = HELD.D;

export function createItems(table: PacketTable, sink: SkbSink): Items {
  const held = createHeldTable(sink);
  let heads = new Int32Array(256).fill(NONE);
  let headers = new DataView(new ArrayBuffer(64 << HEADER_SHIFT));

  function bucketOf(flow: number, ack: number): number {
    return mix(flow, ack) & (heads.length - 1);
  }

  function link(slot: number): void {
    const words = held.words();
    const at = slot << HELD_SHIFT;
    words[at + CHAIN] = NONE;
    const bucket = bucketOf(words[at + HELD.FLOW]!, words[at + HELD.ACK]!);
    let last = heads[bucket]!;
    if (last === NONE) {
      heads[bucket] = slot;
      return;
    }
    for (let next = last; next !== NONE; next = words[(next << HELD_SHIFT) + CHAIN]!) last = next;
    words[(last << HELD_SHIFT) + CHAIN] = slot;
  }

  function grow(): void {
    heads = new Int32Array(heads.length * 2).fill(NONE);
    for (let slot = held.first(); slot !== NONE; slot = held.next(slot)) link(slot);
  }

  /**
   * The first item from `slot` on in its bucket that is of the packet's flow and ACK number. The headers of a tagged and
   * an untagged packet do not stand at the same places: these are not compared.
   */
  function search(slot: number, segment: Segment): number {
    const words = held.words();
    let found = slot;
    while (found !== NONE) {
      const at = found << HELD_SHIFT;
      if (
        words[at + HELD.FLOW] === segment.flow &&
        words[at + HELD.ACK] === segment.ack &&
        words[at + HELD.LINK_BYTES] === segment.ip - segment.frame
      ) {
        break;
      }
      found = words[at + CHAIN]!;
    }
    return found;
  }

  function keepHeaders(slot: number, { frame, tcp, tcpHeaderBytes }: Segment): void {
    const base = slot << HEADER_SHIFT;
    if (base >= headers.byteLength) {
      const larger = new Uint8Array(headers.byteLength * 2);
      larger.set(new Uint8Array(headers.buffer));
      headers = new DataView(larger.buffer);
    }
    const length = tcp + tcpHeaderBytes - frame;
    for (let i = 0; i < length; i++) headers.setUint8(base + i, table.view.getUint8(frame + i));
  }

  return {
    held,
    headers: () => headers,
    firstOf: (segment) => search(heads[bucketOf(segment.flow, segment.ack)]!, segment),
    nextOf: (slot, segment) => search(held.words()[(slot << HELD_SHIFT) + CHAIN]!, segment),
    open(segment) {
      const slot = held.open(segment, 0);
      keepHeaders(slot, segment);
      if (held.count() > heads.length) grow();
      else link(slot);
      return slot;
    },
    endAll(reason) {
      for (let slot = held.first(); slot !== NONE; slot = held.first()) {
        const words = held.words();
        const at = slot << HELD_SHIFT;
        heads[bucketOf(words[at + HELD.FLOW]!, words[at + HELD.ACK]!)] = NONE;
        held.fill(slot);
        held.deliver(reason);
      }
    },
  };
}

/** The engine around `process`, which takes one packet. Items end with a poll, and after `burst` packets (0: never). */
export function createBurstEngine(
  table: PacketTable,
  items: Items,
  burst: number,
  process: (row: number) => void,
): Engine {
  const limit = burst === 0 ? Number.POSITIVE_INFINITY : burst;
  let received = 0;
  return {
    counters: items.held.counters,
    receive(from, to) {
      const { rows } = table;
      for (let i = from; i < to; i++) {
        // Before the first packet beyond the burst, so that a poll of just that many ends as a poll.
        if (received === limit) {
          items.endAll(REASON['burst-end']);
          received = 0;
        }
        received++;
        process(rows[i]!);
      }
    },
    flushAll(reason) {
      items.endAll(reason);
      received = 0;
    },
  };
}

/** Whether `length` bytes of two views are equal. */
export function equalBytes(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false;
  return true;
}

/** Whether the packet's TCP options equal, byte for byte, those of the item that the packet's flow has in `slot`. */
export function equalOptions(items: Items, slot: number, view: DataView, segment: Segment): boolean {
  const { frame, tcp, tcpHeaderBytes } = segment;
  const headers = items.headers();
  const heldTcp = (slot << HEADER_SHIFT) + tcp - frame;
  if (headers.getUint8(heldTcp + 12) >> 4 !== tcpHeaderBytes >> 2) return false;
  return equalBytes(view, tcp + 20, headers, heldTcp + 20, tcpHeaderBytes - 20);
}
