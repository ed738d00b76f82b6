/** How long packets are held, as in src/nic/hold-times.ts and histogram.ts: the same sums in the same order. */
import {
  BUCKETS,
  HOLD_COUNT,
  HOLD_MAX,
  HOLD_SUM,
  NEWEST,
  NODE_ARRIVAL,
  NODE_FREE,
  NODE_NEXT,
  NODES_USED,
  NOW,
  OFFSET_NS,
  OFFSETS,
  PHASE,
  PHASE_WAITING,
} from './lane';
import { RECEIVED_ROWS, TIME_NS } from './layout';

const END: i32 = -1;
const SUB_BITS: i32 = 7;
const SUB_BUCKETS: i32 = 128;
const INT_BITS: i32 = 31;
const INT_LIMIT: f64 = 2_147_483_648;
const SHIFT_BITS: i32 = 16;

/** The packet that arrived last is delivered now; with `waits` the time is an offset. */
export function addHold(lane: i32, hold: f64, waits: bool): void {
  if (waits) {
    const offsets = load<i32>(lane, OFFSETS);
    store<f64>(load<i32>(lane, OFFSET_NS) + (offsets << 3), hold);
    store<i32>(lane, offsets + 1, OFFSETS);
    return;
  }
  const bucket = load<i32>(lane, BUCKETS) + (bucketOf(hold) << 3);
  store<f64>(bucket, load<f64>(bucket) + 1);
  addTimes(lane, 1, load<f64>(lane, HOLD_SUM) + hold, max<f64>(load<f64>(lane, HOLD_MAX), hold));
}

/** A slot takes a packet. */
export function holdPacket(lane: i32, slot: i32, arrival: f64): void {
  const node = load<i32>(lane, NODES_USED);
  const newest = load<i32>(lane, NEWEST) + (slot << 2);
  store<f64>(load<i32>(lane, NODE_ARRIVAL) + (node << 3), arrival);
  store<i32>(load<i32>(lane, NODE_NEXT) + (node << 2), load<i32>(newest));
  store<i32>(newest, node);
  store<i32>(lane, node + 1, NODES_USED);
}

/** The packets of a slot are delivered now. */
export function deliverSlot(lane: i32, slot: i32): void {
  const newest = load<i32>(lane, NEWEST) + (slot << 2);
  const first = load<i32>(newest);
  store<i32>(newest, END);
  if (load<i32>(lane, PHASE) === PHASE_WAITING) holdOffsets(lane, first);
  else holdTimes(lane, first);
}

/** A poll is over, and nothing is held. */
export function forgetHolds(lane: i32): void {
  store<i32>(lane, 0, NODES_USED);
  store<i32>(lane, END, NODE_FREE);
}

/** Takes the holds of a chain, in offsets. */
function holdOffsets(lane: i32, first: i32): void {
  const nexts = load<i32>(lane, NODE_NEXT);
  const arrivals = load<i32>(lane, NODE_ARRIVAL);
  const offsets = load<i32>(lane, OFFSET_NS);
  const now = load<f64>(lane, NOW);
  let offset = offsets + (load<i32>(lane, OFFSETS) << 3);
  for (let node = first; node !== END; node = load<i32>(nexts + (node << 2))) {
    store<f64>(offset, now - load<f64>(arrivals + (node << 3)));
    offset += 8;
  }
  store<i32>(lane, (offset - offsets) >> 3, OFFSETS);
}

/** The same, of holds that are known: sums stay out of memory until the end. */
function holdTimes(lane: i32, first: i32): void {
  const nexts = load<i32>(lane, NODE_NEXT);
  const arrivals = load<i32>(lane, NODE_ARRIVAL);
  const buckets = load<i32>(lane, BUCKETS);
  const now = load<f64>(lane, NOW);
  let sum = load<f64>(lane, HOLD_SUM);
  let longest = load<f64>(lane, HOLD_MAX);
  let count = 0;
  for (let node = first; node !== END; node = load<i32>(nexts + (node << 2))) {
    const hold = now - load<f64>(arrivals + (node << 3));
    count++;
    sum += hold;
    if (hold > longest) longest = hold;
    const bucket = buckets + (bucketOf(hold) << 3);
    store<f64>(bucket, load<f64>(bucket) + 1);
  }
  addTimes(lane, count, sum, longest);
}

/** Received packets `from … to-1` are delivered then. */
export function addHolds(lane: i32, from: i32, to: i32, then: f64): void {
  const buckets = load<i32>(lane, BUCKETS);
  let sum = load<f64>(lane, HOLD_SUM);
  let longest = load<f64>(lane, HOLD_MAX);
  for (let i = from; i < to; i++) {
    const hold = then - load<f64>(load<i32>(i << 2, RECEIVED_ROWS) << 3, TIME_NS);
    sum += hold;
    if (hold > longest) longest = hold;
    const bucket = buckets + (bucketOf(hold) << 3);
    store<f64>(bucket, load<f64>(bucket) + 1);
  }
  addTimes(lane, to - from, sum, longest);
}

/** What was delivered in offsets was delivered that much later. */
export function startHolds(lane: i32, start: f64): void {
  const offsets = load<i32>(lane, OFFSET_NS);
  const buckets = load<i32>(lane, BUCKETS);
  const count = load<i32>(lane, OFFSETS);
  const end = offsets + (count << 3);
  let sum = load<f64>(lane, HOLD_SUM);
  let longest = load<f64>(lane, HOLD_MAX);
  for (let offset = offsets; offset < end; offset += 8) {
    const hold = start + load<f64>(offset);
    sum += hold;
    if (hold > longest) longest = hold;
    const bucket = buckets + (bucketOf(hold) << 3);
    store<f64>(bucket, load<f64>(bucket) + 1);
  }
  addTimes(lane, count, sum, longest);
  store<i32>(lane, 0, OFFSETS);
}

/** So many holds more, which make this sum and this longest one; their buckets are counted. */
function addTimes(lane: i32, count: i32, sum: f64, longest: f64): void {
  store<f64>(lane, load<f64>(lane, HOLD_COUNT) + <f64>count, HOLD_COUNT);
  store<f64>(lane, sum, HOLD_SUM);
  store<f64>(lane, longest, HOLD_MAX);
}

function bucketOf(value: f64): i32 {
  let octave = 0;
  if (value >= INT_LIMIT) {
    value = min<f64>(value / <f64>(1 << SHIFT_BITS), INT_LIMIT - 1);
    octave = SHIFT_BITS;
  }
  const whole = <i32>value;
  if (whole < SUB_BUCKETS) return whole;
  const shift = INT_BITS - clz<i32>(whole) - SUB_BITS;
  octave += shift + 1;
  return octave * SUB_BUCKETS + (whole >> shift) - SUB_BUCKETS;
}
