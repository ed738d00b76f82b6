/** The end of a poll: what its engine holds is delivered. */
import { logEndOfPoll } from './delivery';
import { countTaken } from './explain-lane';
import { flushLists } from './gro-lane';
import { forgetHolds } from './hold-times';
import { flushSession, SLOT_BYTES } from './inet-lro';
import * as at from './lane';

/**
 * Before received packet `next`; returns the time at which all is delivered. `only` is the one session that is held, 0 where
 * it is not known.
 */
export function endPollAt(lane: i32, next: i32, now: f64, phase: i32, only: i32): f64 {
  store<f64>(lane, now, at.NOW);
  store<i32>(lane, phase, at.PHASE);
  if (only === 0) {
    endPoll(lane, next);
  } else {
    const slots = load<i32>(lane, at.SLOTS);
    count(lane);
    countTaken(lane, next);
    flushSession(lane, slots, (only - slots) / SLOT_BYTES, load<i32>(lane, at.REASON_POLL_END));
    logEndOfPoll(lane, next);
    forgetHolds(lane);
  }
  return load<f64>(lane, at.NOW);
}

/** Before received packet `next`, with all that it delivers. */
export function endPoll(lane: i32, next: i32): void {
  count(lane);
  countTaken(lane, next);
  const reason = load<i32>(lane, at.REASON_POLL_END);
  if (load<i32>(lane, at.GRO) !== 0) {
    flushLists(lane, reason);
  } else {
    const slots = load<i32>(lane, at.SLOTS);
    const maxDesc = load<i32>(lane, at.MAX_DESC);
    for (let slot = 0; slot < maxDesc; slot++) flushSession(lane, slots, slot, reason);
  }
  logEndOfPoll(lane, next);
  forgetHolds(lane);
}

function count(lane: i32): void {
  store<f64>(lane, load<f64>(lane, at.POLLS) + 1, at.POLLS);
}
