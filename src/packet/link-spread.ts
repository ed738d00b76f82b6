/**
 * Arrival times of segments that one time stamp stands for: as a link of a given rate would deliver them, the first one
 * at the time of the super-packet. What was captured before the last of them has arrived comes after it.
 */

export interface LinkSpread {
  /** Arrival of a packet that was not split: its own time, unless segments are still arriving then. */
  arrival(timeNs: number, frameBytes: number): number;
  /** Arrival of the next segment of a super-packet. */
  segmentArrival(timeNs: number, frameBytes: number, isFirst: boolean): number;
  /** The longest that anything arrives after its time in the capture. */
  largestDelayNs(): number;
}

/** Preamble with start delimiter, FCS and inter-frame gap; the shortest frame without FCS (IEEE 802.3). */
const OVERHEAD_BYTES = 24;
const SHORTEST_FRAME_BYTES = 60;

/** Time that a frame takes on a link, with everything around it. */
export function frameTimeNs(frameBytes: number, linkMbps: number): number {
  return ((Math.max(frameBytes, SHORTEST_FRAME_BYTES) + OVERHEAD_BYTES) * 8000) / linkMbps;
}

export function createLinkSpread(linkMbps: number): LinkSpread {
  /** When the newest frame of a queue that began with segments had arrived. */
  let lastNs = Number.NEGATIVE_INFINITY;
  let largest = 0;

  function queue(timeNs: number, frameBytes: number): number {
    const next = lastNs + frameTimeNs(frameBytes, linkMbps);
    if (next <= timeNs) return timeNs;
    largest = Math.max(largest, next - timeNs);
    lastNs = next;
    return Math.round(next);
  }

  return {
    arrival: queue,
    segmentArrival(timeNs, frameBytes, isFirst) {
      const arrival = queue(timeNs, frameBytes);
      if (isFirst && arrival === timeNs) lastNs = timeNs;
      return arrival;
    },
    largestDelayNs: () => largest,
  };
}
