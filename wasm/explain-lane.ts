/** What `analyze explain` wants of a lane: each skb with its flow, where polls end, and what merging lost. */
import { EXPLAINED, GRO, LOGGED, SLOTS } from './lane';
import { LOG } from './layout';
import { endLosses } from './losses';
import { countLosses } from './taken';

/** Of the block that src/replay/explain-core.ts fills: addresses, the last of them 0 for inet_lro. */
const STATES: i32 = 0;
const COUNTS: i32 = 4;
const LAST_SLOTS: i32 = 8;
/** Whether the header of a merged skb has the PSH of its last packet. */
const KEEPS_PSH: i32 = 12;
/** The first received packet that is not counted yet. */
const COUNTED: i32 = 16;

/** An entry of the log: an skb of a flow, or the end of a poll, before a received packet. */
const ENTRY_BYTES: i32 = 16;
const REASON: i32 = 4;
const SEGMENTS: i32 = 8;
const PAYLOAD: i32 = 12;
const END_OF_POLL: i32 = -2;

/** A call begins with this received packet. */
export function startCounting(lane: i32, from: i32): void {
  const explained = load<i32>(lane, EXPLAINED);
  if (explained !== 0) store<i32>(explained, from, COUNTED);
}

/** All packets up to this one are held. */
export function countTaken(lane: i32, to: i32): void {
  const explained = load<i32>(lane, EXPLAINED);
  if (explained === 0) return;
  const from = load<i32>(explained, COUNTED);
  if (from === to) return;
  store<i32>(explained, to, COUNTED);
  const gro = load<i32>(lane, GRO);
  const slots = gro === 0 ? load<i32>(lane, SLOTS) : load<i32>(gro);
  const lastSlots = load<i32>(explained, LAST_SLOTS);
  countLosses(load<i32>(explained, STATES), load<i32>(explained, COUNTS), slots, lastSlots, from, to);
}

export function explainSkb(lane: i32, slot: i32, flow: i32, reason: i32, segments: i32, payload: i32): void {
  const explained = load<i32>(lane, EXPLAINED);
  append(lane, flow, reason, segments, payload);
  const keepsPsh = load<i32>(explained, KEEPS_PSH) !== 0;
  endLosses(load<i32>(explained, STATES), load<i32>(explained, COUNTS), slot, segments, keepsPsh);
}

export function explainEndOfPoll(lane: i32, next: i32): void {
  append(lane, END_OF_POLL, next, 0, 0);
}

function append(lane: i32, flow: i32, reason: i32, segments: i32, payload: i32): void {
  const logged = load<i32>(lane, LOGGED);
  const entry = LOG + logged * ENTRY_BYTES;
  store<i32>(entry, flow);
  store<i32>(entry, reason, REASON);
  store<i32>(entry, segments, SEGMENTS);
  store<i32>(entry, payload, PAYLOAD);
  store<i32>(lane, logged + 1, LOGGED);
}
