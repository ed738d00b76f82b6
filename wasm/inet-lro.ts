/** The usual packets of inet_lro: an untagged segment with timestamps that plainly continues its session, or begins one. */
import { big16, big32 } from './bytes';
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

/** A session, as in src/coalesce/inet-lro.ts: offsets of its words. */
const SLOT_BYTES: i32 = 64;
const SLOT_FLOW: i32 = 0;
const NEXT_SEQ: i32 = 4;
const TSVAL: i32 = 8;
const HAS_TIMESTAMP: i32 = 12;
const PACKETS: i32 = 16;
const FRAGMENTS: i32 = 20;
const LENGTH: i32 = 24;
const MSS: i32 = 28;
const ACK: i32 = 32;
const WINDOW: i32 = 36;
const TSECR: i32 = 40;
const HEADERS: i32 = 44;
const TAG: i32 = 48;
const EMPTY: i32 = -1;

const PLAIN_TCP4: u32 = 8;
const FLAGS_LOOKED_AT: i32 = 0xf0f7;
/** ACK, and 32 bytes of header. */
const USUAL_FLAGS: i32 = 0x8010;
const ECN_CE: u32 = 3;
/** In memory order. */
const TIMESTAMP_OPTION: u32 = 0x0a08_0101;

/**
 * Takes received packets from `from` on, as long as they are usual and fill no session; returns the first that is not
 * taken, `to` if all are.
 */
export function mergeInetLro(
  slots: i32,
  maxDesc: i32,
  maxAggr: i32,
  lengthLimit: i32,
  from: i32,
  to: i32,
): i32 {
  const end = slots + maxDesc * SLOT_BYTES;
  let slot = slots;
  for (let i = from; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    if (load<u8>(row, KIND) !== PLAIN_TCP4) return i;
    const ip = load<i32>(row << 2, IP_AT);
    const tcp = load<i32>(row << 2, TCP_AT);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    const flags = <i32>load<u16>(row << 1, TCP_FLAGS);
    const length = load<i32>(row << 2, IP_LENGTH);
    if (tcp - ip !== 20 || payload === 0 || (flags & FLAGS_LOOKED_AT) !== USUAL_FLAGS) return i;
    if (length !== load<i32>(row << 2, WIRE_BYTES) - (ip - load<i32>(row << 2, FRAME_OFFSET))) return i;
    if ((load<u8>(ip, 1) & ECN_CE) === ECN_CE || load<u32>(tcp, 20) !== TIMESTAMP_OPTION) return i;
    const tsecr = big32(tcp, 28);
    if (tsecr === 0) return i;
    const tsval = big32(tcp, 24);
    const seq = load<i32>(row << 2, SEQ);
    const flow = load<i32>(row << 2, FLOW);
    if (load<i32>(slot, SLOT_FLOW) !== flow) slot = find(flow, slots, end);
    if (slot === end) return i;
    if (load<i32>(slot, SLOT_FLOW) === flow) {
      const packets = load<i32>(slot, PACKETS) + 1;
      const whole = load<i32>(slot, LENGTH) + payload;
      if (seq !== load<i32>(slot, NEXT_SEQ) || load<i32>(slot, HAS_TIMESTAMP) === 0) return i;
      if (tsval - load<i32>(slot, TSVAL) < 0 || packets >= maxAggr || whole > lengthLimit) return i;
      store<i32>(slot, packets, PACKETS);
      store<i32>(slot, whole, LENGTH);
      if (payload > load<i32>(slot, MSS)) store<i32>(slot, payload, MSS);
    } else {
      store<i32>(slot, flow, SLOT_FLOW);
      store<i32>(slot, tsval, TSVAL);
      store<i32>(slot, 1, HAS_TIMESTAMP);
      store<i32>(slot, 1, PACKETS);
      store<i32>(slot, 1, FRAGMENTS);
      store<i32>(slot, length, LENGTH);
      store<i32>(slot, payload, MSS);
      store<i32>(slot, length - payload, HEADERS);
      store<i32>(slot, 0, TAG);
    }
    store<i32>(slot, seq + payload, NEXT_SEQ);
    store<i32>(slot, big32(tcp, 8), ACK);
    store<i32>(slot, big16(tcp, 14), WINDOW);
    store<i32>(slot, tsecr, TSECR);
  }
  return to;
}

/** The session of the flow, otherwise the first empty one; `end` where there is neither. */
function find(flow: i32, slots: i32, end: i32): i32 {
  let empty = end;
  for (let slot = slots; slot < end; slot += SLOT_BYTES) {
    const held = load<i32>(slot, SLOT_FLOW);
    if (held === flow) return slot;
    if (held === EMPTY && slot < empty) empty = slot;
  }
  return empty;
}
