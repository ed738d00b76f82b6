/**
 * inet_lro where skbs are counted and nothing else is asked of them: the packets that `mergeInetLro` takes, and the ends
 * of full sessions. What delivered headers say is left out. For the replays of `analyze explain`.
 */
import { big32 } from './bytes';
import {
  EMPTY,
  find,
  HAS_TIMESTAMP,
  isUsual,
  LENGTH,
  NEXT_SEQ,
  NO_FLOW,
  open,
  PACKETS,
  SLOT_BYTES,
  TSVAL,
} from './inet-lro';
import { breakSession, isEmpty } from './inet-lro-rest';
import { FLOW, IP_LENGTH, MARKS, PAYLOAD_BYTES, RECEIVED_ROWS, RUNS, SEQ, TCP_AT, TSVALS } from './layout';

let ended: i32 = 0;

/** Skbs that the last call ended. */
export function endedSessions(): i32 {
  return ended;
}

/**
 * Takes received packets from `from` on, as long as they are usual; returns the first that is not taken. With `list` a flow is
 * looked for in that many slots only, which its number chooses.
 */
export function countInetLro(
  slots: i32,
  maxDesc: i32,
  list: i32,
  maxAggr: i32,
  lengthLimit: i32,
  from: i32,
  to: i32,
): i32 {
  let slot = slots;
  let held: i32 = NO_FLOW;
  let next: i32 = 0;
  let packets: i32 = 0;
  let length: i32 = 0;
  let oldest: i32 = 0;
  /** The packet after those that are like the one looked at, and follow it. */
  let alike: i32 = 0;
  let i = from;
  ended = 0;
  for (; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const mark = load<u8>(i, MARKS);
    if (mark === 0 && !isUsual(row)) {
      if (!isEmpty(row)) break;
      if (held !== NO_FLOW) save(slot, next, packets, length);
      held = NO_FLOW;
      const first = firstOfList(slots, maxDesc, list, load<i32>(row << 2, FLOW));
      ended += breakSession(row, first, first + (list === 0 ? maxDesc : list) * SLOT_BYTES);
      continue;
    }
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    const tsval = mark === 0 ? big32(load<i32>(row << 2, TCP_AT), 24) : load<i32>(i << 2, TSVALS);
    const seq = load<i32>(row << 2, SEQ);
    const flow = load<i32>(row << 2, FLOW);
    if (flow !== held) {
      if (held !== NO_FLOW) save(slot, next, packets, length);
      held = NO_FLOW;
      const first = firstOfList(slots, maxDesc, list, flow);
      const end = first + (list === 0 ? maxDesc : list) * SLOT_BYTES;
      slot = find(flow, first, end);
      if (slot === end) break;
      if (load<i32>(slot) !== flow) {
        const ipLength = load<i32>(row << 2, IP_LENGTH);
        open(slot, flow, ipLength, payload, tsval);
        next = seq;
        packets = 0;
        length = ipLength - payload;
        oldest = tsval;
      } else {
        if (load<i32>(slot, HAS_TIMESTAMP) === 0) break;
        next = load<i32>(slot, NEXT_SEQ);
        packets = load<i32>(slot, PACKETS);
        length = load<i32>(slot, LENGTH);
        oldest = load<i32>(slot, TSVAL);
      }
      held = flow;
    }
    if (seq !== next || tsval - oldest < 0) break;
    next = seq + payload;
    packets++;
    length += payload;
    // A session that begins is not filled by its first packet, whatever the limits.
    if (packets > 1 && (packets >= maxAggr || length > lengthLimit)) {
      store<i32>(slot, EMPTY);
      held = NO_FLOW;
      ended++;
      continue;
    }
    alike = max<i32>(alike, load<i32>(i << 2, RUNS));
    const follow = min<i32>(alike, to) - (i + 1);
    if (follow <= 0 || load<i32>((i + follow) << 2, TSVALS) - oldest < 0) continue;
    // Those that are alike follow up to the one that fills the session, which is looked at.
    const room = min<i32>(maxAggr - packets, (lengthLimit - length) / payload + 1) - 1;
    const joined = min<i32>(follow, room);
    if (joined <= 0) continue;
    next += joined * payload;
    packets += joined;
    length += joined * payload;
    i += joined;
  }
  if (held !== NO_FLOW) save(slot, next, packets, length);
  return i;
}

function firstOfList(slots: i32, maxDesc: i32, list: i32, flow: i32): i32 {
  return list === 0 ? slots : slots + ((flow * list) & (maxDesc - 1)) * SLOT_BYTES;
}

/** Empties all sessions; returns how many there were. */
export function endSessions(slots: i32, maxDesc: i32): i32 {
  const end = slots + maxDesc * SLOT_BYTES;
  let count: i32 = 0;
  for (let slot = slots; slot < end; slot += SLOT_BYTES) {
    if (load<i32>(slot) === EMPTY) continue;
    store<i32>(slot, EMPTY);
    count++;
  }
  return count;
}

function save(slot: i32, next: i32, packets: i32, length: i32): void {
  store<i32>(slot, next, NEXT_SEQ);
  store<i32>(slot, packets, PACKETS);
  store<i32>(slot, length, LENGTH);
}
