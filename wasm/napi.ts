/** The NAPI simulation of src/nic/napi.ts with its ring, moderation and engine: the same steps in the same order. */
import { big32 } from './bytes';
import { deliverAlone } from './delivery';
import { countTaken, startCounting } from './explain-lane';
import { flushFinished } from './gro-lane';
import {
  EMPTY,
  find,
  flushFilled,
  HAS_TIMESTAMP,
  isUsual,
  LENGTH,
  MSS,
  NEXT_SEQ,
  NO_FLOW,
  open as openSession,
  PACKETS,
  SLOT_BYTES,
  SLOT_FLOW,
  TSVAL,
} from './inet-lro';
import * as at from './lane';
import { FLOW, IP_LENGTH, PAYLOAD_BYTES, RECEIVED_ROWS, SEQ, TCP_AT, TIME_NS } from './layout';
import { finishedSkb, lastTakenSkb, mergeAfter } from './linux-gro';
import { firesAt } from './moderation';
import { passInNapi } from './napi-rest';
import { add, count, idle, napiLogLimit, placeInRing, startPolling } from './napi-steps';
import { endPollAt } from './poll-end';
import { makeRoom } from './ring';

/** Ends a chain of held packets. */
const END: i32 = -1;

/**
 * Takes received packets from `from` on through the lane until one is not plainly usual for its engine or the log is
 * nearly full; returns the first that is not taken, `to` if all are. What has happened before that packet's arrival is
 * done; doing it again does nothing.
 */
export function runNapi(lane: i32, from: i32, to: i32): i32 {
  let i = runUsual(lane, from, to);
  while (i < to && passInNapi(lane, i)) i = runUsual(lane, i + 1, to);
  return i;
}

function runUsual(lane: i32, from: i32, to: i32): i32 {
  if (load<i32>(lane, at.GRO) !== 0) return run<LinuxGro>(lane, from, to);
  return load<i32>(lane, at.MAX_DESC) > 0 ? run<InetLro>(lane, from, to) : run<None>(lane, from, to);
}

/** A loop for each engine is made of one text, which asks for the engine by its size: types stand for them. */
type InetLro = i32;
type LinuxGro = i64;
type None = i8;
const INET_LRO = sizeof<InetLro>();
const LINUX_GRO = sizeof<LinuxGro>();
const NONE = sizeof<None>();

/**
 * Polls are short, so that what is done once a poll, and each branch that goes another way in the next one, costs as much as
 * the packets: hence one loop, with clock, ring and the session that took the last packet in locals.
 */
function run<Engine>(lane: i32, from: i32, to: i32): i32 {
  const slots = load<i32>(lane, at.SLOTS);
  const maxDesc = load<i32>(lane, at.MAX_DESC);
  const endOfSlots = slots + maxDesc * SLOT_BYTES;
  const maxAggr = load<i32>(lane, at.MAX_AGGR);
  const lengthLimit = load<i32>(lane, at.LENGTH_LIMIT);
  const weight = load<i32>(lane, at.WEIGHT);
  const scale = load<f64>(lane, at.TIME_SCALE);
  const latency = load<f64>(lane, at.LATENCY);
  const perPacket = load<f64>(lane, at.PER_PACKET);
  const ring = load<i32>(lane, at.RING);
  const capacity = load<i32>(lane, at.RING_PACKETS);
  const logLimit = napiLogLimit(maxDesc);

  let arrival = load<f64>(lane, at.ARRIVAL);
  let fire = load<f64>(lane, at.FIRE);
  let now = load<f64>(lane, at.NOW);
  let phase = load<i32>(lane, at.PHASE);
  let inPoll = load<i32>(lane, at.IN_POLL);
  let inRing = load<i32>(lane, at.RING_COUNT);
  let place = placeInRing(ring, load<i32>(lane, at.RING_HEAD) + inRing, capacity);
  const endOfRing = ring + (capacity << 3);

  /** Sessions that are open; of the one that took the last packet its flow, and what changes with each packet. */
  let open = sizeof<Engine>() === INET_LRO ? countOpen(slots, endOfSlots) : 0;
  let held = NO_FLOW;
  let slot = slots;
  let next = 0;
  let packets = 0;
  let length = 0;
  let largest = 0;
  let oldest = 0;
  /** The packets that are held since the poll began, in chains: their arrivals, and the one before of the same skb. */
  const arrivals = load<i32>(lane, at.NODE_ARRIVAL);
  const nexts = load<i32>(lane, at.NODE_NEXT);
  const newestOf = load<i32>(lane, at.NEWEST);
  let nodes = load<i32>(lane, at.NODES_USED);
  let newest: i32 = END;
  /** Of linux-gro the skb that took the last packet, and the one that is finished by it; -1 if there is none. */
  const gro = load<i32>(lane, at.GRO);
  let before = -1;
  let finished = -1;

  const isExplained = load<i32>(lane, at.EXPLAINED) !== 0;
  startCounting(lane, from);
  let i = from;
  for (; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    if (sizeof<Engine>() === INET_LRO) {
      if (!isUsual(row)) break;
    }
    if (load<i32>(lane, at.LOGGED) >= logLimit) break;
    const time = load<f64>(row << 3, TIME_NS) * scale;
    if (time > arrival) arrival = time;
    if (phase === at.PHASE_WAITING) {
      if (fire + latency < arrival) {
        now += startPolling(lane, fire);
        phase = at.PHASE_POLLING;
      }
    }
    if (phase === at.PHASE_POLLING) {
      if (now < arrival) {
        if (inPoll > 0) {
          if (held !== NO_FLOW) saveCounts(slot, packets, length);
          if (held !== NO_FLOW && !isExplained) store<i32>(newestOf + chainAt(slot - slots), newest);
          now = endPollAt(lane, i, now, phase, open === 1 && held !== NO_FLOW ? slot : 0);
          held = NO_FLOW;
          open = 0;
          before = -1;
          inPoll = 0;
          nodes = 0;
        }
        if (now < arrival || load<i32>(lane, at.POLLS_AGAIN) === 0) {
          place = idle(lane, now);
          inRing = 0;
          phase = at.PHASE_IDLE;
        }
      }
    }
    if (inRing === capacity) {
      store<i32>(lane, inRing, at.RING_COUNT);
      store<i32>(lane, phase, at.PHASE);
      if (!makeRoom(lane, arrival)) {
        // What-ifs have to know.
        if (isExplained) break;
        add(lane + at.DROPPED, 1);
        continue;
      }
      inRing = load<i32>(lane, at.RING_COUNT);
    }
    let payload = 0;
    if (sizeof<Engine>() === LINUX_GRO) {
      if (mergeAfter(gro, before, i, i + 1) === i) break;
      before = lastTakenSkb();
      finished = finishedSkb();
    }
    if (sizeof<Engine>() === INET_LRO) {
      payload = load<i32>(row << 2, PAYLOAD_BYTES);
      const flow = load<i32>(row << 2, FLOW);
      const seq = load<i32>(row << 2, SEQ);
      const tsval = big32(load<i32>(row << 2, TCP_AT), 24);
      if (flow !== held) {
        if (held !== NO_FLOW) {
          save(slot, next, packets, length, largest);
          if (!isExplained) store<i32>(newestOf + chainAt(slot - slots), newest);
        }
        held = NO_FLOW;
        const found = open === 0 ? slots : find(flow, slots, endOfSlots);
        if (found === endOfSlots) break;
        if (load<i32>(found, SLOT_FLOW) === flow) {
          if (load<i32>(found, HAS_TIMESTAMP) === 0) break;
          next = load<i32>(found, NEXT_SEQ);
          packets = load<i32>(found, PACKETS);
          length = load<i32>(found, LENGTH);
          largest = load<i32>(found, MSS);
          oldest = load<i32>(found, TSVAL);
        } else {
          const ipLength = load<i32>(row << 2, IP_LENGTH);
          openSession(found, flow, ipLength, payload, tsval);
          next = seq;
          packets = 0;
          length = ipLength - payload;
          largest = 0;
          oldest = tsval;
          open++;
        }
        slot = found;
        held = flow;
        if (!isExplained) newest = load<i32>(newestOf + chainAt(slot - slots));
      }
      if (seq !== next) break;
      if (tsval - oldest < 0) break;
    }
    if (phase !== at.PHASE_POLLING) {
      if (phase === at.PHASE_IDLE) {
        phase = at.PHASE_WAITING;
        store<i32>(lane, 0, at.WAITING);
        fire = f64.POSITIVE_INFINITY;
        now = 0;
      }
      // Once it has fired, more packets do not move it.
      if (arrival <= fire) fire = firesAt(lane, arrival);
      count(lane + at.RING_WAITING);
    }
    if (inPoll === 0) now += load<f64>(lane, at.PER_POLL);
    store<f64>(place, now);
    place += 8;
    if (place === endOfRing) place = ring;
    inRing++;
    inPoll++;
    now += perPacket;
    if (sizeof<Engine>() === INET_LRO) {
      next += payload;
      packets++;
      length += payload;
      if (payload > largest) largest = payload;
      if (!isExplained) {
        store<f64>(arrivals + (nodes << 3), arrival);
        store<i32>(nexts + (nodes << 2), newest);
        newest = nodes++;
      }
      // A session that begins is not filled by its first packet, whatever the limits.
      if (packets > 1) {
        if (packets >= maxAggr || length > lengthLimit) {
          saveCounts(slot, packets, length);
          if (!isExplained) store<i32>(newestOf + chainAt(slot - slots), newest);
          held = NO_FLOW;
          open--;
          countTaken(lane, i + 1);
          store<f64>(lane, now, at.NOW);
          store<i32>(lane, phase, at.PHASE);
          flushFilled(lane, slots, (slot - slots) / SLOT_BYTES);
          now = load<f64>(lane, at.NOW);
        }
      }
    }
    if (sizeof<Engine>() === LINUX_GRO) {
      if (!isExplained) {
        const newestOfSkb = newestOf + ((before < 0 ? finished : before) << 2);
        store<f64>(arrivals + (nodes << 3), arrival);
        store<i32>(nexts + (nodes << 2), load<i32>(newestOfSkb));
        store<i32>(newestOfSkb, nodes++);
      }
      if (finished >= 0) {
        countTaken(lane, i + 1);
        store<f64>(lane, now, at.NOW);
        store<i32>(lane, phase, at.PHASE);
        flushFinished(lane, finished);
        now = load<f64>(lane, at.NOW);
      }
    }
    if (sizeof<Engine>() === NONE) {
      now += deliverAlone(lane, row, now - arrival, phase === at.PHASE_WAITING);
    }
    if (inPoll === weight) {
      if (held !== NO_FLOW) saveCounts(slot, packets, length);
      if (held !== NO_FLOW && !isExplained) store<i32>(newestOf + chainAt(slot - slots), newest);
      now = endPollAt(lane, i + 1, now, phase, open === 1 && held !== NO_FLOW ? slot : 0);
      held = NO_FLOW;
      open = 0;
      before = -1;
      inPoll = 0;
      nodes = 0;
    }
  }
  if (held !== NO_FLOW) save(slot, next, packets, length, largest);
  if (held !== NO_FLOW && !isExplained) store<i32>(newestOf + chainAt(slot - slots), newest);
  store<i32>(lane, nodes, at.NODES_USED);
  countTaken(lane, i);
  store<f64>(lane, arrival, at.ARRIVAL);
  store<f64>(lane, fire, at.FIRE);
  store<f64>(lane, now, at.NOW);
  store<i32>(lane, phase, at.PHASE);
  store<i32>(lane, inPoll, at.IN_POLL);
  store<i32>(lane, inRing, at.RING_COUNT);
  return i;
}

/** Where the newest packet of a session stands: a word for each slot. */
function chainAt(slot: i32): i32 {
  return (slot / SLOT_BYTES) << 2;
}

function countOpen(slots: i32, end: i32): i32 {
  let open = 0;
  for (let slot = slots; slot < end; slot += SLOT_BYTES) if (load<i32>(slot, SLOT_FLOW) !== EMPTY) open++;
  return open;
}

function saveCounts(slot: i32, packets: i32, length: i32): void {
  store<i32>(slot, packets, PACKETS);
  store<i32>(slot, length, LENGTH);
}

function save(slot: i32, next: i32, packets: i32, length: i32, largest: i32): void {
  saveCounts(slot, packets, length);
  store<i32>(slot, next, NEXT_SEQ);
  store<i32>(slot, largest, MSS);
}
