/** A packet of the NAPI simulation that merges with nothing: the steps of wasm/napi.ts, with everything in the lane's block. */
import { countTaken } from './explain-lane';
import { holdPacket } from './hold-times';
import { decideInetLro, deliverUnmerged } from './inet-lro-rest';
import * as at from './lane';
import { RECEIVED_ROWS, TIME_NS } from './layout';
import { decideLinuxGro, takeUnjoined } from './linux-gro-rest';
import { firesAt } from './moderation';
import { add, count, idle, napiLogLimit, placeInRing, startPolling } from './napi-steps';
import { endPollAt } from './poll-end';
import { makeRoom } from './ring';

/** False if it may merge, is not plain, or finds no room in the log: what has happened before its arrival is done, and nothing else. */
export function passInNapi(lane: i32, i: i32): bool {
  const maxDesc = load<i32>(lane, at.MAX_DESC);
  if (maxDesc === 0 || load<i32>(lane, at.LOGGED) >= napiLogLimit(maxDesc)) return false;
  const row = load<i32>(i << 2, RECEIVED_ROWS);
  arrive(lane, i, load<f64>(row << 3, TIME_NS) * load<f64>(lane, at.TIME_SCALE));
  const arrival = load<f64>(lane, at.ARRIVAL);
  if (load<i32>(lane, at.RING_COUNT) === load<i32>(lane, at.RING_PACKETS) && !makeRoom(lane, arrival)) {
    if (load<i32>(lane, at.EXPLAINED) !== 0) return false;
    add(lane + at.DROPPED, 1);
    return true;
  }
  const gro = load<i32>(lane, at.GRO);
  let why = -1;
  if (gro !== 0) {
    if (!decideLinuxGro(gro, row)) return false;
  } else {
    why = decideInetLro(lane, row);
    if (why < 0) return false;
  }
  putIntoRing(lane, arrival);
  if (gro === 0) {
    deliverUnmerged(lane, i, why);
  } else {
    const held = takeUnjoined(lane, i);
    if (held >= 0) {
      countTaken(lane, i + 1);
      if (load<i32>(lane, at.EXPLAINED) === 0) holdPacket(lane, held, arrival);
    }
  }
  if (load<i32>(lane, at.IN_POLL) === load<i32>(lane, at.WEIGHT)) endPoll(lane, i + 1);
  return true;
}

/** What happens until then; before received packet `i`. */
function arrive(lane: i32, i: i32, time: f64): void {
  if (time > load<f64>(lane, at.ARRIVAL)) store<f64>(lane, time, at.ARRIVAL);
  const arrival = load<f64>(lane, at.ARRIVAL);
  const fire = load<f64>(lane, at.FIRE);
  if (load<i32>(lane, at.PHASE) === at.PHASE_WAITING && fire + load<f64>(lane, at.LATENCY) < arrival) {
    add(lane + at.NOW, startPolling(lane, fire));
    store<i32>(lane, at.PHASE_POLLING, at.PHASE);
  }
  if (load<i32>(lane, at.PHASE) !== at.PHASE_POLLING || load<f64>(lane, at.NOW) >= arrival) return;
  if (load<i32>(lane, at.IN_POLL) > 0) endPoll(lane, i);
  const now = load<f64>(lane, at.NOW);
  if (now >= arrival && load<i32>(lane, at.POLLS_AGAIN) !== 0) return;
  idle(lane, now);
  store<i32>(lane, 0, at.RING_COUNT);
  store<i32>(lane, at.PHASE_IDLE, at.PHASE);
}

function putIntoRing(lane: i32, arrival: f64): void {
  if (load<i32>(lane, at.PHASE) !== at.PHASE_POLLING) {
    if (load<i32>(lane, at.PHASE) === at.PHASE_IDLE) {
      store<i32>(lane, at.PHASE_WAITING, at.PHASE);
      store<i32>(lane, 0, at.WAITING);
      store<f64>(lane, f64.POSITIVE_INFINITY, at.FIRE);
      store<f64>(lane, 0, at.NOW);
    }
    // Once it has fired, more packets do not move it.
    if (arrival <= load<f64>(lane, at.FIRE)) store<f64>(lane, firesAt(lane, arrival), at.FIRE);
    count(lane + at.RING_WAITING);
  }
  if (load<i32>(lane, at.IN_POLL) === 0) add(lane + at.NOW, load<f64>(lane, at.PER_POLL));
  const index = load<i32>(lane, at.RING_HEAD) + load<i32>(lane, at.RING_COUNT);
  const place = placeInRing(load<i32>(lane, at.RING), index, load<i32>(lane, at.RING_PACKETS));
  store<f64>(place, load<f64>(lane, at.NOW));
  count(lane + at.RING_COUNT);
  count(lane + at.IN_POLL);
  add(lane + at.NOW, load<f64>(lane, at.PER_PACKET));
}

function endPoll(lane: i32, next: i32): void {
  endPollAt(lane, next, load<f64>(lane, at.NOW), load<i32>(lane, at.PHASE), 0);
  store<i32>(lane, 0, at.IN_POLL);
  store<i32>(lane, 0, at.NODES_USED);
}
