/**
 * Packets that a kernel of an engine just took into skbs, which are all still held: what merging loses of them, and which are
 * alike, so that replays need to look at the first of them only (RUNS). Most differ from the one before in nothing that counts.
 */
import { big32 } from './bytes';
import { LAST_SLOTS } from './gro-held';
import { NO_FLOW, SLOT_BYTES } from './inet-lro';
import {
  FLOW,
  IP_AT,
  MARKS,
  PAYLOAD_BYTES,
  RECEIVED_ROWS,
  RUNS,
  SEQ,
  TCP_AT,
  TCP_FLAGS,
  TSVALS,
} from './layout';
import {
  add,
  begin,
  COUNT,
  FIELDS,
  FIRST_PAYLOAD,
  HELD,
  ID,
  IP_IDS,
  ipFieldsAt,
  JOINED,
  join,
  LAST_PAYLOAD,
  LAST_PSH,
  STATE_BYTES,
  TIMESTAMP_VALUES,
  TIMESTAMPS,
  TSVAL,
} from './losses';

/** Of the flags column. */
const FIN_PSH: i32 = 9;

/** `lastSlots` says where a flow is held; 0 where the slots have to be searched: for inet_lro. */
export function countLosses(states: i32, counts: i32, slots: i32, lastSlots: i32, from: i32, to: i32): void {
  if (lastSlots === 0) lookAtInetLro(states, counts, slots, from, to);
  else lookAtLinuxGro(states, counts, lastSlots, from, to);
}

/**
 * Marks all, and keeps their TSval. Alike are packets that go on where the one before ended, with as much payload and a timestamp
 * that does not go back.
 */
function lookAtInetLro(states: i32, counts: i32, slots: i32, from: i32, to: i32): void {
  let held: i32 = NO_FLOW;
  let state = states;
  let joined: i32 = 0;
  let stamps: i32 = 0;
  let ids: i32 = 0;
  let first = from;
  let size: i32 = 0;
  let tsval: i32 = 0;
  let next: i32 = 0;
  /** The packet before says what the first one of its skb says, but for its TSval and id, and what its state holds is this. */
  let clean = false;
  let tcpWords: u64 = 0;
  let echo: u32 = 0;
  let ipWord: u32 = 0;
  let count: i32 = 0;
  let firstId: i32 = 0;
  let firstTsval: i32 = 0;
  for (let i = from; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const flow = load<i32>(row << 2, FLOW);
    const ip = load<i32>(row << 2, IP_AT);
    const tcp = load<i32>(row << 2, TCP_AT);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    const seq = load<i32>(row << 2, SEQ);
    const before = tsval;
    tsval = big32(tcp, 24);
    store<u8>(i, 1, MARKS);
    store<i32>(i << 2, tsval, TSVALS);
    const goesOn = flow === held && payload === size && seq === next && tsval - before >= 0;
    next = seq + payload;
    // ACK number, data offset, flags and window; TOS and TTL.
    const words = load<u64>(tcp, 8);
    const ofIp = ((<u32>load<u16>(ip)) << 8) | <u32>load<u8>(ip, 8);
    if (goesOn && clean && words === tcpWords && ofIp === ipWord && load<u32>(tcp, 28) === echo) {
      if (tsval !== firstTsval) stamps++;
      const distance = (<i32>bswap<u16>(load<u16>(ip, 4)) - firstId) & 0xffff;
      if (distance !== 0 && distance !== (count & 0xffff)) ids++;
      count++;
      joined++;
      continue;
    }
    if (clean) store<i32>(state, count, COUNT);
    if (!goesOn) {
      if (i - first > 1) store<i32>(first << 2, i, RUNS);
      first = i;
      size = payload;
    }
    if (flow !== held) {
      held = flow;
      let slot = slots;
      while (load<i32>(slot) !== flow) slot += SLOT_BYTES;
      state = states + ((slot - slots) / SLOT_BYTES) * STATE_BYTES;
    }
    joined += take(state, counts, ip, tcp, payload);
    clean =
      isLikeFirst(state, payload) &&
      load<i32>(state, TIMESTAMPS) !== 0 &&
      load<i32>(state, ID) >= 0 &&
      load<i32>(state, FIELDS) === ipFieldsAt(ip);
    tcpWords = words;
    echo = load<u32>(tcp, 28);
    ipWord = ofIp;
    count = load<i32>(state, COUNT);
    firstId = load<i32>(state, ID);
    firstTsval = load<i32>(state, TSVAL);
  }
  if (clean) store<i32>(state, count, COUNT);
  if (to - first > 1) store<i32>(first << 2, to, RUNS);
  add(counts + JOINED, joined);
  add(counts + TIMESTAMP_VALUES, stamps);
  add(counts + IP_IDS, ids);
}

/**
 * Those that are marked have the header of the one before, but for PSH. Alike are packets that join the skb of the one before with
 * as much payload, by the same rule for ids, and none but the first has PSH or FIN.
 */
function lookAtLinuxGro(states: i32, counts: i32, lastSlots: i32, from: i32, to: i32): void {
  let held: i32 = NO_FLOW;
  let state = states;
  let joined: i32 = 0;
  let first = from;
  let size: i32 = 0;
  /** Of those that are alike but for the first of them, which may begin the skb. */
  let rule: i32 = 0;
  let clean = false;
  let count: i32 = 0;
  for (let i = from; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const flow = load<i32>(row << 2, FLOW);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    const mark = <i32>load<u8>(i, MARKS);
    const flags = <i32>load<u16>(row << 1, TCP_FLAGS) & FIN_PSH;
    const follows = flow === held && payload === size && mark !== 0 && flags === 0;
    if (i - first === 1) rule = mark;
    if (!follows || mark !== rule) {
      if (i - first > 1) store<i32>(first << 2, i, RUNS);
      first = i;
      size = payload;
    }
    if (follows && clean) {
      count++;
      joined++;
      continue;
    }
    if (clean) store<i32>(state, count, COUNT);
    if (flow !== held) {
      held = flow;
      state = states + load<i32>(lastSlots + ((flow & (LAST_SLOTS - 1)) << 2)) * STATE_BYTES;
    }
    joined += take(state, counts, load<i32>(row << 2, IP_AT), load<i32>(row << 2, TCP_AT), payload);
    clean = isLikeFirst(state, payload);
    count = load<i32>(state, COUNT);
  }
  if (clean) store<i32>(state, count, COUNT);
  if (to - first > 1) store<i32>(first << 2, to, RUNS);
  add(counts + JOINED, joined);
}

/** Returns how many packets joined, 1 or 0. */
function take(state: i32, counts: i32, ip: i32, tcp: i32, payload: i32): i32 {
  if (load<i32>(state, HELD) === 0) {
    begin(state, ip, tcp, payload);
    return 0;
  }
  join(state, counts, ip, tcp, payload);
  return 1;
}

/** Whether another packet like the one that came last changes nothing in the state but its count. */
function isLikeFirst(state: i32, payload: i32): bool {
  const first = load<i32>(state, FIRST_PAYLOAD);
  return payload === first && load<i32>(state, LAST_PAYLOAD) === first && load<i32>(state, LAST_PSH) === 0;
}
