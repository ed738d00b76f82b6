/**
 * Skbs of the log on their way below the driver, as src/path/xen-path.ts counts them: of each size how many there are,
 * and what depends on their order.
 */
import { LOG } from './layout';

/** Of an entry of the log, as in delivery.ts. */
const ENTRY_BYTES: i32 = 24;
const SEGMENTS: i32 = 4;
const PAYLOAD: i32 = 8;
const FRAME: i32 = 12;
const TIMES: i32 = 16;
const POLLS: i32 = 20;

/** What a path keeps, as src/path/path-core.ts fills it: doubles, then words, the last ones addresses. */
const HYPERCALLS: i32 = 0;
const IN_ROW: i32 = 8;
const ACKS: i32 = 16;
const PENDING: i32 = 24;
const PENDING_SKBS: i32 = 28;
const IN_THREAD: i32 = 32;
const KNOWS_SEGMENTS: i32 = 36;
const SIZES: i32 = 40;
const SKBS: i32 = 44;
const MARKS: i32 = 48;

/** As in src/path/skb-tally.ts. */
const PLACES: i32 = 4096;
/** As in src/path/netback-batch.ts and netback-modern.ts. */
const FULL_BATCH_SLOTS: i32 = 238;
const HYPERCALL_OPERATIONS: i32 = 64;
const BATCH_SKBS: i32 = 64;

/** Of the open batch. */
let pending: i32 = 0;
let pendingSkbs: i32 = 0;
let hypercalls: i32 = 0;

/**
 * Takes entries of the log from `from` on until one has a size that the path has no place for; returns that one, `to`
 * if there is none.
 */
export function passSkbs(path: i32, from: i32, to: i32): i32 {
  const inThread = load<i32>(path, IN_THREAD) !== 0;
  const limit = inThread ? HYPERCALL_OPERATIONS : FULL_BATCH_SLOTS;
  const knowsSegments = load<i32>(path, KNOWS_SEGMENTS) !== 0;
  const sizes = load<i32>(path, SIZES);
  const skbs = load<i32>(path, SKBS);
  const marks = load<i32>(path, MARKS);
  let inRow = <i64>load<f64>(path, IN_ROW);
  let acks = <i64>load<f64>(path, ACKS);
  pending = load<i32>(path, PENDING);
  pendingSkbs = load<i32>(path, PENDING_SKBS);
  hypercalls = 0;
  let entry = from;
  for (; entry < to; entry++) {
    const at = LOG + entry * ENTRY_BYTES;
    const segments = load<i32>(at, SEGMENTS);
    const payload = load<i32>(at, PAYLOAD);
    const frame = load<i32>(at, FRAME);
    const times = load<i32>(at, TIMES);
    const polls = load<i32>(at, POLLS);
    if (times === 0) {
      if (polls > 0) endBatch();
      continue;
    }
    const place = (frame * 31 + segments) & (PLACES - 1);
    const size = sizes + 12 * place;
    if (load<i32>(size) !== segments || load<i32>(size, 4) !== payload || load<i32>(size, 8) !== frame) break;
    const rounds = max<i32>(1, polls);
    const all = times * rounds;
    const counted = skbs + (place << 3);
    store<f64>(counted, load<f64>(counted) + <f64>all);
    const each = load<i32>(marks + (place << 2));
    if (each < 0) {
      if (polls > 0) endBatch();
      continue;
    }
    const filled = pending + each * times;
    if (polls > 0 && filled < limit && pendingSkbs + times < BATCH_SKBS) {
      // Each poll ends one batch.
      hypercalls += polls;
      pending = 0;
      pendingSkbs = 0;
    } else fillBatches(inThread, each, times, polls);
    if (payload <= 0) continue;
    if (segments > 1 && knowsSegments) {
      acks += (inRow >> 1) + all;
      inRow = 0;
    } else inRow += all;
  }
  store<f64>(path, <f64>inRow, IN_ROW);
  store<f64>(path, <f64>acks, ACKS);
  store<i32>(path, pending, PENDING);
  store<i32>(path, pendingSkbs, PENDING_SKBS);
  store<f64>(path, load<f64>(path, HYPERCALLS) + hypercalls, HYPERCALLS);
  return entry;
}

/** Of equal skbs, round by round. */
function fillBatches(inThread: bool, each: i32, times: i32, polls: i32): void {
  const rounds = max<i32>(1, polls);
  for (let round = 0; round < rounds; round++) {
    if (inThread) fillOperations(each, times);
    else fillSlots(each, times);
    if (polls > 0) endBatch();
  }
}

function fillSlots(slots: i32, times: i32): void {
  let left = times;
  while (pending + slots * left >= FULL_BATCH_SLOTS) {
    left -= (FULL_BATCH_SLOTS - pending + slots - 1) / slots;
    pending = 0;
    hypercalls++;
  }
  pending += slots * left;
}

function fillOperations(operations: i32, times: i32): void {
  for (let i = 0; i < times; i++) {
    pending += operations;
    hypercalls += pending / HYPERCALL_OPERATIONS;
    pending %= HYPERCALL_OPERATIONS;
    pendingSkbs++;
    if (pendingSkbs === BATCH_SKBS) endBatch();
  }
}

function endBatch(): void {
  if (pending > 0) hypercalls++;
  pending = 0;
  pendingSkbs = 0;
}

/** Adds the skbs of so many entries of the log, and their packets, to doubles by reason. */
export function countReasons(skbsOf: i32, packetsOf: i32, entries: i32): void {
  const end = LOG + entries * ENTRY_BYTES;
  for (let at = LOG; at < end; ) {
    const reason = load<i32>(at);
    /** Of entries in a row. */
    let skbs = 0;
    let packets = 0;
    for (; at < end && load<i32>(at) === reason; at += ENTRY_BYTES) {
      const all = load<i32>(at, TIMES) * max<i32>(1, load<i32>(at, POLLS));
      skbs += all;
      packets += all * load<i32>(at, SEGMENTS);
    }
    const index = reason << 3;
    store<f64>(skbsOf + index, load<f64>(skbsOf + index) + <f64>skbs);
    store<f64>(packetsOf + index, load<f64>(packetsOf + index) + <f64>packets);
  }
}
