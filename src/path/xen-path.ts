/**
 * The way of an skb from the driver through bridge, netback and netfront into the guest, in one of the
 * three configurations of the study, as counted events. Only what depends on the single skb is counted skb
 * by skb; what follows from sums is derived once, at the end of the run.
 */
import { deriveLinearised, drop, linearise } from './bridge.ts';
import { addRun, createEvents, EVENT, type RunCounts } from './events.ts';
import { deriveCopyToUser, type GuestState, receiveInGuest } from './guest.ts';
import {
  createNetbackState,
  FORM,
  type FragmentCopy,
  type Netback,
  type NetbackState,
  type ReceiveMode,
} from './netback.ts';
import { receiveInNetfront } from './netfront.ts';
import { netbackOf } from './receive-modes.ts';

/** The three configurations of the study. */
export const XEN_CONFIGURATIONS = ['Xen', 'LRO', 'Optimized'] as const;
export type XenConfiguration = (typeof XEN_CONFIGURATIONS)[number];

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

/** What one path keeps. */
interface PathState {
  readonly events: Float64Array;
  readonly linearises: boolean;
  readonly lineariseMaxOrder: number;
  readonly superPacketForm: number;
  readonly netback: Netback;
  readonly netbackState: NetbackState;
  readonly guest: GuestState;
}

export function createXenPath(options: XenPathOptions): XenPath {
  const netback = netbackOf(options.receiveMode, options.fragmentCopy);
  const linearises =
    options.configuration === 'LRO' && options.lroMode === 'skb' && !netback.takesFragmentLists;
  const events = createEvents();
  const state: PathState = {
    events,
    linearises,
    lineariseMaxOrder: options.lineariseMaxOrder ?? Number.POSITIVE_INFINITY,
    superPacketForm: linearises ? FORM.LINEAR : FORM.FRAGMENTS,
    netback,
    netbackState: createNetbackState(events),
    guest: { events, knowsSegmentSize: netback.carriesSegmentSize, unacknowledgedBytes: 0 },
  };
  return {
    deliver: (segments, payloadBytes, frameBytes) => deliver(state, segments, payloadBytes, frameBytes, 1, 0),
    deliverRun: (segments, payloadBytes, frameBytes, times, polls) =>
      deliver(state, segments, payloadBytes, frameBytes, times, polls),
    pollEnd: () => netback.pollEnd(state.netbackState),
    snapshot: (run) => derived(state, state.events.slice(), run),
    finish: (run) => finish(state, run),
  };
}

// The functions below stand outside of createXenPath because V8 takes the indices above for constants only
// in a function that exists once: that halves the time of an skb against the same code in a closure.

function deliver(
  state: PathState,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  inPoll: number,
  polls: number,
): void {
  const { events } = state;
  const rounds = Math.max(1, polls);
  const times = inPoll * rounds;
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
      if (polls > 0) state.netback.pollEnd(state.netbackState);
      return;
    }
  }
  const { netback, netbackState } = state;
  for (let round = 0; round < rounds; round++) {
    if (inPoll > 0) netback.receive(netbackState, form, segments, payloadBytes, frameBytes, inPoll);
    if (polls > 0) netback.pollEnd(netbackState);
  }
  receiveInNetfront(events, frameBytes, times);
  if (payloadBytes > 0) receiveInGuest(state.guest, segments, payloadBytes, times);
}

function finish(state: PathState, run: RunCounts): Float64Array {
  state.netback.pollEnd(state.netbackState);
  return derived(state, state.events, run);
}

function derived(state: PathState, events: Float64Array, run: RunCounts): Float64Array {
  addRun(events, run);
  if (state.linearises) deriveLinearised(events);
  state.netback.finish(events);
  deriveCopyToUser(events);
  return events;
}
