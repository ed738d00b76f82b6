/**
 * The way of an skb from the driver through bridge, netback and netfront into the guest, in one of the
 * three configurations of the study, as counted events. Only what depends on the order of skbs is counted skb
 * by skb; what follows from their sizes is counted size by size, what follows from sums is derived at the end of the run.
 */
import type { Core } from '../capture/core.ts';
import { deriveLinearised, drop, linearise } from './bridge.ts';
import { addRun, createEvents, EVENT, type RunCounts } from './events.ts';
import { acksOf, deriveCopyToUser, type GuestState, receiveInGuest } from './guest.ts';
import {
  createNetbackState,
  FORM,
  type FragmentCopy,
  type Netback,
  type NetbackState,
  type ReceiveMode,
} from './netback.ts';
import { receiveInNetfront } from './netfront.ts';
import { createPassSkbs, type PassSkbs } from './path-core.ts';
import { netbackOf } from './receive-modes.ts';
import { type CountSkbs, createSkbTally, placeOf, type SkbTally, settleAll } from './skb-tally.ts';
import type { XenConfiguration } from './xen-configurations.ts';

export interface XenPathOptions {
  readonly configuration: XenConfiguration;
  readonly receiveMode: ReceiveMode;
  /**
   * How the merge engine builds a super-packet: a chain of skbs (`skb`, which a vif cannot take) or page
   * fragments of one skb (`frags`, which it can, so that `LRO` has nothing to linearise either).
   */
  readonly lroMode: 'skb' | 'frags';
  /** What `grant-copy` does with a fragment list; `software` where left out. */
  readonly fragmentCopy?: FragmentCopy;
  /** Linear buffers of a higher page order cannot be allocated; where left out, all can. */
  readonly lineariseMaxOrder?: number;
}

export interface XenPath {
  /**
   * Takes one skb of any kind. `segments`: wire packets merged into it, 1 for everything that was not
   * merged. `payloadBytes`: its TCP payload, 0 for pure ACKs and other traffic. `frameBytes`: L, the
   * Ethernet header (14) and all bytes that its IP length counts; no padding, preamble or FCS.
   */
  deliver(segments: number, payloadBytes: number, frameBytes: number): void;
  /** The same as `times` of these calls; with `polls` and `pollEnd` after them, and all that so often. */
  deliverRun(segments: number, payloadBytes: number, frameBytes: number, times: number, polls: number): void;
  /** Takes such runs from the core's log, from the given one on; returns the first that it leaves over. */
  passInCore(from: number, to: number): number;
  /** Ends netback's batch with the NAPI poll: call it after the engine's flush. */
  pollEnd(): void;
  /** The counts so far, by index of `EVENTS`; what is in netback's open batch is not among them. */
  snapshot(run: RunCounts): Float64Array;
  /** Ends the run, once, and returns the counts by index of `EVENTS`. */
  finish(run: RunCounts): Float64Array;
}

const SKBS = EVENT.skbs;
const DATA_SKBS = EVENT.dataSkbs;
const DATA_PACKETS = EVENT.dataPackets;
const PAYLOAD_BYTES = EVENT.payloadBytes;
const FRAME_BYTES = EVENT.frameBytes;
const SUPER_PACKETS = EVENT.superPackets;
const SUPER_PAYLOAD_BYTES = EVENT.superPacketPayloadBytes;
const SUPER_FRAME_BYTES = EVENT.superPacketFrameBytes;

/** Of a size whose skbs are dropped, in place of what they take of a batch. */
const DROPPED = -1;

const NO_RUN: RunCounts = { receivedFrames: 0, enginePackets: 0, polls: 0 };

/** What one path keeps. */
interface PathState {
  /** Without what is in the tally, in netback's and in the guest's state. */
  readonly events: Float64Array;
  readonly linearises: boolean;
  readonly lineariseMaxOrder: number;
  readonly superPacketForm: number;
  readonly netback: Netback;
  readonly netbackState: NetbackState;
  readonly guest: GuestState;
  readonly core: Core | null;
  /** Made for the first run of equal skbs. */
  tally: SkbTally | null;
  /** Null where there is no core or it has no room, undefined as long as nobody asked for it. */
  passInCore: PassSkbs | null | undefined;
  readonly count: CountSkbs;
}

/** @param core whose log of skbs it may take */
export function createXenPath(options: XenPathOptions, core: Core | null = null): XenPath {
  const state = createState(options, core);
  return {
    deliver: (segments, payloadBytes, frameBytes) => deliver(state, segments, payloadBytes, frameBytes),
    deliverRun: (segments, payloadBytes, frameBytes, times, polls) =>
      deliverRun(state, segments, payloadBytes, frameBytes, times, polls),
    passInCore(from, to) {
      if (state.passInCore === undefined) state.passInCore = passerOf(state);
      return state.passInCore === null ? from : state.passInCore(from, to);
    },
    pollEnd: () => state.netback.pollEnd(state.netbackState),
    snapshot(run) {
      settle(state);
      return derived(state, state.events.slice(), run);
    },
    finish(run) {
      settle(state);
      return finish(state, run);
    },
  };
}

/** Counts what one skb brings about, alone on its path; in an array that the next one overwrites. */
export function createLonePath(
  options: XenPathOptions,
): (segments: number, payloadBytes: number, frameBytes: number) => Float64Array {
  const state = createState(options, null);
  return (segments, payloadBytes, frameBytes) => {
    state.events.fill(0);
    state.netbackState.hypercalls = 0;
    state.guest.inRow = 0;
    state.guest.acks = 0;
    deliver(state, segments, payloadBytes, frameBytes);
    return finish(state, NO_RUN);
  };
}

function createState(options: XenPathOptions, core: Core | null): PathState {
  const netback = netbackOf(options.receiveMode, options.fragmentCopy);
  const linearises =
    options.configuration === 'LRO' && options.lroMode === 'skb' && !netback.takesFragmentLists;
  const state: PathState = {
    events: createEvents(),
    linearises,
    lineariseMaxOrder: options.lineariseMaxOrder ?? Number.POSITIVE_INFINITY,
    superPacketForm: linearises ? FORM.LINEAR : FORM.FRAGMENTS,
    netback,
    netbackState: createNetbackState(),
    guest: { knowsSegmentSize: netback.carriesSegmentSize, inRow: 0, acks: 0 },
    core,
    tally: null,
    passInCore: undefined,
    count: (segments, payloadBytes, frameBytes, times) =>
      countSkbs(state, segments, payloadBytes, frameBytes, times),
  };
  return state;
}

// The functions below stand outside of createXenPath because V8 takes the indices above for constants only
// in a function that exists once: that halves the time of an skb against the same code in a closure.

function deliver(state: PathState, segments: number, payloadBytes: number, frameBytes: number): void {
  const each = countSkbs(state, segments, payloadBytes, frameBytes, 1);
  passInOrder(state, each, segments, payloadBytes, 1, 0);
}

function deliverRun(
  state: PathState,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
  polls: number,
): void {
  if (times === 0) {
    if (polls > 0) state.netback.pollEnd(state.netbackState);
    return;
  }
  const tally = tallyOf(state);
  const place = placeOf(tally, segments, payloadBytes, frameBytes, state.count);
  tally.skbs[place]! += times * Math.max(1, polls);
  passInOrder(state, tally.marks[place]!, segments, payloadBytes, times, polls);
}

function tallyOf(state: PathState): SkbTally {
  state.tally ??= createSkbTally(state.core);
  return state.tally;
}

function passerOf(state: PathState): PassSkbs | null {
  const { core, netback, netbackState, guest } = state;
  return core === null ? null : createPassSkbs(core, netback, netbackState, guest, tallyOf(state));
}

/** Counts all that follows from the size of so many skbs. Returns what each takes of a batch, or DROPPED. */
function countSkbs(
  state: PathState,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
): number {
  const { events } = state;
  events[SKBS]! += times;
  events[FRAME_BYTES]! += times * frameBytes;
  if (payloadBytes > 0) {
    events[DATA_SKBS]! += times;
    events[DATA_PACKETS]! += times * segments;
    events[PAYLOAD_BYTES]! += times * payloadBytes;
  }
  let form: number = FORM.DRIVER_BUFFER;
  if (segments > 1) {
    events[SUPER_PACKETS]! += times;
    events[SUPER_PAYLOAD_BYTES]! += times * payloadBytes;
    events[SUPER_FRAME_BYTES]! += times * frameBytes;
    form = state.superPacketForm;
    if (state.linearises && !linearise(events, state.lineariseMaxOrder, segments, payloadBytes, times)) {
      drop(events, segments, payloadBytes, frameBytes, times);
      return DROPPED;
    }
  }
  receiveInNetfront(events, frameBytes, times);
  return state.netback.count(events, form, segments, payloadBytes, frameBytes, times);
}

/** `inPoll` skbs that take `each` of a batch; with `polls` the end of a poll after them, and all that so often. */
function passInOrder(
  state: PathState,
  each: number,
  segments: number,
  payloadBytes: number,
  inPoll: number,
  polls: number,
): void {
  const { netback, netbackState } = state;
  if (each === DROPPED) {
    if (polls > 0) netback.pollEnd(netbackState);
    return;
  }
  const rounds = Math.max(1, polls);
  for (let round = 0; round < rounds; round++) {
    netback.fill(netbackState, each, inPoll);
    if (polls > 0) netback.pollEnd(netbackState);
  }
  if (payloadBytes > 0) receiveInGuest(state.guest, segments, inPoll * rounds);
}

function finish(state: PathState, run: RunCounts): Float64Array {
  state.netback.pollEnd(state.netbackState);
  return derived(state, state.events, run);
}

function settle({ tally, count }: PathState): void {
  if (tally !== null) settleAll(tally, count);
}

/** Adds to counts by size what follows from the order of skbs, from sums and from the run. */
function derived(state: PathState, events: Float64Array, run: RunCounts): Float64Array {
  const { hypercalls } = state.netbackState;
  events[EVENT.hypercalls] = hypercalls;
  events[EVENT.eventNotifications] = hypercalls;
  events[EVENT.guestAcks] = acksOf(state.guest);
  addRun(events, run);
  if (state.linearises) deriveLinearised(events);
  state.netback.finish(events);
  deriveCopyToUser(events);
  return events;
}
