/** What `analyze explain` wants of a lane: where packets went, the polls, and what merging lost. */
import { countFate } from './fates';
import { EXPLAINED, GRO, SLOTS } from './lane';
import { FLOW } from './layout';
import { endLosses } from './losses';
import { payloadBytes } from './packet';
import { countLosses } from './taken';

/** Of the block that src/replay/explain-core.ts fills: addresses, the last of them 0 for inet_lro. */
const STATES: i32 = 0;
const COUNTS: i32 = 4;
const LAST_SLOTS: i32 = 8;
/** Whether the header of a merged skb has the PSH of its last packet. */
const KEEPS_PSH: i32 = 12;
/** The poll that goes on; the polls that ended, 0 where nobody asks; obstacles behind each reason. */
const PROGRESS: i32 = 16;
const POLLS: i32 = 20;
const OBSTACLES: i32 = 24;
/** The first received packet that is not counted yet. */
const COUNTED: i32 = 28;
/** What wasm/fates.ts counts in; skbs with payload of this call. */
const FATES: i32 = 32;
const CALL_DATA_SKBS: i32 = 36;

/** As PROGRESS and POLL of src/replay/poll-progress.ts. */
const LISTED: i32 = 0;
const FROM: i32 = 4;
const MET: i32 = 8;
const DATA_SKBS: i32 = 12;
const POLL_BYTES: i32 = 16;
const TO: i32 = 4;

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

/** Received packet `i` comes after those, and is not held. */
export function leaveOut(lane: i32, i: i32): void {
  countTaken(lane, i);
  startCounting(lane, i + 1);
}

export function explainSkb(lane: i32, slot: i32, flow: i32, reason: i32, segments: i32, payload: i32): void {
  const explained = load<i32>(lane, EXPLAINED);
  tell(explained, flow, reason, segments, payload);
  const keepsPsh = load<i32>(explained, KEEPS_PSH) !== 0;
  endLosses(load<i32>(explained, STATES), load<i32>(explained, COUNTS), slot, segments, keepsPsh);
}

/** A packet that no skb took. */
export function explainAlone(lane: i32, row: i32, reason: i32): void {
  tell(load<i32>(lane, EXPLAINED), load<i32>(row << 2, FLOW), reason, 1, payloadBytes(row));
}

function tell(explained: i32, flow: i32, reason: i32, segments: i32, payload: i32): void {
  countFate(load<i32>(explained, FATES), flow, reason, segments, payload);
  const progress = load<i32>(explained, PROGRESS);
  const met = load<i32>(load<i32>(explained, OBSTACLES) + (reason << 2));
  store<i32>(progress, load<i32>(progress, MET) | met, MET);
  if (payload <= 0) return;
  store<i32>(progress, load<i32>(progress, DATA_SKBS) + 1, DATA_SKBS);
  store<i32>(explained, load<i32>(explained, CALL_DATA_SKBS) + 1, CALL_DATA_SKBS);
}

/** No block has more polls than are room for. */
export function explainEndOfPoll(lane: i32, next: i32): void {
  const explained = load<i32>(lane, EXPLAINED);
  const progress = load<i32>(explained, PROGRESS);
  const polls = load<i32>(explained, POLLS);
  if (polls !== 0) {
    const listed = load<i32>(progress, LISTED);
    const poll = polls + listed * POLL_BYTES;
    store<i32>(poll, load<i32>(progress, FROM));
    store<i32>(poll, next, TO);
    store<i32>(poll, load<i32>(progress, MET), MET);
    store<i32>(poll, load<i32>(progress, DATA_SKBS), DATA_SKBS);
    store<i32>(progress, listed + 1, LISTED);
  }
  store<i32>(progress, next, FROM);
  store<i32>(progress, 0, MET);
  store<i32>(progress, 0, DATA_SKBS);
}
