/** The receive ring of a lane, as in src/nic/ring.ts. */
import * as at from './lane';

/** Whether a full ring has room after all. */
export function makeRoom(lane: i32, now: f64): bool {
  if (load<i32>(lane, at.PHASE) !== at.PHASE_POLLING) return false;
  const capacity = load<i32>(lane, at.RING_PACKETS);
  const ring = load<i32>(lane, at.RING);
  let held = load<i32>(lane, at.RING_COUNT);
  let head = load<i32>(lane, at.RING_HEAD);
  const offsets = load<i32>(lane, at.RING_WAITING);
  const start = load<f64>(lane, at.RING_START);
  for (let i = 0; i < offsets; i++) {
    const slot = head + i;
    const place = ring + ((slot < capacity ? slot : slot - capacity) << 3);
    store<f64>(place, load<f64>(place) + start);
  }
  while (held > 0 && load<f64>(ring + (head << 3)) <= now) {
    head = head + 1 === capacity ? 0 : head + 1;
    held--;
  }
  store<i32>(lane, 0, at.RING_WAITING);
  store<i32>(lane, head, at.RING_HEAD);
  store<i32>(lane, held, at.RING_COUNT);
  return held < capacity;
}
