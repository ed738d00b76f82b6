/**
 * NAPI of a device without hardware, such as veth, as it runs by itself (docs/polls.md, "veth"): an arrival starts a poll,
 * `gro_flush_timeout` and `napi_defer_hard_irqs` let a timer start later ones. Packets are handed to the engine when
 * they arrive, as in `napi`: all that happens before is known then, and so is the poll that takes them.
 */
import type { PacketTable } from '../packet/table.ts';
import { summarise } from './histogram.ts';
import type { FlushReasons, PollModel, PollTarget } from './poll-model.ts';
import type { Softirq } from './softirq.ts';

export interface VethSpec {
  readonly kind: 'veth';
  /** 0: a poll that finds its queue empty delivers everything. */
  readonly groFlushTimeoutNs: number;
  /** Polls in a row that may find nothing, and leave the next one to the timer. */
  readonly napiDeferHardIrqs: number;
  /** Clock ticks a second. */
  readonly hz: number;
  /** Most packets of one poll. */
  readonly weight: number;
  /** From a packet on the wire to the poll that it starts. */
  readonly interruptLatencyNs: number;
  /** From the expiry of the timer to its poll, if the processor has to wake up for it. */
  readonly timerLatencyNs: number;
  /** Share of the timers that find the processor awake, where arrivals start polls as well; 0…1. */
  readonly awakeShare: number;
}

/**
 * Budget of the kernel, tick of common distributions. The last three are *fitted*: read off the times at which the
 * runs of test/vectors/linux-gro-live delivered, and off the gaps that did or did not end a hold (docs/polls.md).
 */
export const VETH_DEFAULTS: VethSpec = {
  kind: 'veth',
  groFlushTimeoutNs: 0,
  napiDeferHardIrqs: 0,
  hz: 250,
  weight: 64,
  interruptLatencyNs: 2000,
  timerLatencyNs: 17_000,
  awakeShare: 0.4,
};

/** From this rate on, a poll that used up its weight leaves young skbs held [untested]. */
const HZ_OF_YOUNG = 1000;

/** Multiples of it modulo 1 are spread evenly, whatever the traffic: every share is met without random numbers. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

interface VethState {
  readonly spec: VethSpec;
  readonly softirq: Softirq;
  readonly reasons: FlushReasons;
  readonly receive: PollTarget['receive'];
  readonly flushAll: (reason: number) => void;
  readonly flushOld: (reason: number) => void;
  readonly beginTick: () => void;
  /** A poll runs, or will; `softirq.nowNs` is how far it will have come with the packets that it has so far. */
  polling: boolean;
  /** Packets of that poll. */
  taken: number;
  /** When the timer's poll begins; infinite while the timer does not run. */
  timerPollNs: number;
  /** Only the timer starts polls. */
  masked: boolean;
  /** Polls without packets that may still be deferred. */
  defersLeft: number;
  tick: number;
  /** Timers started so far, modulo 1 by the golden ratio. */
  timers: number;
  polls: number;
  interrupts: number;
}

export function createVeth(
  spec: VethSpec,
  target: PollTarget,
  reasons: FlushReasons,
  softirq: Softirq,
): PollModel {
  const state: VethState = {
    spec,
    softirq,
    reasons,
    receive: target.receive,
    flushAll: target.flushAll,
    flushOld: target.flushOld ?? target.flushAll,
    beginTick: target.beginTick ?? (() => {}),
    polling: false,
    taken: 0,
    timerPollNs: Number.POSITIVE_INFINITY,
    masked: false,
    defersLeft: 0,
    tick: 0,
    timers: 0,
    polls: 0,
    interrupts: 0,
  };
  softirq.nowNs = 0;
  const last = { arrivalNs: Number.NEGATIVE_INFINITY };
  return {
    run(table: PacketTable) {
      const { rows, received, timeNs } = table;
      let arrivalNs = last.arrivalNs;
      for (let i = 0; i < received; i++) {
        // A time that goes backwards counts as no time passed.
        arrivalNs = Math.max(arrivalNs, timeNs[rows[i]!]!);
        arrive(state, i, arrivalNs);
      }
      last.arrivalNs = arrivalNs;
    },
    finish() {
      if (state.taken > 0) state.polls++;
      state.taken = 0;
      target.flushAll(reasons.captureEnd);
    },
    polls: () => state.polls,
    dropped: () => 0,
    interrupts: () => state.interrupts,
    holds: softirq.holds.histogram,
    holdTimes: () => summarise(softirq.holds.histogram),
  };
}

function arrive(state: VethState, index: number, arrivalNs: number): void {
  const { softirq, spec } = state;
  passTime(state, arrivalNs);
  if (!state.polling) {
    state.polling = true;
    if (!state.masked) state.interrupts++;
    softirq.nowNs = state.masked ? state.timerPollNs : arrivalNs + spec.interruptLatencyNs;
  }
  meetTick(state, softirq.nowNs);
  state.taken++;
  softirq.holds.takenNs = arrivalNs;
  state.receive(index, index + 1);
  if (state.taken === spec.weight) {
    state.polls++;
    state.taken = 0;
    if (spec.hz >= HZ_OF_YOUNG) state.flushOld(state.reasons.pollEnd);
    else state.flushAll(state.reasons.pollEnd);
  }
}

/** Everything that happens before `untilNs` if no packet arrives. What arrives when the poll looks is taken by it. */
function passTime(state: VethState, untilNs: number): void {
  const { softirq } = state;
  for (;;) {
    if (state.polling) {
      if (softirq.nowNs >= untilNs) return;
      complete(state);
    } else {
      if (state.timerPollNs >= untilNs) return;
      softirq.nowNs = state.timerPollNs;
      state.polling = true;
      if (state.masked) skipIdlePolls(state, untilNs);
    }
  }
}

/** The poll found the queue empty. */
function complete(state: VethState): void {
  const { spec, softirq } = state;
  let timer = false;
  if (state.taken > 0) {
    state.polls++;
    state.defersLeft = spec.napiDeferHardIrqs;
    timer = spec.groFlushTimeoutNs > 0;
  }
  state.masked = state.defersLeft > 0 && spec.groFlushTimeoutNs > 0;
  if (state.defersLeft > 0) state.defersLeft--;
  timer ||= state.masked;
  state.polling = false;
  state.taken = 0;
  meetTick(state, softirq.nowNs);
  if (timer) state.flushOld(state.reasons.pollEnd);
  else state.flushAll(state.reasons.pollEnd);
  state.timerPollNs = timer
    ? softirq.nowNs + spec.groFlushTimeoutNs + timerLatencyNs(state)
    : Number.POSITIVE_INFINITY;
}

/** A processor that waits for the timer alone is asleep. */
function timerLatencyNs(state: VethState): number {
  if (state.masked) return state.spec.timerLatencyNs;
  state.timers = (state.timers + GOLDEN_RATIO) % 1;
  return state.timers < state.spec.awakeShare ? 0 : state.spec.timerLatencyNs;
}

/** Polls of the timer that find nothing deliver nothing before the next tick: only the last of them is looked at. */
function skipIdlePolls(state: VethState, untilNs: number): void {
  const { spec, softirq } = state;
  const periodNs = spec.groFlushTimeoutNs + spec.timerLatencyNs;
  const endNs = Math.min(untilNs, ((state.tick + 1) * 1e9) / spec.hz);
  const polls = Math.min(state.defersLeft - 1, Math.ceil((endNs - softirq.nowNs) / periodNs) - 1);
  if (polls <= 0) return;
  state.defersLeft -= polls;
  softirq.nowNs += polls * periodNs;
}

function meetTick(state: VethState, nowNs: number): void {
  const tick = Math.floor((nowNs * state.spec.hz) / 1e9);
  if (tick === state.tick) return;
  state.tick = tick;
  state.beginTick();
}
