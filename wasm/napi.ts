/** The NAPI simulation of src/nic/napi.ts with its ring, moderation and engine: the same steps in the same order. */
import { deliver, logEndOfPoll } from './delivery';
import { ETHERNET_BYTES } from './header';
import { holdTaken, startHolds } from './hold-times';
import { flushFilled, flushSession, isUsual, sessionFor, takeIntoSession } from './inet-lro';
import * as at from './lane';
import {
  FRAME_OFFSET,
  IP_AT,
  IP_LENGTH,
  KIND,
  LOG_ENTRIES,
  PAYLOAD_BYTES,
  RECEIVED_ROWS,
  TCP_AT,
  TIME_NS,
  WIRE_BYTES,
} from './layout';

const IPV4_OR_IPV6: i32 = 24;

/**
 * Takes received packets from `from` on through the lane until one is not plainly usual for its engine or the log is
 * nearly full; returns the first that is not taken, `to` if all are. What has happened before that packet's arrival is
 * done; doing it again does nothing.
 */
export function runNapi(lane: i32, from: i32, to: i32): i32 {
  const slots = load<i32>(lane, at.SLOTS);
  const maxDesc = load<i32>(lane, at.MAX_DESC);
  const merges = maxDesc > 0;
  const weight = load<i32>(lane, at.WEIGHT);
  const scale = load<f64>(lane, at.TIME_SCALE);
  const latency = load<f64>(lane, at.LATENCY);
  const perPacket = load<f64>(lane, at.PER_PACKET);
  const capacity = load<i32>(lane, at.RING_PACKETS);
  /** One packet may end two polls, and fill a session. */
  const logLimit = LOG_ENTRIES - 2 * (maxDesc + 2);
  for (let i = from; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    if (load<i32>(lane, at.LOGGED) >= logLimit || (merges && !isUsual(row))) return i;
    const arrival = max<f64>(load<f64>(lane, at.ARRIVAL), load<f64>(row << 3, TIME_NS) * scale);
    store<f64>(lane, arrival, at.ARRIVAL);
    let phase = load<i32>(lane, at.PHASE);
    if (phase === at.PHASE_WAITING && load<f64>(lane, at.FIRE) + latency < arrival) {
      startPolling(lane);
      phase = at.PHASE_POLLING;
    }
    if (phase === at.PHASE_POLLING && load<f64>(lane, at.NOW) < arrival) {
      complete(lane, arrival);
      phase = load<i32>(lane, at.PHASE);
    }
    if (load<i32>(lane, at.RING_COUNT) === capacity && !makeRoom(lane, arrival)) {
      add(lane + at.DROPPED, 1);
      continue;
    }
    const slot = merges ? sessionFor(row, slots, maxDesc) : -1;
    if (merges && slot < 0) return i;
    if (phase !== at.PHASE_POLLING) wait(lane, arrival);
    const inPoll = load<i32>(lane, at.IN_POLL) + 1;
    let now = load<f64>(lane, at.NOW);
    if (inPoll === 1) now += load<f64>(lane, at.PER_POLL);
    putPacket(lane, now, phase !== at.PHASE_POLLING);
    store<f64>(lane, now + perPacket, at.NOW);
    store<i32>(lane, inPoll, at.IN_POLL);
    if (merges) merge(lane, slots, slot, row);
    else deliverAlone(lane, row);
    if (inPoll === weight) endPoll(lane);
  }
  return to;
}

function add(place: i32, value: f64): void {
  store<f64>(place, load<f64>(place) + value);
}

function count(place: i32): void {
  store<i32>(place, load<i32>(place) + 1);
}

function wait(lane: i32, arrival: f64): void {
  if (load<i32>(lane, at.PHASE) === at.PHASE_IDLE) {
    store<i32>(lane, at.PHASE_WAITING, at.PHASE);
    store<i32>(lane, 0, at.WAITING);
    store<f64>(lane, f64.POSITIVE_INFINITY, at.FIRE);
    store<f64>(lane, 0, at.NOW);
  }
  if (arrival > load<f64>(lane, at.FIRE)) return;
  count(lane + at.WAITING);
  store<f64>(lane, max<f64>(load<f64>(lane, at.ARMED), firesAt(lane, arrival)), at.FIRE);
}

/** As in src/nic/moderation.ts, `coalesce` and `interval`. */
function firesAt(lane: i32, arrival: f64): f64 {
  const waiting = load<i32>(lane, at.WAITING);
  const rxFrames = load<i32>(lane, at.RX_FRAMES);
  const delay = load<f64>(lane, at.DELAY);
  if (load<i32>(lane, at.INTERVAL) !== 0) {
    if (waiting === 1) store<f64>(lane, max<f64>(arrival, load<f64>(lane, at.LAST_FIRED) + delay), at.TIMER);
    return load<f64>(lane, at.TIMER);
  }
  if ((delay === 0 && rxFrames === 0) || (rxFrames > 0 && waiting >= rxFrames)) return arrival;
  if (delay === 0) return f64.POSITIVE_INFINITY;
  if (waiting === 1 || load<i32>(lane, at.RESTARTS) !== 0) store<f64>(lane, arrival + delay, at.TIMER);
  return load<f64>(lane, at.TIMER);
}

function startPolling(lane: i32): void {
  const start = load<f64>(lane, at.FIRE) + load<f64>(lane, at.LATENCY);
  add(lane + at.INTERRUPTS, 1);
  store<f64>(lane, load<f64>(lane, at.FIRE), at.LAST_FIRED);
  startTaking(lane, start);
  startHolds(lane, start);
  add(lane + at.NOW, start);
  store<i32>(lane, at.PHASE_POLLING, at.PHASE);
}

function complete(lane: i32, arrival: f64): void {
  if (load<i32>(lane, at.IN_POLL) > 0) endPoll(lane);
  if (load<i32>(lane, at.POLLS_AGAIN) !== 0 && arrival <= load<f64>(lane, at.NOW)) return;
  store<f64>(lane, load<f64>(lane, at.NOW), at.ARMED);
  store<i32>(lane, at.PHASE_IDLE, at.PHASE);
}

/** With all that it delivers. */
export function endPoll(lane: i32): void {
  add(lane + at.POLLS, 1);
  store<i32>(lane, 0, at.IN_POLL);
  const slots = load<i32>(lane, at.SLOTS);
  const maxDesc = load<i32>(lane, at.MAX_DESC);
  const reason = load<i32>(lane, at.REASON_POLL_END);
  for (let slot = 0; slot < maxDesc; slot++) flushSession(lane, slots, slot, reason);
  logEndOfPoll(lane);
}

function merge(lane: i32, slots: i32, slot: i32, row: i32): void {
  const maxAggr = load<i32>(lane, at.MAX_AGGR);
  const full = takeIntoSession(slots, slot, row, maxAggr, load<i32>(lane, at.LENGTH_LIMIT));
  holdTaken(lane, slot);
  if (full) flushFilled(lane, slots, slot);
}

/** Bytes as in src/replay/timed-sink.ts and frame-bytes.ts. */
export function deliverAlone(lane: i32, row: i32): void {
  const payload = load<i32>(row << 2, TCP_AT) === 0 ? 0 : max<i32>(0, load<i32>(row << 2, PAYLOAD_BYTES));
  let frame = load<i32>(row << 2, WIRE_BYTES);
  if ((<i32>load<u8>(row, KIND) & IPV4_OR_IPV6) !== 0) {
    const length = load<i32>(row << 2, IP_LENGTH);
    const linkBytes = load<i32>(row << 2, IP_AT) - load<i32>(row << 2, FRAME_OFFSET);
    frame = ETHERNET_BYTES + (length > 0 ? length : frame - linkBytes);
  }
  deliver(lane, -1, load<i32>(lane, at.REASON_ALONE), 1, payload, frame);
}

/** Counts the descriptors of a full ring. */
function makeRoom(lane: i32, now: f64): bool {
  const capacity = load<i32>(lane, at.RING_PACKETS);
  let held = capacity;
  const ring = load<i32>(lane, at.RING);
  const waiting = load<i32>(lane, at.RING_WAITING);
  let head = load<i32>(lane, at.RING_HEAD);
  while (held > waiting && load<f64>(ring + (head << 3)) <= now) {
    head = head + 1 === capacity ? 0 : head + 1;
    held--;
  }
  store<i32>(lane, head, at.RING_HEAD);
  store<i32>(lane, held, at.RING_COUNT);
  return held < capacity;
}

function putPacket(lane: i32, taken: f64, waits: bool): void {
  const held = load<i32>(lane, at.RING_COUNT);
  store<f64>(placeInRing(lane, held), taken);
  store<i32>(lane, held + 1, at.RING_COUNT);
  if (waits) count(lane + at.RING_WAITING);
}

function startTaking(lane: i32, start: f64): void {
  const held = load<i32>(lane, at.RING_COUNT);
  for (let i = held - load<i32>(lane, at.RING_WAITING); i < held; i++) add(placeInRing(lane, i), start);
  store<i32>(lane, 0, at.RING_WAITING);
}

function placeInRing(lane: i32, index: i32): i32 {
  const slot = load<i32>(lane, at.RING_HEAD) + index;
  const capacity = load<i32>(lane, at.RING_PACKETS);
  return load<i32>(lane, at.RING) + ((slot < capacity ? slot : slot - capacity) << 3);
}
