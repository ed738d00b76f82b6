/**
 * Unique payload of each flow: what goodput counts. A flow's covered sequence space is its highest byte
 * less the holes below it; a byte counts when it is covered for the first time. What lies before the first byte
 * seen of a flow does not count: it was sent before the capture began.
 */
import { type Core, reserveDoubles, reserveWords } from '../capture/core.ts';
import { seqDistance } from './seq.ts';
import type { PacketTable } from './table.ts';

/** Holes remembered for a flow. When more are open the oldest is taken as filled: its bytes then count as repeats. */
const MAX_HOLES = 64;
const SYN = 0x02;

const UNIQUE = 0;
const PAYLOAD = 1;

export interface GoodputCounter {
  /** Counts received rows of the block, those of them that carry TCP payload. */
  add(table: PacketTable, from: number, to: number): void;
  /** The number of this flow will be another's. */
  forget(flow: number): void;
  uniqueBytes(): number;
  payloadBytes(): number;
  /** Unique and all payload; sequence number after the highest byte of each flow, and whether it is known. */
  state(): { readonly bytes: Float64Array; readonly next: Int32Array; readonly known: Int32Array };
}

/** Open holes of one flow: sequence numbers [from, to). */
type Holes = { from: number; to: number }[];

/** Flows for which there is room in the core; more of them are counted outside of it. */
const CORE_FLOWS = 32_768;
const FEW_FLOWS = 2048;

/** In the core, if there is one, what wasm/observe.ts needs. */
export function createGoodputCounter(core: Core | null = null): GoodputCounter {
  const flows = core === null ? FEW_FLOWS : CORE_FLOWS;
  /** Sequence number after the highest byte seen, a word a flow; valid where `known` is 1. */
  let next = reserveWords(core, flows);
  let known = reserveWords(core, flows);
  const holesOf = new Map<number, Holes>();
  const bytes = reserveDoubles(core, 2);

  function add(table: PacketTable, from: number, to: number): void {
    const { rows, flow, payloadBytes, seq, tcpFlags } = table;
    let fresh = 0;
    let all = 0;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const id = flow[row]!;
      if (id < 0) continue;
      if (id >= known.length) grow(id);
      const size = payloadBytes[row]!;
      let start = seq[row]!;
      if ((tcpFlags[row]! & SYN) !== 0) {
        // A SYN takes a sequence number of its own (RFC 9293 §3.4) and begins the flow anew.
        start = (start + 1) | 0;
        known[id] = 1;
        next[id] = start;
        holesOf.delete(id);
      }
      if (size <= 0) continue;
      all += size;
      if (known[id] === 0) {
        known[id] = 1;
        next[id] = (start + size) | 0;
        fresh += size;
      } else if (start === next[id]) {
        next[id] = (start + size) | 0;
        fresh += size;
      } else fresh += outOfOrder(id, start, size);
    }
    bytes[UNIQUE]! += fresh;
    bytes[PAYLOAD]! += all;
  }

  /** New bytes in a segment that does not begin where the last one ended. */
  function outOfOrder(id: number, start: number, bytes: number): number {
    const highest = next[id]!;
    const gap = seqDistance(start, highest);
    const beyond = gap + bytes;
    let fresh = 0;
    if (gap > 0) remember(id, highest, start);
    else fresh = fillHoles(id, start, Math.min(bytes, -gap));
    if (beyond <= 0) return fresh;
    next[id] = (start + bytes) | 0;
    return fresh + Math.min(bytes, beyond);
  }

  function remember(id: number, from: number, to: number): void {
    let holes = holesOf.get(id);
    if (holes === undefined) {
      holes = [];
      holesOf.set(id, holes);
    }
    holes.push({ from, to });
    if (holes.length > MAX_HOLES) holes.shift();
  }

  /** Bytes of [start, start + length) that lie in open holes, which are then closed there. */
  function fillHoles(id: number, start: number, length: number): number {
    const holes = holesOf.get(id);
    if (holes === undefined) return 0;
    let filled = 0;
    for (let i = holes.length - 1; i >= 0; i--) {
      const hole = holes[i]!;
      const size = seqDistance(hole.to, hole.from);
      const left = Math.max(0, seqDistance(start, hole.from));
      const right = Math.min(size, seqDistance(start, hole.from) + length);
      if (right <= left) continue;
      filled += right - left;
      const rest: Holes = [];
      if (left > 0) rest.push({ from: hole.from, to: (hole.from + left) | 0 });
      if (right < size) rest.push({ from: (hole.from + right) | 0, to: hole.to });
      holes.splice(i, 1, ...rest);
    }
    if (holes.length > MAX_HOLES) holes.shift();
    if (holes.length === 0) holesOf.delete(id);
    return filled;
  }

  function grow(id: number): void {
    let size = known.length;
    while (size <= id) size *= 2;
    const largerNext = new Int32Array(size);
    largerNext.set(next);
    next = largerNext;
    const largerKnown = new Int32Array(size);
    largerKnown.set(known);
    known = largerKnown;
  }

  function forget(flow: number): void {
    if (flow >= known.length) return;
    known[flow] = 0;
    holesOf.delete(flow);
  }

  return {
    add,
    forget,
    uniqueBytes: () => bytes[UNIQUE]!,
    payloadBytes: () => bytes[PAYLOAD]!,
    state: () => ({ bytes, next, known }),
  };
}
