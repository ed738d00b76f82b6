/** The packets of inet_lro that are not usual and plainly do not merge: as `process` and `violation` of src/coalesce/inet-lro.ts. */
import { big32 } from './bytes';
import { pass } from './delivery';
import { leaveOut } from './explain-lane';
import { IPV4_BYTES, PLAIN_TCP4 } from './header';
import { EMPTY, find, flushSession, NEXT_SEQ, SLOT_BYTES, SLOT_FLOW, TSVAL } from './inet-lro';
import * as at from './lane';
import {
  FLOW,
  FRAME_OFFSET,
  IP_AT,
  IP_LENGTH,
  KIND,
  PAYLOAD_BYTES,
  RECEIVED_ROWS,
  SEQ,
  TCP_AT,
  TCP_FLAGS,
  WIRE_BYTES,
} from './layout';
import * as reason from './reasons';

/** All flags but PSH, of which ACK alone may be set. */
const FLAGS_LOOKED_AT: i32 = 0xf7;
const ACK_ONLY: i32 = 0x10;
const ECN_CE: i32 = 3;
const TIMESTAMP_OPTION: i32 = 0x0101_080a;

/** Whether a packet has nothing to merge, whatever else it is. */
export function isEmpty(row: i32): bool {
  return <u32>load<u8>(row, KIND) === PLAIN_TCP4 && load<i32>(row << 2, PAYLOAD_BYTES) === 0;
}

/** The session that the packet of the last decision breaks, 0 if it breaks none. */
let broken: i32 = 0;

/** Delivers a packet that does not merge, after the session that it breaks; false, and nothing done, if it may merge. */
export function passInetLro(lane: i32, i: i32): bool {
  const why = decideInetLro(lane, load<i32>(i << 2, RECEIVED_ROWS));
  if (why < 0) return false;
  deliverUnmerged(lane, i, why);
  return true;
}

/** Why a packet does not merge; -1 if it may. */
export function decideInetLro(lane: i32, row: i32): i32 {
  if (<u32>load<u8>(row, KIND) !== PLAIN_TCP4) return -1;
  const slots = load<i32>(lane, at.SLOTS);
  const end = slots + load<i32>(lane, at.MAX_DESC) * SLOT_BYTES;
  const flow = load<i32>(row << 2, FLOW);
  const slot = find(flow, slots, end);
  const isHeld = slot < end && load<i32>(slot, SLOT_FLOW) === flow;
  broken = isHeld ? slot : 0;
  if (slot === end) return reason.TABLE_FULL;
  if (isHeld && load<i32>(row << 2, SEQ) !== load<i32>(slot, NEXT_SEQ)) return reason.SEQUENCE;
  return violation(row, broken);
}

/** Does what was decided last. */
export function deliverUnmerged(lane: i32, i: i32, why: i32): void {
  leaveOut(lane, i);
  if (why === reason.TABLE_FULL) store<i32>(lane, load<i32>(lane, at.NO_DESC) + 1, at.NO_DESC);
  const slots = load<i32>(lane, at.SLOTS);
  if (broken !== 0) flushSession(lane, slots, (broken - slots) / SLOT_BYTES, why);
  pass(lane, load<i32>(i << 2, RECEIVED_ROWS), why);
}

/** Empties the session that such a packet breaks; returns how many that are, 0 or 1. */
export function breakSession(row: i32, slots: i32, end: i32): i32 {
  const flow = load<i32>(row << 2, FLOW);
  const slot = find(flow, slots, end);
  if (slot === end || load<i32>(slot, SLOT_FLOW) !== flow) return 0;
  store<i32>(slot, EMPTY, SLOT_FLOW);
  return 1;
}

/** The rule that a packet breaks, -1 if it breaks none. `slot`: its session, 0 if it has none. */
function violation(row: i32, slot: i32): i32 {
  const ip = load<i32>(row << 2, IP_AT);
  const tcp = load<i32>(row << 2, TCP_AT);
  const frameBytes = load<i32>(row << 2, WIRE_BYTES) - (ip - load<i32>(row << 2, FRAME_OFFSET));
  if (load<i32>(row << 2, IP_LENGTH) !== frameBytes) return reason.LENGTH_MISMATCH;
  if (load<i32>(row << 2, PAYLOAD_BYTES) === 0) return reason.NO_PAYLOAD;
  if (tcp - ip !== IPV4_BYTES) return reason.IP_OPTIONS;
  const flags = <i32>load<u16>(row << 1, TCP_FLAGS);
  if ((flags & FLAGS_LOOKED_AT) !== ACK_ONLY) return reason.TCP_FLAGS;
  if ((<i32>load<u8>(ip, 1) & ECN_CE) === ECN_CE) return reason.ECN_CE;
  const headerWords = flags >> 12;
  if (headerWords === 5) return -1;
  if (headerWords !== 8 || big32(tcp, 20) !== TIMESTAMP_OPTION) return reason.TCP_OPTIONS;
  if (slot !== 0 && big32(tcp, 24) - load<i32>(slot, TSVAL) < 0) return reason.TIMESTAMP_BACKWARDS;
  return big32(tcp, 28) === 0 ? reason.TIMESTAMP_ECHO_ZERO : -1;
}
