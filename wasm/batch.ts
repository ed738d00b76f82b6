/** Polls of so many packets each, or of a window of time, of a lane without a clock: what src/nic/poll.ts does with usual packets. */
import { logSkb } from './delivery';
import { countTaken, startCounting } from './explain-lane';
import { flushFinished } from './gro-lane';
import { addHolds } from './hold-times';
import { filledSession, flushFilled, mergeInetLro } from './inet-lro';
import { passInetLro } from './inet-lro-rest';
import * as at from './lane';
import { LOG_ENTRIES, RECEIVED_ROWS, TIME_NS } from './layout';
import { finishedSkb, mergeLinuxGro } from './linux-gro';
import { passLinuxGro } from './linux-gro-rest';
import { frameBytes, payloadBytes } from './packet';
import { endPoll } from './poll-end';
import { NOT_COALESCED } from './reasons';

/** The same, where a poll ends with its window too, and packets are held until then. */
export function runWindow(lane: i32, from: i32, to: i32): i32 {
  const weight = load<i32>(lane, at.WEIGHT);
  const limit = logLimit(lane);
  let inPoll = load<i32>(lane, at.IN_POLL);
  let windowEnd = load<f64>(lane, at.FIRE);
  let i = from;
  let isUsual = true;
  startCounting(lane, from);
  while (isUsual && i < to && load<i32>(lane, at.LOGGED) < limit) {
    const time = timeOf(i);
    if (time >= windowEnd) {
      if (inPoll > 0) endPoll(lane, i);
      inPoll = 0;
      windowEnd = time + load<f64>(lane, at.DELAY);
    }
    const most = i + min<i32>(to - i, weight - inPoll);
    let end = i + 1;
    while (end < most && timeOf(end) < windowEnd) end++;
    const next = takeSome(lane, i, end, limit);
    isUsual = next > i;
    addHolds(lane, i, next, windowEnd);
    inPoll += next - i;
    i = next;
    if (inPoll < weight) continue;
    inPoll = 0;
    endPoll(lane, i);
  }
  countTaken(lane, i);
  store<i32>(lane, inPoll, at.IN_POLL);
  store<f64>(lane, windowEnd, at.FIRE);
  return i;
}

function timeOf(i: i32): f64 {
  return load<f64>(load<i32>(i << 2, RECEIVED_ROWS) << 3, TIME_NS);
}

/** What the end of a poll delivers, an skb before it, and the packet that broke that must find room. */
function logLimit(lane: i32): i32 {
  return LOG_ENTRIES - load<i32>(lane, at.MAX_DESC) - 3;
}

/**
 * Takes received packets from `from` on until one is not usual for the lane's engine or the log is nearly full; returns
 * the first that is not taken, `to` if all are.
 */
export function runBatch(lane: i32, from: i32, to: i32): i32 {
  const weight = load<i32>(lane, at.WEIGHT);
  const limit = logLimit(lane);
  let inPoll = load<i32>(lane, at.IN_POLL);
  let i = from;
  let isUsual = true;
  startCounting(lane, from);
  while (isUsual && i < to && load<i32>(lane, at.LOGGED) < limit) {
    const end = i + min<i32>(to - i, weight - inPoll);
    const next = takeSome(lane, i, end, limit);
    isUsual = next > i;
    inPoll += next - i;
    i = next;
    if (inPoll < weight) continue;
    inPoll = 0;
    endPoll(lane, i);
  }
  countTaken(lane, i);
  store<i32>(lane, inPoll, at.IN_POLL);
  return i;
}

/** As `takeUpTo`, or a packet that merges with nothing; returns the first that is not taken. */
function takeSome(lane: i32, from: i32, to: i32, limit: i32): i32 {
  const next = takeUpTo(lane, from, to, limit);
  if (next > from || load<i32>(lane, at.MAX_DESC) === 0) return next;
  const passes = load<i32>(lane, at.GRO) !== 0 ? passLinuxGro(lane, from) : passInetLro(lane, from);
  return passes ? from + 1 : from;
}

/** Up to an skb that is finished, which is delivered, or to a packet that is not usual. */
function takeUpTo(lane: i32, from: i32, to: i32, limit: i32): i32 {
  const gro = load<i32>(lane, at.GRO);
  if (gro !== 0) {
    const next = mergeLinuxGro(gro, from, to);
    const finished = finishedSkb();
    if (finished >= 0) {
      countTaken(lane, next);
      flushFinished(lane, finished);
    }
    return next;
  }
  return load<i32>(lane, at.MAX_DESC) > 0 ? mergeUpTo(lane, from, to) : deliverUpTo(lane, from, to, limit);
}

function mergeUpTo(lane: i32, from: i32, to: i32): i32 {
  const slots = load<i32>(lane, at.SLOTS);
  const maxDesc = load<i32>(lane, at.MAX_DESC);
  const maxAggr = load<i32>(lane, at.MAX_AGGR);
  const next = mergeInetLro(slots, maxDesc, maxAggr, load<i32>(lane, at.LENGTH_LIMIT), from, to);
  const filled = filledSession();
  if (filled >= 0) {
    countTaken(lane, next);
    flushFilled(lane, slots, filled);
  }
  return next;
}

function deliverUpTo(lane: i32, from: i32, to: i32, limit: i32): i32 {
  let i = from;
  for (; i < to && load<i32>(lane, at.LOGGED) < limit; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    logSkb(lane, NOT_COALESCED, 1, payloadBytes(row), frameBytes(row));
  }
  return i;
}
