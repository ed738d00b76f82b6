/**
 * What each hypothesis about the unexplained guest cycles of `Optimized` would add to the counted events, one
 * mechanism each, off in all other commands (docs/model.md, "Unexplained"). None of them was observed in the study.
 */
import { grown } from '../packet/grown.ts';
import { PAGE_BYTES } from './memory.ts';
import { copySlots } from './software-copy.ts';

export const HYPOTHESES = ['slot-per-fragment', 'more-acks', 'dear-copy'] as const;
export type Hypothesis = (typeof HYPOTHESES)[number];

/** An skb as far as the hypotheses look at it. */
export interface HypothesisInput {
  /** Any number that is equal for the skbs of one TCP flow. */
  readonly flow: number;
  readonly segments: number;
  readonly payloadBytes: number;
  readonly frameBytes: number;
  /** Payload bytes of a segment; of a packet that was not merged its payload. */
  readonly segmentBytes: number;
}

export interface HypothesisCounter {
  deliver(skb: HypothesisInput): void;
  /** What the mechanism adds: slots, ACKs, or bytes that are copied at a higher price. */
  count(): number;
}

export function createHypothesisCounter(hypothesis: Hypothesis): HypothesisCounter {
  switch (hypothesis) {
    case 'slot-per-fragment':
      return createSum(extraSlots);
    case 'more-acks':
      return createExtraAcks();
    case 'dear-copy':
      return createSum((skb) => skb.payloadBytes);
  }
}

function createSum(of: (skb: HypothesisInput) => number): HypothesisCounter {
  let sum = 0;
  return {
    deliver(skb) {
      sum += of(skb);
    },
    count: () => sum,
  };
}

/**
 * Slots of a super-packet whose fragments have pages of their own, less those of one that is packed into pages.
 * The fragments are taken to be equally long: the stage is told totals.
 */
export function extraSlots({ segments, payloadBytes, frameBytes }: HypothesisInput): number {
  if (segments < 2) return 0;
  const share = payloadBytes / segments;
  const first = Math.ceil((frameBytes - payloadBytes + share) / PAGE_BYTES);
  const others = (segments - 1) * Math.ceil(share / PAGE_BYTES);
  return Math.max(0, first + others - copySlots(frameBytes));
}

/**
 * ACKs that a guest sends beyond those it would send if super-packets reached it without their segment size: it
 * acknowledges once more than its estimate of the segment size is unacknowledged, and takes that estimate from the
 * segment size of the skb or, where there is none, from its length (read in Linux 2.6.18). Assumed: the estimate is the
 * largest so far, and no timer fires.
 */
function createExtraAcks(): HypothesisCounter {
  const withSize = createAckCounter();
  const withoutSize = createAckCounter();
  return {
    deliver({ flow, payloadBytes, segmentBytes }) {
      withSize.deliver(flow, payloadBytes, segmentBytes);
      withoutSize.deliver(flow, payloadBytes, payloadBytes);
    },
    count: () => withSize.acks() - withoutSize.acks(),
  };
}

interface AckCounter {
  deliver(flow: number, payloadBytes: number, segmentBytes: number): void;
  acks(): number;
}

/** Delayed ACKs of any number of flows. */
export function createAckCounter(): AckCounter {
  let unacknowledged = new Float64Array(64);
  let largest = new Float64Array(64);
  let acks = 0;
  return {
    deliver(flow, payloadBytes, segmentBytes) {
      if (payloadBytes <= 0) return;
      if (flow >= largest.length) {
        unacknowledged = grown(unacknowledged, flow);
        largest = grown(largest, flow);
      }
      largest[flow] = Math.max(largest[flow]!, segmentBytes);
      unacknowledged[flow]! += payloadBytes;
      if (unacknowledged[flow]! <= largest[flow]!) return;
      unacknowledged[flow] = 0;
      acks++;
    },
    acks: () => acks,
  };
}
