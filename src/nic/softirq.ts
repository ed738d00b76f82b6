/**
 * The processor during polls: a clock that the poll model, the engine's deliveries and whatever runs below them in
 * the same softirq move on. What things cost is told from outside, in cycles.
 */
import { type Core, reserveDoubles, reserveWords } from '../capture/core.ts';
import { createHoldTimes, deliverSlot, deliverTaken, type HoldLimits, type HoldTimes } from './hold-times.ts';

/** Cycles of the driver domain inside the poll. */
export interface SoftirqCycles {
  /** Driver and engine, for each packet taken from the ring. */
  readonly perPacket: number;
  /** For each poll that takes a packet. */
  readonly perPoll: number;
  /** What runs below for one delivered skb: bridge, copies, netback. `frameBytes` as in the path. */
  readonly ofSkb: (segments: number, payloadBytes: number, frameBytes: number) => number;
}

const REMEMBERED = 4096;

export const NO_CYCLES: SoftirqCycles = { perPacket: 0, perPoll: 0, ofSkb: () => 0 };

export interface Softirq {
  /** Ns since the first packet; an offset while the start of the poll is not known yet. */
  nowNs: number;
  readonly nsPerPacket: number;
  readonly nsPerPoll: number;
  readonly cpuGhz: number;
  readonly ofSkb: SoftirqCycles['ofSkb'];
  /** Skbs of a capture come in few sizes: each is priced when it is seen first, as long as memory stays bounded. */
  readonly sizesOfSkbs: Int32Array;
  readonly nsOfSkbs: Float64Array;
  readonly holds: HoldTimes;
}

/** In the core where it is to run the lane; `limits` are then those that hold times keep to. */
export function createSoftirq(
  cycles: SoftirqCycles,
  cpuGhz: number,
  core: Core | null = null,
  limits?: HoldLimits,
): Softirq {
  return {
    // Not a whole number, so that V8 keeps the field as a double from the start.
    nowNs: Number.NaN,
    nsPerPacket: cycles.perPacket / cpuGhz,
    nsPerPoll: cycles.perPoll / cpuGhz,
    cpuGhz,
    ofSkb: cycles.ofSkb,
    sizesOfSkbs: reserveWords(core, 3 * REMEMBERED).fill(-1),
    nsOfSkbs: reserveDoubles(core, REMEMBERED),
    holds: createHoldTimes(core, limits),
  };
}

/** An skb of the slot, or with slot -1 the packet taken last, leaves the driver; what runs below takes its time. */
export function deliverSkb(
  softirq: Softirq,
  slot: number,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
): void {
  if (slot < 0) deliverTaken(softirq.holds, softirq.nowNs);
  else deliverSlot(softirq.holds, slot, softirq.nowNs);
  payForSkb(softirq, segments, payloadBytes, frameBytes);
}

/** The same where nobody asks how long packets were held. */
export function payForSkb(
  softirq: Softirq,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
): void {
  const at = placeOfPrice(softirq, segments, payloadBytes, frameBytes);
  softirq.nowNs += softirq.nsOfSkbs[at]!;
}

function placeOfPrice(softirq: Softirq, segments: number, payloadBytes: number, frameBytes: number): number {
  const { sizesOfSkbs } = softirq;
  const at = (frameBytes * 31 + segments) % REMEMBERED;
  const key = 3 * at;
  if (
    sizesOfSkbs[key] !== segments ||
    sizesOfSkbs[key + 1] !== payloadBytes ||
    sizesOfSkbs[key + 2] !== frameBytes
  ) {
    softirq.nsOfSkbs[at] = priceSkb(softirq, segments, payloadBytes, frameBytes);
    sizesOfSkbs[key] = segments;
    sizesOfSkbs[key + 1] = payloadBytes;
    sizesOfSkbs[key + 2] = frameBytes;
  }
  return at;
}

/** Ns that an skb of this size takes, worked out anew. */
export function priceSkb(
  softirq: Softirq,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
): number {
  return softirq.ofSkb(segments, payloadBytes, frameBytes) / softirq.cpuGhz;
}
