/** Lengths of received packets and handshakes, for src/packet/super-packets.ts. */
import { IP_LENGTH, PAYLOAD_BYTES, RECEIVED_ROWS, TCP_AT, TCP_FLAGS } from './layout';

const SYN: i32 = 2;
/** Of four rows. */
const SYN_IN_FOUR: u64 = 0x0002_0002_0002_0002;

/** Adds received packets with payload, and their payload, by IP length: to doubles. */
export function countLengths(packetsOf: i32, payloadOf: i32, received: i32): void {
  /** What lengths in a row are counted at their end. */
  let length = 0;
  let packets = 0;
  let bytes = 0;
  for (let i = 0; i < received; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    if (load<i32>(row << 2, TCP_AT) === 0 || payload <= 0) continue;
    const ofPacket = load<i32>(row << 2, IP_LENGTH);
    if (ofPacket !== length) {
      addLength(packetsOf, payloadOf, length, packets, bytes);
      length = ofPacket;
      packets = 0;
      bytes = 0;
    }
    packets++;
    bytes += payload;
  }
  addLength(packetsOf, payloadOf, length, packets, bytes);
}

/** A block is too short for sums beyond 32 bits. */
function addLength(packetsOf: i32, payloadOf: i32, length: i32, packets: i32, bytes: i32): void {
  const at = (length & 0xffff) << 3;
  store<f64>(packetsOf + at, load<f64>(packetsOf + at) + packets);
  store<f64>(payloadOf + at, load<f64>(payloadOf + at) + bytes);
}

/** The first row from `row` on with a TCP header whose SYN is set; `count` if there is none. */
export function nextSyn(row: i32, count: i32): i32 {
  while (row < count) {
    if (row + 4 <= count && (load<u64>(row << 1, TCP_FLAGS) & SYN_IN_FOUR) === 0) {
      row += 4;
      continue;
    }
    if ((load<u16>(row << 1, TCP_FLAGS) & SYN) !== 0 && load<i32>(row << 2, TCP_AT) !== 0) break;
    row++;
  }
  return row;
}

/** The first of the doubles `from … to-1` that is not 0, `to` if all are. */
export function nextCounted(doubles: i32, from: i32, to: i32): i32 {
  let i = from;
  while (i < to && load<f64>(doubles + (i << 3)) === 0) i++;
  return i;
}
