/**
 * The processor during polls: a clock that the poll model, the engine's deliveries and whatever runs below them in
 * the same softirq move on. What things cost is told from outside, in cycles.
 */
import { createHoldTimes, type HoldTimes } from './hold-times.ts';

/** Cycles of the driver domain inside the poll. */
export interface SoftirqCycles {
  /** Driver and engine, for each packet taken from the ring. */
  readonly perPacket: number;
  /** For each poll that takes a packet. */
  readonly perPoll: number;
  /** What runs below for one delivered skb: bridge, copies, netback. `frameBytes` as in the path. */
  readonly ofSkb: (segments: number, payloadBytes: number, frameBytes: number) => number;
}

export const NO_CYCLES: SoftirqCycles = { perPacket: 0, perPoll: 0, ofSkb: () => 0 };

export interface Softirq {
  /** Ns since the first packet; an offset while the start of the poll is not known yet. */
  nowNs: number;
  readonly nsPerPacket: number;
  readonly nsPerPoll: number;
  readonly holds: HoldTimes;
  /** An skb of the slot, or with slot -1 the packet taken last, leaves the driver; what runs below takes its time. */
  deliver(slot: number, segments: number, payloadBytes: number, frameBytes: number): void;
}

export function createSoftirq(cycles: SoftirqCycles, cpuGhz: number): Softirq {
  const holds = createHoldTimes();
  const softirq: Softirq = {
    nowNs: 0,
    nsPerPacket: cycles.perPacket / cpuGhz,
    nsPerPoll: cycles.perPoll / cpuGhz,
    holds,
    deliver(slot, segments, payloadBytes, frameBytes) {
      if (slot < 0) holds.deliverTaken(softirq.nowNs);
      else holds.deliverSlot(slot, softirq.nowNs);
      softirq.nowNs += cycles.ofSkb(segments, payloadBytes, frameBytes) / cpuGhz;
    },
  };
  return softirq;
}
