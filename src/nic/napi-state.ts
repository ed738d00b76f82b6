/** What the NAPI simulation is told, and what it keeps between packets. */
import type { Moderation, ModerationSpec } from './moderation.ts';
import type { FlushReasons, PollTarget } from './poll-model.ts';
import type { Ring } from './ring.ts';
import type { Softirq } from './softirq.ts';

export interface NapiSpec {
  readonly kind: 'napi';
  /** Name of the preset that the values began with. */
  readonly nic: string;
  readonly moderation: ModerationSpec;
  readonly ringPackets: number;
  /** Most packets that one poll takes. */
  readonly weight: number;
  readonly cpuGhz: number;
  /** From the interrupt to the first packet taken. */
  readonly interruptLatencyUs: number;
  /** Share of the driver domain's cycles per received packet that are spent inside the poll, 0…1. */
  readonly perPacketShare: number;
  /**
   * What becomes of packets that arrive while the sessions of a poll are flushed: they wait for the interrupt, or the
   * driver looks at the ring once more and polls again at once.
   */
  readonly afterFlush: 'interrupt' | 'poll';
  /** Arrival times are multiplied by this: 2 halves the offered rate. */
  readonly timeScale: number;
}

/** No packet waits and no poll runs. */
export const IDLE = 0;
/** Packets wait for the interrupt, or for the poll to begin after it; times are offsets. */
export const WAITING = 1;
/** The poll has taken all packets so far, or will have by `softirq.nowNs`. */
export const POLLING = 2;

export interface NapiState {
  readonly target: PollTarget;
  readonly reasons: FlushReasons;
  readonly softirq: Softirq;
  readonly moderation: Moderation;
  readonly ring: Ring;
  readonly weight: number;
  readonly latencyNs: number;
  readonly pollsAgain: boolean;
  phase: number;
  /** When the packet arrived that is looked at: a field, because a double that is handed on costs an object. */
  arrivalNs: number;
  /** When the interrupt was enabled again. */
  armedNs: number;
  /** When the interrupt fires for the waiting packets, as far as arrivals so far tell. */
  fireNs: number;
  /** Packets that count for the moderation. */
  waiting: number;
  /** Packets of the poll that runs or will. */
  inPoll: number;
  /** Taken since the interrupt fired. */
  takenPackets: number;
  takenBytes: number;
  polls: number;
  dropped: number;
  interrupts: number;
}
