/** Lengths of received packets and handshakes, for src/packet/super-packets.ts. */
import { IP_LENGTH, PAYLOAD_BYTES, RECEIVED_ROWS, TCP_AT, TCP_FLAGS } from './layout';

const SYN: i32 = 2;
/** Of four rows. */
const SYN_IN_FOUR: u64 = 0x0002_0002_0002_0002;

/** Adds received packets with payload, and their payload, by IP length: to doubles. */
export function countLengths(packetsOf: i32, payloadOf: i32, received: i32): void {
  for (let i = 0; i < received; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    if (load<i32>(row << 2, TCP_AT) === 0 || payload <= 0) continue;
    const at = (load<i32>(row << 2, IP_LENGTH) & 0xffff) << 3;
    store<f64>(packetsOf + at, load<f64>(packetsOf + at) + 1);
    store<f64>(payloadOf + at, load<f64>(payloadOf + at) + payload);
  }
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
