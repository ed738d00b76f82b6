/** Where polls end, by the text of docs/polls.md: one list entry a packet, nothing carried between blocks. */
import type { PollSpec } from '../../src/nic/poll.ts';

export interface PolledPacket {
  /** 0-based record number in the capture. */
  readonly record: number;
  readonly timeNs: number;
}

/** How many polls end before each packet and after it (0 or 1 each, as empty polls do not count). */
export interface PollEnds {
  readonly before: boolean;
  readonly after: boolean;
}

export function pollEnds(spec: PollSpec, packets: readonly PolledPacket[]): PollEnds[] {
  switch (spec.kind) {
    case 'end':
      return packets.map(() => ({ before: false, after: false }));
    case 'batch':
      return packets.map((_, i) => ({ before: false, after: (i + 1) % spec.packets === 0 }));
    case 'window':
      return windowEnds(spec.windowNs, spec.budget, packets);
    case 'file':
      return fileEnds([...spec.lastPackets], packets);
    case 'napi':
    case 'veth':
      throw new Error(`${spec.kind} has a reference of its own`);
  }
}

/**
 * "It opens at the first packet's time t0 and takes every packet with time < t0 + T; a round ends after at most B packets
 * and at the window's end; the next packet opens the next window."
 */
function windowEnds(windowNs: number, budget: number, packets: readonly PolledPacket[]): PollEnds[] {
  let t0: number | null = null;
  let sinceFlush = 0;
  let inRound = 0;
  return packets.map(({ timeNs }) => {
    const opens = t0 === null || timeNs >= t0 + windowNs;
    const before = opens && sinceFlush > 0;
    if (opens) {
      t0 = timeNs;
      inRound = 0;
      sinceFlush = 0;
    }
    inRound++;
    sinceFlush++;
    const after = budget > 0 && inRound === budget;
    if (after) {
      inRound = 0;
      sinceFlush = 0;
    }
    return { before, after };
  });
}

/** A poll ends after each record that is named; one that the NIC did not get, before the next that it got. */
function fileEnds(lasts: readonly number[], packets: readonly PolledPacket[]): PollEnds[] {
  return packets.map(({ record }, i) => {
    const previous = packets[i - 1]?.record ?? -1;
    const between = lasts.some((last) => last > previous && last < record);
    return { before: between && i > 0 && !lasts.includes(previous), after: lasts.includes(record) };
  });
}
