/** Polls of so many packets, or of a window, in the core (wasm/batch.ts): it takes the usual packets. */
import { createTakeUsual, reserveLane, type TakeUsual } from './core-lane.ts';
import type { Histogram } from './histogram.ts';
import type { FlushReasons, PollTarget } from './poll-model.ts';

/** What changes. */
export interface BatchState {
  polls: number;
  /** Packets since the last flush. */
  pending: number;
}

/** Indices of doubles and words of the lane. */
const WINDOW_END = 2;
const POLLS = 3;
const HOLD_COUNT = 9;
const HOLD_SUM = 10;
const HOLD_MAX = 11;
const WINDOW = 17;
const IN_POLL = 2;
const WEIGHT = 14;
const BUCKETS = 32;

/** Null where the core cannot run this lane. */
export function createBatchCore(
  packets: number,
  state: BatchState,
  { usual }: PollTarget,
  reasons: FlushReasons,
): TakeUsual | null {
  const lane = usual === undefined ? null : reserveLane(usual, reasons);
  if (usual === undefined || lane === null) return null;
  const { address, doubles, words } = lane;
  words[WEIGHT] = packets;
  return createTakeUsual(usual, lane, (from, to) => {
    doubles[POLLS] = state.polls;
    words[IN_POLL] = state.pending;
    const next = usual.core.kernels.runBatch(address, from, to);
    state.polls = doubles[POLLS];
    state.pending = words[IN_POLL];
    return next;
  });
}

/** What changes of a window. */
export interface WindowState extends BatchState {
  windowEndNs: number;
}

/** The same for polls that end with their window too; `holds` lie in the core. */
export function createWindowCore(
  windowNs: number,
  budget: number,
  state: WindowState,
  holds: Histogram,
  { usual }: PollTarget,
  reasons: FlushReasons,
): TakeUsual | null {
  if (usual === undefined || holds.buckets.buffer !== usual.core.buffer) return null;
  const lane = reserveLane(usual, reasons);
  if (lane === null) return null;
  const { address, doubles, words } = lane;
  doubles[WINDOW] = windowNs;
  words[WEIGHT] = budget;
  words[BUCKETS] = holds.buckets.byteOffset;
  return createTakeUsual(usual, lane, (from, to) => {
    doubles[WINDOW_END] = state.windowEndNs;
    doubles[POLLS] = state.polls;
    doubles[HOLD_COUNT] = holds.count;
    doubles[HOLD_SUM] = holds.sumNs;
    doubles[HOLD_MAX] = holds.maxNs;
    words[IN_POLL] = state.pending;
    const next = usual.core.kernels.runWindow(address, from, to);
    state.windowEndNs = doubles[WINDOW_END];
    state.polls = doubles[POLLS];
    holds.count = doubles[HOLD_COUNT];
    holds.sumNs = doubles[HOLD_SUM];
    holds.maxNs = doubles[HOLD_MAX];
    state.pending = words[IN_POLL];
    return next;
  });
}
