/** Skbs that leave a lane: their holds, their price on the lane's clock, and a log of them for the program. */
import { explainAlone, explainEndOfPoll, explainSkb } from './explain-lane';
import { addHold, deliverSlot } from './hold-times';
import {
  ALONE,
  ARRIVAL,
  EXPLAINED,
  HAS_CLOCK,
  ID,
  LOGGED,
  NOW,
  PHASE,
  PHASE_WAITING,
  PRICE_NS,
  PRICE_SIZES,
} from './lane';
import { LOG } from './layout';
import { frameBytes, payloadBytes } from './packet';
import { NOT_COALESCED } from './reasons';

/**
 * An entry of the log: `TIMES` equal skbs in a row; with `POLLS` the end of a poll after them, and all that so often.
 * A poll that ends right after another has an entry without skbs.
 */
const ENTRY_BYTES: i32 = 24;
const SEGMENTS: i32 = 4;
const PAYLOAD: i32 = 8;
const FRAME: i32 = 12;
const TIMES: i32 = 16;
const POLLS: i32 = 20;

/** As in src/nic/softirq.ts. */
const REMEMBERED: u32 = 4096;

/** What an skb of this size costs the lane, in ns: asked when its place in the table of prices has another. */
declare function priceSkb(id: i32, segments: i32, payload: i32, frame: i32): f64;

/** An skb of the slot. */
export function deliver(
  lane: i32,
  slot: i32,
  flow: i32,
  reason: i32,
  segments: i32,
  payload: i32,
  frame: i32,
): void {
  const isExplained = load<i32>(lane, EXPLAINED) !== 0;
  if (isExplained) explainSkb(lane, slot, flow, reason, segments, payload);
  else logSkb(lane, reason, segments, payload, frame);
  if (load<i32>(lane, HAS_CLOCK) === 0) return;
  // What is explained is not asked how long it was held.
  if (!isExplained) deliverSlot(lane, slot);
  store<f64>(lane, load<f64>(lane, NOW) + priceOf(lane, segments, payload, frame), NOW);
}

/** A packet that no slot takes of an engine that has some, at its arrival. */
export function pass(lane: i32, row: i32, reason: i32): void {
  store<i32>(lane, load<i32>(lane, ALONE) + 1, ALONE);
  const payload = payloadBytes(row);
  const frame = frameBytes(row);
  const isExplained = load<i32>(lane, EXPLAINED) !== 0;
  if (isExplained) explainAlone(lane, row, reason);
  else logSkb(lane, reason, 1, payload, frame);
  if (load<i32>(lane, HAS_CLOCK) === 0) return;
  const now = load<f64>(lane, NOW);
  if (!isExplained) addHold(lane, now - load<f64>(lane, ARRIVAL), load<i32>(lane, PHASE) === PHASE_WAITING);
  store<f64>(lane, now + priceOf(lane, 1, payload, frame), NOW);
}

/** Before received packet `next`. */
export function logEndOfPoll(lane: i32, next: i32): void {
  if (load<i32>(lane, EXPLAINED) !== 0) {
    explainEndOfPoll(lane, next);
    return;
  }
  const logged = load<i32>(lane, LOGGED);
  const last = LOG + (logged - 1) * ENTRY_BYTES;
  if (logged === 0 || load<i32>(last, POLLS) > 0) {
    append(lane, 0, 0, 0, 0, 0, 1);
    return;
  }
  const before = last - ENTRY_BYTES;
  if (logged > 1 && load<i32>(before, POLLS) > 0 && load<i32>(before, TIMES) === load<i32>(last, TIMES)) {
    const reason = load<i32>(last);
    if (isSame(before, reason, load<i32>(last, SEGMENTS), load<i32>(last, PAYLOAD), load<i32>(last, FRAME))) {
      store<i32>(before, load<i32>(before, POLLS) + 1, POLLS);
      store<i32>(lane, logged - 1, LOGGED);
      return;
    }
  }
  store<i32>(last, 1, POLLS);
}

/** A packet that no slot takes, of a lane with a clock; returns what it takes, in ns. */
export function deliverAlone(lane: i32, row: i32, hold: f64, waits: bool): f64 {
  const payload = payloadBytes(row);
  const frame = frameBytes(row);
  logSkb(lane, NOT_COALESCED, 1, payload, frame);
  addHold(lane, hold, waits);
  return priceOf(lane, 1, payload, frame);
}

export function logSkb(lane: i32, reason: i32, segments: i32, payload: i32, frame: i32): void {
  const logged = load<i32>(lane, LOGGED);
  const last = LOG + (logged - 1) * ENTRY_BYTES;
  if (logged > 0 && load<i32>(last, POLLS) === 0 && isSame(last, reason, segments, payload, frame))
    store<i32>(last, load<i32>(last, TIMES) + 1, TIMES);
  else append(lane, reason, segments, payload, frame, 1, 0);
}

function isSame(entry: i32, reason: i32, segments: i32, payload: i32, frame: i32): bool {
  return (
    load<i32>(entry) === reason &&
    load<i32>(entry, SEGMENTS) === segments &&
    load<i32>(entry, PAYLOAD) === payload &&
    load<i32>(entry, FRAME) === frame
  );
}

function append(
  lane: i32,
  reason: i32,
  segments: i32,
  payload: i32,
  frame: i32,
  times: i32,
  polls: i32,
): void {
  const logged = load<i32>(lane, LOGGED);
  const entry = LOG + logged * ENTRY_BYTES;
  store<i32>(entry, reason);
  store<i32>(entry, segments, SEGMENTS);
  store<i32>(entry, payload, PAYLOAD);
  store<i32>(entry, frame, FRAME);
  store<i32>(entry, times, TIMES);
  store<i32>(entry, polls, POLLS);
  store<i32>(lane, logged + 1, LOGGED);
}

function priceOf(lane: i32, segments: i32, payload: i32, frame: i32): f64 {
  const at = <i32>(<u32>(frame * 31 + segments) % REMEMBERED);
  const size = load<i32>(lane, PRICE_SIZES) + 12 * at;
  const price = load<i32>(lane, PRICE_NS) + 8 * at;
  if (load<i32>(size) !== segments || load<i32>(size, 4) !== payload || load<i32>(size, 8) !== frame) {
    store<f64>(price, priceSkb(load<i32>(lane, ID), segments, payload, frame));
    store<i32>(size, segments);
    store<i32>(size, payload, 4);
    store<i32>(size, frame, 8);
  }
  return load<f64>(price);
}
