import { ETHERNET_BYTES, LINK_ETHERNET } from './header';
import { CAPTURED_BYTES, FRAME_OFFSET, LINK_TYPE, RECEIVED_ROWS, TIME_NS } from './layout';

const MULTICAST: u32 = 1;

/**
 * Rows that went to the MAC address, or to many from another one, into the list of received rows; returns how many.
 * `first` are the first four bytes of the address in memory order, `last` the other two.
 */
export function filterMac(first: u32, last: u32, count: i32): i32 {
  let received = 0;
  for (let row = 0; row < count; row++) {
    if (load<i32>(row << 2, LINK_TYPE) !== LINK_ETHERNET) continue;
    if (load<i32>(row << 2, CAPTURED_BYTES) < ETHERNET_BYTES) continue;
    const frame = load<i32>(row << 2, FRAME_OFFSET);
    const to = load<u32>(frame);
    if (to !== first || load<u16>(frame, 4) !== last) {
      if ((to & MULTICAST) === 0) continue;
      if (load<u32>(frame, 6) === first && load<u16>(frame, 10) === last) continue;
    }
    store<i32>(received << 2, row, RECEIVED_ROWS);
    received++;
  }
  return received;
}

/** Whether no received row is earlier than the one before, the first one not earlier than `lastNs`. */
export function isInOrder(received: i32, lastNs: f64): bool {
  for (let i = 0; i < received; i++) {
    const now = load<f64>(load<i32>(i << 2, RECEIVED_ROWS) << 3, TIME_NS);
    if (now < lastNs) return false;
    lastNs = now;
  }
  return true;
}

/** The first received row from `from` on whose time is `edgeNs` or later, `to` if none is. */
export function firstAt(from: i32, to: i32, edgeNs: f64): i32 {
  let i = from;
  while (i < to && load<f64>(load<i32>(i << 2, RECEIVED_ROWS) << 3, TIME_NS) < edgeNs) i++;
  return i;
}
