/** Steps of the NAPI simulation that stand outside of its loop. */
import { startHolds } from './hold-times';
import * as at from './lane';
import { LOG_ENTRIES } from './layout';

/** Entries of the log after which a call ends: one packet may end two polls, break a session and be delivered. */
export function napiLogLimit(maxDesc: i32): i32 {
  return LOG_ENTRIES - 2 * (maxDesc + 3);
}

export function add(place: i32, value: f64): void {
  store<f64>(place, load<f64>(place) + value);
}

export function count(place: i32): void {
  store<i32>(place, load<i32>(place) + 1);
}

export function placeInRing(ring: i32, index: i32, capacity: i32): i32 {
  return ring + ((index < capacity ? index : index - capacity) << 3);
}

/** The interrupt has fired; returns what makes times of offsets. */
export function startPolling(lane: i32, fire: f64): f64 {
  const start = fire + load<f64>(lane, at.LATENCY);
  add(lane + at.INTERRUPTS, 1);
  store<f64>(lane, fire, at.LAST_FIRED);
  store<f64>(lane, start, at.RING_START);
  if (load<i32>(lane, at.OFFSETS) > 0) startHolds(lane, start);
  return start;
}

/** The poll is over, and has taken all; returns the place in the ring for the next packet. */
export function idle(lane: i32, now: f64): i32 {
  store<f64>(lane, now, at.ARMED);
  store<f64>(lane, f64.NaN, at.RING_START);
  store<i32>(lane, 0, at.RING_WAITING);
  return load<i32>(lane, at.RING) + (load<i32>(lane, at.RING_HEAD) << 3);
}
