/**
 * The held skbs of an engine that keeps them in the order in which they were opened: numbers of each in one Int32Array
 * that grows, a linked list through them, and what the sink is told. Which skb a packet belongs to is the engine's business.
 */
import {
  createHeldSkb,
  type EngineCounters,
  type HeldSkb,
  type SegmentPlace,
  type SkbSink,
} from './engine.ts';
import type { Segment } from './segment.ts';

/** Words of a held skb. */
export const HELD = {
  FLOW: 0,
  FIRST_SEQ: 1,
  NEXT_SEQ: 2,
  ACK: 3,
  WINDOW: 4,
  /** One of OPTIONS, of the packet that opened it. */
  OPTIONS: 5,
  TSVAL: 6,
  TSECR: 7,
  SEGMENTS: 8,
  PURE_ACKS: 9,
  PAYLOAD_BYTES: 10,
  /** Link header, and IP and TCP header, of the first packet in the order of sequence numbers. */
  LINK_BYTES: 11,
  HEADER_BYTES: 12,
  GSO_BYTES: 13,
  ADDED_FLAGS: 14,
  /** Neighbours in the order of opening; of a free slot the next free one. */
  PREVIOUS: 15,
  NEXT: 16,
  /** For the engine to use. */
  A: 17,
  B: 18,
  C: 19,
  D: 20,
} as const;
const WORDS = 32;
const NONE = -1;

export interface HeldTable {
  readonly counters: EngineCounters;
  /** Numbers of slot s begin at `s << HELD_SHIFT`. Another array after `open`. */
  words(): Int32Array;
  /** Skbs held now. */
  count(): number;
  /** Slot of the skb opened first, -1 without any; and of the one opened next. */
  first(): number;
  next(slot: number): number;
  /** The packet becomes an skb of its own; returns its slot. */
  open(segment: Segment, options: number): number;
  /** The packet's payload goes behind what is held, or before it; no payload at all counts as a pure ACK. */
  append(slot: number, segment: Segment): void;
  prepend(slot: number, segment: Segment): void;
  /** What is delivered. The engine may edit it before `deliver`. */
  fill(slot: number): HeldSkb;
  /** Hands out what `fill` filled; the slot is free after that. */
  deliver(reason: number): void;
}

export const HELD_SHIFT = 5;

export function createHeldTable(sink: SkbSink): HeldTable {
  let words = new Int32Array(64 * WORDS);
  let slots = 0;
  let free = NONE;
  let firstSlot = NONE;
  let lastSlot = NONE;
  let held = 0;
  const counters = { aggregated: 0, flushed: 0, noDesc: 0 };
  const skb = createHeldSkb();
  const place: SegmentPlace = { ipAt: 0, tcpAt: 0, payloadBytes: 0, before: false };
  const { hold } = sink;

  function newSlot(): number {
    if (free !== NONE) {
      const slot = free;
      free = words[(slot << HELD_SHIFT) + HELD.NEXT]!;
      return slot;
    }
    if ((slots + 1) * WORDS > words.length) {
      const larger = new Int32Array(words.length * 2);
      larger.set(words);
      words = larger;
    }
    return slots++;
  }

  function tell(slot: number, segment: Segment, first: boolean, before: boolean): void {
    counters.aggregated++;
    if (hold === undefined) return;
    place.ipAt = segment.ip;
    place.tcpAt = segment.tcp;
    place.payloadBytes = segment.payloadBytes;
    place.before = before;
    hold(slot, segment.row, first, place);
  }

  function count(at: number, { payloadBytes }: Segment): void {
    words[at + (payloadBytes === 0 ? HELD.PURE_ACKS : HELD.SEGMENTS)]! += 1;
    words[at + HELD.PAYLOAD_BYTES]! += payloadBytes;
  }

  function takeHeaders(at: number, segment: Segment): void {
    words[at + HELD.FIRST_SEQ] = segment.seq;
    words[at + HELD.ACK] = segment.ack;
    words[at + HELD.WINDOW] = segment.window;
    words[at + HELD.LINK_BYTES] = segment.ip - segment.frame;
    words[at + HELD.HEADER_BYTES] = segment.ipBytes - segment.payloadBytes;
  }

  function open(segment: Segment, options: number): number {
    const slot = newSlot();
    const at = slot << HELD_SHIFT;
    words.fill(0, at, at + WORDS);
    words[at + HELD.FLOW] = segment.flow;
    words[at + HELD.NEXT_SEQ] = segment.seq + segment.payloadBytes;
    words[at + HELD.OPTIONS] = options;
    words[at + HELD.GSO_BYTES] = segment.payloadBytes;
    takeHeaders(at, segment);
    count(at, segment);
    words[at + HELD.PREVIOUS] = lastSlot;
    words[at + HELD.NEXT] = NONE;
    if (lastSlot === NONE) firstSlot = slot;
    else words[(lastSlot << HELD_SHIFT) + HELD.NEXT] = slot;
    lastSlot = slot;
    held++;
    tell(slot, segment, true, false);
    return slot;
  }

  function release(slot: number): void {
    const at = slot << HELD_SHIFT;
    const previous = words[at + HELD.PREVIOUS]!;
    const next = words[at + HELD.NEXT]!;
    if (previous === NONE) firstSlot = next;
    else words[(previous << HELD_SHIFT) + HELD.NEXT] = next;
    if (next === NONE) lastSlot = previous;
    else words[(next << HELD_SHIFT) + HELD.PREVIOUS] = previous;
    words[at + HELD.NEXT] = free;
    free = slot;
    held--;
  }

  return {
    counters,
    words: () => words,
    count: () => held,
    first: () => firstSlot,
    next: (slot) => words[(slot << HELD_SHIFT) + HELD.NEXT]!,
    open,
    append(slot, segment) {
      const at = slot << HELD_SHIFT;
      words[at + HELD.NEXT_SEQ] = segment.seq + segment.payloadBytes;
      count(at, segment);
      tell(slot, segment, false, false);
    },
    prepend(slot, segment) {
      const at = slot << HELD_SHIFT;
      takeHeaders(at, segment);
      count(at, segment);
      tell(slot, segment, false, true);
    },
    fill(slot) {
      const at = slot << HELD_SHIFT;
      const payload = words[at + HELD.PAYLOAD_BYTES]!;
      skb.slot = slot;
      skb.segments = words[at + HELD.SEGMENTS]!;
      skb.pureAcks = words[at + HELD.PURE_ACKS]!;
      skb.payloadBytes = payload;
      skb.ipLength = words[at + HELD.HEADER_BYTES]! + payload;
      skb.frameBytes = skb.ipLength + words[at + HELD.LINK_BYTES]!;
      skb.gsoSize = skb.segments === 1 ? 0 : words[at + HELD.GSO_BYTES]!;
      skb.flow = words[at + HELD.FLOW]!;
      skb.ack = words[at + HELD.ACK]!;
      skb.window = words[at + HELD.WINDOW]!;
      skb.tsval = words[at + HELD.TSVAL]!;
      skb.tsecr = words[at + HELD.TSECR]!;
      skb.addedFlags = words[at + HELD.ADDED_FLAGS]!;
      return skb;
    },
    deliver(reason) {
      release(skb.slot);
      counters.flushed++;
      sink.deliverHeld(skb, reason);
    },
  };
}
