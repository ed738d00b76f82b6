/**
 * Event simulation of interrupt moderation, receive ring and NAPI poll loop (docs/polls.md, "napi").
 *
 * Packets are handed to the engine when they arrive, not when the poll takes them: polls take the ring in order, and
 * which poll a packet belongs to depends on earlier arrivals alone. When it arrives, every packet before it has its
 * place and its price, so it is known whether the poll that runs is still busy (then it takes this packet too, or the
 * next one does if the weight is used up) or found the ring empty before (then it ended, and this packet waits
 * for an interrupt). Only the *time* at which a waiting poll starts depends on what comes later; until the interrupt
 * fires, times are offsets from that start. So no packet is needed again after its block is gone, results do
 * not depend on the size of blocks, and memory is bounded by ring and weight.
 *
 * Left out: other work on the processor (guests, other softirqs, the budget of all devices), delays of the bus.
 */
import type { PacketTable } from '../packet/table.ts';
import { createModeration, type ModerationSpec } from './moderation.ts';
import type { FlushReasons, PollModel, PollTarget } from './poll-model.ts';
import { createRing } from './ring.ts';
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
const IDLE = 0;
/** Packets wait for the interrupt, or for the poll to begin after it; times are offsets. */
const WAITING = 1;
/** The poll has taken all packets so far, or will have by `softirq.nowNs`. */
const POLLING = 2;

export function createNapi(
  spec: NapiSpec,
  target: PollTarget,
  reasons: FlushReasons,
  softirq: Softirq,
): PollModel {
  const { weight, timeScale } = spec;
  const { holds, nsPerPacket, nsPerPoll } = softirq;
  const pollsAgain = spec.afterFlush === 'poll';
  const latencyNs = spec.interruptLatencyUs * 1000;
  const moderation = createModeration(spec.moderation);
  const ring = createRing(spec.ringPackets);
  let phase = IDLE;
  // Times are fields of an object, as V8 would allocate each new value of a captured variable.
  const at = {
    /** The arrival before. */
    lastNs: Number.NEGATIVE_INFINITY,
    /** When the interrupt was enabled again. */
    armedNs: Number.NEGATIVE_INFINITY,
    /** When the interrupt fires for the waiting packets, as far as arrivals so far tell. */
    fireNs: Number.POSITIVE_INFINITY,
  };
  let waiting = 0;
  /** Packets of the poll that runs or will. */
  let inPoll = 0;
  /** Taken since the interrupt fired. */
  let takenPackets = 0;
  let takenBytes = 0;
  const counts = { polls: 0, dropped: 0, interrupts: 0 };

  function endPoll(): void {
    counts.polls++;
    inPoll = 0;
    target.flushAll(reasons.pollEnd);
  }

  /** The interrupt has fired: offsets become times. */
  function startPolling(): void {
    const startNs = at.fireNs + latencyNs;
    counts.interrupts++;
    moderation.fired(at.fireNs);
    ring.start(startNs);
    holds.start(startNs);
    softirq.nowNs += startNs;
    phase = POLLING;
  }

  /** The poll found the ring empty at `softirq.nowNs`, before this arrival. After a whole weight nothing is left to flush. */
  function complete(arrivalNs: number): void {
    if (inPoll > 0) endPoll();
    if (pollsAgain && arrivalNs <= softirq.nowNs) return;
    at.armedNs = softirq.nowNs;
    moderation.completed(takenPackets, takenBytes);
    takenPackets = 0;
    takenBytes = 0;
    phase = IDLE;
  }

  /** A packet waits for the interrupt. */
  function wait(arrivalNs: number): void {
    if (phase === IDLE) {
      phase = WAITING;
      waiting = 0;
      at.fireNs = Number.POSITIVE_INFINITY;
      softirq.nowNs = 0;
      holds.wait();
    }
    // Once it has fired, more packets do not move it.
    if (arrivalNs > at.fireNs) return;
    waiting++;
    at.fireNs = Math.max(at.armedNs, moderation.arrived(arrivalNs, waiting));
  }

  function arrive(index: number, arrivalNs: number, bytes: number): void {
    // What arrives at the very time at which the poll looks is taken by it.
    if (phase === WAITING && at.fireNs + latencyNs < arrivalNs) startPolling();
    if (phase === POLLING && softirq.nowNs < arrivalNs) complete(arrivalNs);
    if (!ring.admits(arrivalNs)) {
      counts.dropped++;
      return;
    }
    if (phase !== POLLING) wait(arrivalNs);
    if (inPoll === 0) softirq.nowNs += nsPerPoll;
    ring.put(softirq.nowNs, phase === WAITING);
    softirq.nowNs += nsPerPacket;
    takenPackets++;
    takenBytes += bytes;
    inPoll++;
    holds.take(arrivalNs);
    target.receive(index, index + 1);
    if (inPoll === weight) endPoll();
  }

  return {
    run(table: PacketTable) {
      const { rows, received, timeNs, wireBytes } = table;
      for (let i = 0; i < received; i++) {
        const row = rows[i]!;
        // Packets reach the NIC one after the other: a time that goes backwards counts as no time passed.
        at.lastNs = Math.max(at.lastNs, timeNs[row]! * timeScale);
        arrive(i, at.lastNs, wireBytes[row]!);
      }
    },
    finish() {
      if (phase === WAITING) {
        if (at.fireNs === Number.POSITIVE_INFINITY) at.fireNs = Math.max(at.armedNs, at.lastNs);
        startPolling();
      }
      if (inPoll > 0) counts.polls++;
      inPoll = 0;
      target.flushAll(reasons.captureEnd);
    },
    polls: () => counts.polls,
    dropped: () => counts.dropped,
    interrupts: () => counts.interrupts,
    holdTimes: holds.summary,
  };
}
