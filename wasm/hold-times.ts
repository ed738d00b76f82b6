/** How long packets are held, as in src/nic/hold-times.ts and histogram.ts: the same sums in the same order. */
import {
  ARRIVAL,
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

const END: i32 = -1;
const SUB_BITS: i32 = 7;
const SUB_BUCKETS: i32 = 128;
const INT_BITS: i32 = 31;
const INT_LIMIT: f64 = 2_147_483_648;
const SHIFT_BITS: i32 = 16;

/** The packet that arrived last entered a slot. */
export function holdTaken(lane: i32, slot: i32): void {
  const nexts = load<i32>(lane, NODE_NEXT);
  let node = load<i32>(lane, NODE_FREE);
  if (node === END) {
    node = load<i32>(lane, NODES_USED);
    store<i32>(lane, node + 1, NODES_USED);
  } else {
    store<i32>(lane, load<i32>(nexts + (node << 2)), NODE_FREE);
  }
  const newest = load<i32>(lane, NEWEST) + (slot << 2);
  store<f64>(load<i32>(lane, NODE_ARRIVAL) + (node << 3), load<f64>(lane, ARRIVAL));
  store<i32>(nexts + (node << 2), load<i32>(newest));
  store<i32>(newest, node);
}

/** The packets of a slot are delivered now. */
export function deliverSlot(lane: i32, slot: i32): void {
  const nexts = load<i32>(lane, NODE_NEXT);
  const newest = load<i32>(lane, NEWEST) + (slot << 2);
  const first = load<i32>(newest);
  if (first === END) return;
  store<i32>(newest, END);
  const last = load<i32>(lane, PHASE) === PHASE_WAITING ? holdOffsets(lane, first) : holdTimes(lane, first);
  store<i32>(nexts + (last << 2), load<i32>(lane, NODE_FREE));
  store<i32>(lane, first, NODE_FREE);
}

/** Takes the holds of a chain, and returns its last node. */
function holdOffsets(lane: i32, first: i32): i32 {
  const nexts = load<i32>(lane, NODE_NEXT);
  const arrivals = load<i32>(lane, NODE_ARRIVAL);
  const now = load<f64>(lane, NOW);
  let last = first;
  for (let node = first; node !== END; node = load<i32>(nexts + (node << 2))) {
    addHold(lane, now - load<f64>(arrivals + (node << 3)));
    last = node;
  }
  return last;
}

/** The same, of holds that are known: sums stay out of memory until the end. */
function holdTimes(lane: i32, first: i32): i32 {
  const nexts = load<i32>(lane, NODE_NEXT);
  const arrivals = load<i32>(lane, NODE_ARRIVAL);
  const buckets = load<i32>(lane, BUCKETS);
  const now = load<f64>(lane, NOW);
  let count = load<f64>(lane, HOLD_COUNT);
  let sum = load<f64>(lane, HOLD_SUM);
  let longest = load<f64>(lane, HOLD_MAX);
  let last = first;
  for (let node = first; node !== END; node = load<i32>(nexts + (node << 2))) {
    const hold = now - load<f64>(arrivals + (node << 3));
    count += 1;
    sum += hold;
    if (hold > longest) longest = hold;
    const bucket = buckets + (bucketOf(hold) << 3);
    store<f64>(bucket, load<f64>(bucket) + 1);
    last = node;
  }
  store<f64>(lane, count, HOLD_COUNT);
  store<f64>(lane, sum, HOLD_SUM);
  store<f64>(lane, longest, HOLD_MAX);
  return last;
}

export function addHold(lane: i32, hold: f64): void {
  if (load<i32>(lane, PHASE) !== PHASE_WAITING) {
    addTime(lane, hold);
    return;
  }
  const offsets = load<i32>(lane, OFFSETS);
  store<f64>(load<i32>(lane, OFFSET_NS) + (offsets << 3), hold);
  store<i32>(lane, offsets + 1, OFFSETS);
}

/** What was delivered in offsets was delivered that much later. */
export function startHolds(lane: i32, start: f64): void {
  const from = load<i32>(lane, OFFSET_NS);
  const offsets = load<i32>(lane, OFFSETS);
  for (let i = 0; i < offsets; i++) addTime(lane, start + load<f64>(from + (i << 3)));
  store<i32>(lane, 0, OFFSETS);
}

function addTime(lane: i32, value: f64): void {
  store<f64>(lane, load<f64>(lane, HOLD_COUNT) + 1, HOLD_COUNT);
  store<f64>(lane, load<f64>(lane, HOLD_SUM) + value, HOLD_SUM);
  if (value > load<f64>(lane, HOLD_MAX)) store<f64>(lane, value, HOLD_MAX);
  const bucket = load<i32>(lane, BUCKETS) + (bucketOf(value) << 3);
  store<f64>(bucket, load<f64>(bucket) + 1);
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
