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
import { kernelsFor } from '../capture/record-block.ts';
import type { PacketTable } from '../packet/table.ts';
import { summarise } from './histogram.ts';
import { forgetHolds, startHolds } from './hold-times.ts';
import { createModeration } from './moderation.ts';
import { createNapiCore } from './napi-core.ts';
import { IDLE, type NapiSpec, type NapiState, POLLING, WAITING } from './napi-state.ts';
import type { FlushReasons, PollModel, PollTarget } from './poll-model.ts';
import { createRing, emptyRing, hasRoom, putPacket, startTaking } from './ring.ts';
import type { Softirq } from './softirq.ts';

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
    ring: createRing(spec.ringPackets, target.usual?.core),
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
  const takeUsual = createNapiCore(spec, state);
  return {
    run(table: PacketTable) {
      const { rows, received, timeNs, wireBytes } = table;
      const usual = kernelsFor(table) === null ? null : takeUsual;
      for (let i = 0; i < received; i++) {
        if (usual !== null) i = usual(i, received);
        if (i === received) break;
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
    holds: softirq.holds.histogram,
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
  emptyRing(state.ring);
  state.phase = IDLE;
}

function endPoll(state: NapiState): void {
  state.polls++;
  state.inPoll = 0;
  state.target.flushAll(state.reasons.pollEnd);
  forgetHolds(state.softirq.holds);
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
