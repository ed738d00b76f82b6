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
import { summarise } from './histogram.ts';
import { startHolds } from './hold-times.ts';
import { createModeration, type Moderation, type ModerationSpec } from './moderation.ts';
import type { FlushReasons, PollModel, PollTarget } from './poll-model.ts';
import { createRing, hasRoom, putPacket, type Ring, startTaking } from './ring.ts';
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

interface NapiState {
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

export function createNapi(
  spec: NapiSpec,
  target: PollTarget,
  reasons: FlushReasons,
  softirq: Softirq,
): PollModel {
  const state: NapiState = {
    target,
    reasons,
    softirq,
    moderation: createModeration(spec.moderation),
    ring: createRing(spec.ringPackets),
    weight: spec.weight,
    latencyNs: spec.interruptLatencyUs * 1000,
    pollsAgain: spec.afterFlush === 'poll',
    phase: IDLE,
    arrivalNs: Number.NEGATIVE_INFINITY,
    armedNs: Number.NEGATIVE_INFINITY,
    fireNs: Number.POSITIVE_INFINITY,
    waiting: 0,
    inPoll: 0,
    takenPackets: 0,
    takenBytes: 0,
    polls: 0,
    dropped: 0,
    interrupts: 0,
  };
  return {
    run(table: PacketTable) {
      const { rows, received, timeNs, wireBytes } = table;
      for (let i = 0; i < received; i++) {
        const row = rows[i]!;
        // Packets reach the NIC one after the other: a time that goes backwards counts as no time passed.
        state.arrivalNs = Math.max(state.arrivalNs, timeNs[row]! * spec.timeScale);
        arrive(state, i, wireBytes[row]!);
      }
    },
    finish: () => finish(state),
    polls: () => state.polls,
    dropped: () => state.dropped,
    interrupts: () => state.interrupts,
    holdTimes: () => summarise(softirq.holds.histogram),
  };
}

// The functions below stand outside of createNapi: V8 turns them into one piece of code however many lanes there are.

function arrive(state: NapiState, index: number, bytes: number): void {
  const { softirq, ring, arrivalNs } = state;
  // What arrives at the very time at which the poll looks is taken by it.
  if (state.phase === WAITING && state.fireNs + state.latencyNs < arrivalNs) startPolling(state);
  if (state.phase === POLLING && softirq.nowNs < arrivalNs) complete(state);
  if (!hasRoom(ring, arrivalNs)) {
    state.dropped++;
    return;
  }
  if (state.phase !== POLLING) wait(state);
  if (state.inPoll === 0) softirq.nowNs += softirq.nsPerPoll;
  putPacket(ring, softirq.nowNs, state.phase === WAITING);
  softirq.nowNs += softirq.nsPerPacket;
  state.takenPackets++;
  state.takenBytes += bytes;
  state.inPoll++;
  softirq.holds.takenNs = arrivalNs;
  state.target.receive(index, index + 1);
  if (state.inPoll === state.weight) endPoll(state);
}

/** A packet waits for the interrupt. */
function wait(state: NapiState): void {
  const { arrivalNs } = state;
  if (state.phase === IDLE) {
    state.phase = WAITING;
    state.waiting = 0;
    state.fireNs = Number.POSITIVE_INFINITY;
    state.softirq.nowNs = 0;
    state.softirq.holds.waiting = true;
  }
  // Once it has fired, more packets do not move it.
  if (arrivalNs > state.fireNs) return;
  state.waiting++;
  state.fireNs = Math.max(state.armedNs, state.moderation.arrived(arrivalNs, state.waiting));
}

/** The interrupt has fired: offsets become times. */
function startPolling(state: NapiState): void {
  const { softirq } = state;
  const startNs = state.fireNs + state.latencyNs;
  state.interrupts++;
  state.moderation.fired(state.fireNs);
  startTaking(state.ring, startNs);
  startHolds(softirq.holds, startNs);
  softirq.nowNs += startNs;
  state.phase = POLLING;
}

/**
 * The poll found the ring empty at `softirq.nowNs`, before this arrival. After a whole weight nothing is left to
 * flush.
 */
function complete(state: NapiState): void {
  const { softirq, arrivalNs } = state;
  if (state.inPoll > 0) endPoll(state);
  if (state.pollsAgain && arrivalNs <= softirq.nowNs) return;
  state.armedNs = softirq.nowNs;
  state.moderation.completed(state.takenPackets, state.takenBytes);
  state.takenPackets = 0;
  state.takenBytes = 0;
  state.phase = IDLE;
}

function endPoll(state: NapiState): void {
  state.polls++;
  state.inPoll = 0;
  state.target.flushAll(state.reasons.pollEnd);
}

function finish(state: NapiState): void {
  if (state.phase === WAITING) {
    if (state.fireNs === Number.POSITIVE_INFINITY) state.fireNs = Math.max(state.armedNs, state.arrivalNs);
    startPolling(state);
  }
  if (state.inPoll > 0) state.polls++;
  state.inPoll = 0;
  state.target.flushAll(state.reasons.captureEnd);
}
