/** The usual packets of inet_lro: an untagged segment with timestamps that plainly continues its session, or begins one. */
import { big16, big32 } from './bytes';
import { deliver } from './delivery';
import { ETHERNET_BYTES } from './header';
import { FLUSHED, MAX_AGGR } from './lane';
import { FLOW, IP_LENGTH, PAYLOAD_BYTES, RECEIVED_ROWS, SEQ, TCP_AT, USUAL } from './layout';
import * as reason from './reasons';

/** A session, as in src/coalesce/inet-lro.ts: offsets of its words. */
export const SLOT_BYTES: i32 = 64;
export const SLOT_FLOW: i32 = 0;
export const NEXT_SEQ: i32 = 4;
export const TSVAL: i32 = 8;
export const HAS_TIMESTAMP: i32 = 12;
export const PACKETS: i32 = 16;
const FRAGMENTS: i32 = 20;
export const LENGTH: i32 = 24;
export const MSS: i32 = 28;
const ACK: i32 = 32;
const WINDOW: i32 = 36;
const TSECR: i32 = 40;
const HEADERS: i32 = 44;
const TAG: i32 = 48;
export const EMPTY: i32 = -1;
/** No flow has this index, and no empty session. */
export const NO_FLOW: i32 = -2;

/** The session that the last packet filled, as an index; -1 if none. */
let filled: i32 = -1;

export function filledSession(): i32 {
  return filled;
}

/**
 * Takes received packets from `from` on, as long as they are usual, and up to one that fills its session; returns the
 * first that is not taken, `to` if all are. What one session takes in a row is kept in locals until it is over.
 */
export function mergeInetLro(
  slots: i32,
  maxDesc: i32,
  maxAggr: i32,
  lengthLimit: i32,
  from: i32,
  to: i32,
): i32 {
  const end = slots + maxDesc * SLOT_BYTES;
  let slot = slots;
  let held: i32 = NO_FLOW;
  let next: i32 = 0;
  let packets: i32 = 0;
  let length: i32 = 0;
  let largest: i32 = 0;
  let oldest: i32 = 0;
  /** TCP header of the packet that the session took last. */
  let lastTcp: i32 = 0;
  let i = from;
  filled = -1;
  for (; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    if (!isUsual(row)) break;
    const tcp = load<i32>(row << 2, TCP_AT);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    const ipLength = load<i32>(row << 2, IP_LENGTH);
    const tsval = big32(tcp, 24);
    const seq = load<i32>(row << 2, SEQ);
    const flow = load<i32>(row << 2, FLOW);
    if (flow !== held) {
      if (lastTcp !== 0) save(slot, next, packets, length, largest, lastTcp);
      lastTcp = 0;
      held = NO_FLOW;
      slot = find(flow, slots, end);
      if (slot === end) break;
      if (load<i32>(slot, SLOT_FLOW) !== flow) {
        open(slot, flow, ipLength, payload, tsval);
        next = seq;
        packets = 0;
        length = ipLength - payload;
        largest = 0;
        oldest = tsval;
      } else {
        if (load<i32>(slot, HAS_TIMESTAMP) === 0) break;
        next = load<i32>(slot, NEXT_SEQ);
        packets = load<i32>(slot, PACKETS);
        length = load<i32>(slot, LENGTH);
        largest = load<i32>(slot, MSS);
        oldest = load<i32>(slot, TSVAL);
      }
      held = flow;
    }
    if (seq !== next || tsval - oldest < 0) break;
    next = seq + payload;
    packets++;
    length += payload;
    if (payload > largest) largest = payload;
    lastTcp = tcp;
    // A session that begins is not filled by its first packet, whatever the limits.
    if (packets > 1 && (packets >= maxAggr || length > lengthLimit)) {
      filled = (slot - slots) / SLOT_BYTES;
      i++;
      break;
    }
  }
  if (lastTcp !== 0) save(slot, next, packets, length, largest, lastTcp);
  return i;
}

/** Whether a packet may begin a session, or continue one by its own headers. */
export function isUsual(row: i32): bool {
  return load<u8>(row, USUAL) !== 0;
}

/** Delivers a session that is full. */
export function flushFilled(lane: i32, slots: i32, index: i32): void {
  const packets = load<i32>(slots + index * SLOT_BYTES, PACKETS);
  const isOfPackets = packets >= load<i32>(lane, MAX_AGGR);
  flushSession(lane, slots, index, isOfPackets ? reason.MAX_AGGR : reason.MAX_LENGTH);
}

/** Delivers a session if the slot holds one. */
export function flushSession(lane: i32, slots: i32, index: i32, why: i32): void {
  const slot = slots + index * SLOT_BYTES;
  const flow = load<i32>(slot, SLOT_FLOW);
  if (flow === EMPTY) return;
  store<i32>(slot, EMPTY, SLOT_FLOW);
  store<i32>(lane, load<i32>(lane, FLUSHED) + 1, FLUSHED);
  const length = load<i32>(slot, LENGTH);
  const payload = length - load<i32>(slot, HEADERS);
  deliver(lane, index, flow, why, load<i32>(slot, PACKETS), payload, length + ETHERNET_BYTES);
}

export function open(slot: i32, flow: i32, ipLength: i32, payload: i32, tsval: i32): void {
  store<i32>(slot, flow, SLOT_FLOW);
  store<i32>(slot, tsval, TSVAL);
  store<i32>(slot, 1, HAS_TIMESTAMP);
  store<i32>(slot, 1, FRAGMENTS);
  store<i32>(slot, ipLength - payload, HEADERS);
  store<i32>(slot, 0, TAG);
}

/** What the session is after its last packet, whose TCP header stands at `tcp`. */
function save(slot: i32, next: i32, packets: i32, length: i32, largest: i32, tcp: i32): void {
  store<i32>(slot, next, NEXT_SEQ);
  store<i32>(slot, packets, PACKETS);
  store<i32>(slot, length, LENGTH);
  store<i32>(slot, largest, MSS);
  store<i32>(slot, big32(tcp, 8), ACK);
  store<i32>(slot, big16(tcp, 14), WINDOW);
  store<i32>(slot, big32(tcp, 28), TSECR);
}

/** The session of the flow, otherwise the first empty one; `end` where there is neither. */
export function find(flow: i32, slots: i32, end: i32): i32 {
  let empty = end;
  for (let slot = slots; slot < end; slot += SLOT_BYTES) {
    const held = load<i32>(slot, SLOT_FLOW);
    if (held === flow) return slot;
    if (held === EMPTY && slot < empty) empty = slot;
  }
  return empty;
}
