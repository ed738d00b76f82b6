/** Polls of so many packets in the core (wasm/batch.ts): it takes the usual packets. */
import { createTakeUsual, reserveLane, type TakeUsual } from './core-lane.ts';
import type { FlushReasons, PollTarget } from './poll-model.ts';

/** What changes. */
export interface BatchState {
  polls: number;
  /** Packets since the last flush. */
  pending: number;
}

/** Indices of doubles and words of the lane. */
const POLLS = 3;
const IN_POLL = 2;
const WEIGHT = 14;

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
