/** What src/replay/observe.ts counts of received rows, where the segment goes on where its flow ended. */
import { ETHERNET_BYTES, IPV4_BYTES } from './header';
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
  TIME_NS,
  USUAL,
  WIRE_BYTES,
} from './layout';
import { IPV4_OR_IPV6 } from './packet';

/** Doubles of the sums; unique and all payload are those of src/packet/goodput.ts. */
const TCP: i32 = 0;
const DATA: i32 = 8;
const IP_BYTES: i32 = 16;
const FRAME_BYTES: i32 = 24;
const FIRST_NS: i32 = 32;
const LAST_NS: i32 = 40;
const UNIQUE: i32 = 0;
const PAYLOAD: i32 = 8;

const SHORTEST_FRAME_BYTES: i32 = 60;
const SYN: i32 = 2;
/** Ethernet, IPv4 and TCP with timestamps alone: what decode.ts takes for usual has no more in front of its payload. */
const USUAL_HEADER_BYTES: i32 = ETHERNET_BYTES + IPV4_BYTES + 32;

function add(place: i32, value: i64): void {
  store<f64>(place, load<f64>(place) + <f64>value);
}

/**
 * Counts received rows from `from` on; returns the first that is not usual, `to` if all are.
 * @param payload two doubles: unique and all payload
 * @param next sequence number after the highest byte of each of `flows` flows, a word each
 * @param known whether it is known, a word a flow
 * @param packetsOf packets with payload by IP length, and `payloadOf` their payload: 65,536 doubles each
 */
export function observe(
  sums: i32,
  payload: i32,
  next: i32,
  known: i32,
  flows: i32,
  packetsOf: i32,
  payloadOf: i32,
  from: i32,
  to: i32,
): i32 {
  let tcp = 0;
  let data: i64 = 0;
  let bytes: i64 = 0;
  let ipBytes: i64 = 0;
  let frameBytes: i64 = 0;
  let first = load<f64>(sums, FIRST_NS);
  let last = load<f64>(sums, LAST_NS);
  /** What lengths in a row are counted at their end. */
  let length = 0;
  let ofLength: i64 = 0;
  let bytesOfLength: i64 = 0;
  /** As are frames of usual segments. */
  let frame = 0;
  let frames: i64 = 0;
  let i = from;
  for (; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const wire = load<i32>(row << 2, WIRE_BYTES);
    if (load<u8>(row, USUAL) !== 0) {
      const flow = load<i32>(row << 2, FLOW);
      if (<u32>flow >= <u32>flows) break;
      const seq = load<i32>(row << 2, SEQ);
      if (load<i32>(known + (flow << 2)) === 0 || load<i32>(next + (flow << 2)) !== seq) break;
      store<i32>(next + (flow << 2), seq + wire - USUAL_HEADER_BYTES);
      if (wire !== frame) {
        addFrames(sums, payload, packetsOf, payloadOf, frame, frames);
        frame = wire;
        frames = 0;
      }
      frames++;
      const time = load<f64>(row << 3, TIME_NS);
      if (time < first) first = time;
      if (time > last) last = time;
      continue;
    }
    const onIp =
      (<i32>load<u8>(row, KIND) & IPV4_OR_IPV6) === 0
        ? 0
        : wire - (load<i32>(row << 2, IP_AT) - load<i32>(row << 2, FRAME_OFFSET));
    if (load<i32>(row << 2, TCP_AT) !== 0) {
      const flow = load<i32>(row << 2, FLOW);
      if (<u32>flow >= <u32>flows || (<i32>load<u16>(row << 1, TCP_FLAGS) & SYN) !== 0) break;
      const size = load<i32>(row << 2, PAYLOAD_BYTES);
      if (size > 0) {
        const seq = load<i32>(row << 2, SEQ);
        const ipLength = load<i32>(row << 2, IP_LENGTH);
        if (load<i32>(known + (flow << 2)) === 0 || load<i32>(next + (flow << 2)) !== seq || ipLength === 0)
          break;
        store<i32>(next + (flow << 2), seq + size);
        if (ipLength !== length) {
          addLength(length, packetsOf, ofLength, payloadOf, bytesOfLength);
          length = ipLength;
          ofLength = 0;
          bytesOfLength = 0;
        }
        ofLength++;
        bytesOfLength += size;
        data++;
        bytes += size;
        const time = load<f64>(row << 3, TIME_NS);
        if (time < first) first = time;
        if (time > last) last = time;
      }
      tcp++;
    }
    ipBytes += onIp;
    frameBytes += max<i32>(wire, SHORTEST_FRAME_BYTES);
  }
  addFrames(sums, payload, packetsOf, payloadOf, frame, frames);
  addLength(length, packetsOf, ofLength, payloadOf, bytesOfLength);
  add(sums + TCP, tcp);
  add(sums + DATA, data);
  add(sums + IP_BYTES, ipBytes);
  add(sums + FRAME_BYTES, frameBytes);
  add(payload + UNIQUE, bytes);
  add(payload + PAYLOAD, bytes);
  store<f64>(sums, first, FIRST_NS);
  store<f64>(sums, last, LAST_NS);
  return i;
}

/** Of so many usual segments in frames of so many bytes. */
function addFrames(sums: i32, payload: i32, packetsOf: i32, payloadOf: i32, frame: i32, frames: i64): void {
  if (frames === 0) return;
  const length = frame - ETHERNET_BYTES;
  const bytes = frames * (frame - USUAL_HEADER_BYTES);
  add(sums + TCP, frames);
  add(sums + DATA, frames);
  add(sums + IP_BYTES, frames * length);
  add(sums + FRAME_BYTES, frames * frame);
  add(payload + UNIQUE, bytes);
  add(payload + PAYLOAD, bytes);
  addLength(length, packetsOf, frames, payloadOf, bytes);
}

function addLength(length: i32, packetsOf: i32, packets: i64, payloadOf: i32, payload: i64): void {
  const at = (length & 0xffff) << 3;
  add(packetsOf + at, packets);
  add(payloadOf + at, payload);
}

/** Rows of the block that are TCP segments. */
export function countTcp(count: i32): i32 {
  let tcp = 0;
  let row = 0;
  // Each turn of a loop has its price.
  for (; row + 4 <= count; row += 4) {
    const at = row << 2;
    tcp += i32(load<i32>(at, TCP_AT) !== 0) + i32(load<i32>(at, TCP_AT + 4) !== 0);
    tcp += i32(load<i32>(at, TCP_AT + 8) !== 0) + i32(load<i32>(at, TCP_AT + 12) !== 0);
  }
  for (; row < count; row++) tcp += i32(load<i32>(row << 2, TCP_AT) !== 0);
  return tcp;
}
