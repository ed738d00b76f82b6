/** Interrupt moderation, as in src/nic/moderation.ts: `coalesce` and `interval`. */
import * as at from './lane';

/** When the interrupt fires with one packet more that waits. */
export function firesAt(lane: i32, arrival: f64): f64 {
  const waiting = load<i32>(lane, at.WAITING) + 1;
  store<i32>(lane, waiting, at.WAITING);
  const rxFrames = load<i32>(lane, at.RX_FRAMES);
  const delay = load<f64>(lane, at.DELAY);
  let fires: f64;
  if (load<i32>(lane, at.INTERVAL) !== 0) {
    if (waiting === 1) store<f64>(lane, max<f64>(arrival, load<f64>(lane, at.LAST_FIRED) + delay), at.TIMER);
    fires = load<f64>(lane, at.TIMER);
  } else if ((delay === 0 && rxFrames === 0) || (rxFrames > 0 && waiting >= rxFrames)) {
    fires = arrival;
  } else if (delay === 0) {
    fires = f64.POSITIVE_INFINITY;
  } else {
    if (waiting === 1 || load<i32>(lane, at.RESTARTS) !== 0) store<f64>(lane, arrival + delay, at.TIMER);
    fires = load<f64>(lane, at.TIMER);
  }
  return max<f64>(load<f64>(lane, at.ARMED), fires);
}
