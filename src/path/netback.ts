/**
 * Netback hands skbs to the guest over the ring. How depends on the receive mode, each in a file of its own;
 * this one holds what they have in common (docs/model.md, "Netback"). One guest, a ring that is never full.
 */

/** How the guest gets its pages: the three ways that shipped from 2006 to 2008, and that of later kernels. */
export const RECEIVE_MODES = ['flip', 'flip-copy', 'grant-copy', 'modern'] as const;
export type ReceiveMode = (typeof RECEIVE_MODES)[number];

/** How `grant-copy` treats a fragment list: packed by a software copy first, or copied piece by piece. */
export const FRAGMENT_COPIES = ['software', 'direct'] as const;
export type FragmentCopy = (typeof FRAGMENT_COPIES)[number];

/** What netback finds in the skb. */
export const FORM = {
  /** One packet in the buffer that the driver allocated: the only form whose page can be flipped as it is. */
  DRIVER_BUFFER: 0,
  /** Several packets in one buffer. */
  LINEAR: 1,
  /** Several packets in a buffer each. */
  FRAGMENTS: 2,
} as const;

/** What depends on the order of skbs and polls. */
export interface NetbackState {
  /** Of the batch that waits for its hypercall: slots, in mode `modern` operations. */
  pending: number;
  pendingSkbs: number;
  /** Each followed by a notification of the guest. */
  hypercalls: number;
}

export function createNetbackState(): NetbackState {
  return { pending: 0, pendingSkbs: 0, hypercalls: 0 };
}

/** One receive mode. */
export interface Netback {
  /** The vif takes fragment lists, so that nothing above it is linearised. */
  readonly takesFragmentLists: boolean;
  /** The guest is told the segment size of a super-packet. */
  readonly carriesSegmentSize: boolean;
  /** Runs in a thread of its own; otherwise in the softirq of the poll. */
  readonly inThread: boolean;
  /** Counts all that follows from the size of so many equal skbs. Returns what each takes of a batch, 1 or more. */
  readonly count: (
    events: Float64Array,
    form: number,
    segments: number,
    payloadBytes: number,
    frameBytes: number,
    times: number,
  ) => number;
  /** Fills batches with so many skbs that take `each` of them, one after the other. */
  readonly fill: (state: NetbackState, each: number, times: number) => void;
  /** The NAPI poll is over, and with it the batch. */
  readonly pollEnd: (state: NetbackState) => void;
  /** What follows from the sums of a run. */
  readonly finish: (events: Float64Array) => void;
}
