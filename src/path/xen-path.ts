/**
 * The way of an skb from the driver through bridge, netback and netfront into the guest, in one of the
 * three configurations of the study, as counted events. Only what depends on the single skb is counted skb
 * by skb; what follows from sums is derived once, at the end of the run.
 */
import { deriveLinearised, linearise } from './bridge.ts';
import { addRun, createEvents, EVENT, type RunCounts } from './events.ts';
import {
  deriveSlots,
  endBatch,
  FIRST_COPIED_FORM,
  FORM,
  FULL_BATCH_SLOTS,
  type ReceiveMode,
  receiveInNetback,
} from './netback.ts';
import { deriveCopyToUser, receiveInNetfront } from './netfront.ts';

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
}

export interface XenPath {
  /**
   * Takes one skb of any kind. `segments`: wire packets merged into it, 1 for everything that was not
   * merged. `payloadBytes`: its TCP payload, 0 for pure ACKs and other traffic. `frameBytes`: L, the
   * Ethernet header (14) and all bytes that its IP length counts; no padding, preamble or FCS.
   */
  deliver(segments: number, payloadBytes: number, frameBytes: number): void;
  /** Ends netback's batch with the NAPI poll: call it after the engine's flush. */
  pollEnd(): void;
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
  readonly superPacketForm: number;
  readonly firstCopiedForm: number;
  /** Slots that wait for the hypercall that hands them over. */
  batchSlots: number;
}

export function createXenPath(options: XenPathOptions): XenPath {
  const linearises = options.configuration === 'LRO' && options.lroMode === 'skb';
  const state: PathState = {
    events: createEvents(),
    linearises,
    superPacketForm: linearises ? FORM.LINEAR : FORM.FRAGMENTS,
    firstCopiedForm: FIRST_COPIED_FORM[options.receiveMode],
    batchSlots: 0,
  };
  return {
    deliver: (segments, payloadBytes, frameBytes) => deliver(state, segments, payloadBytes, frameBytes),
    pollEnd: () => pollEnd(state),
    finish: (run) => finish(state, options.receiveMode, run),
  };
}

// The functions below stand outside of createXenPath because V8 takes the indices above for constants only
// in a function that exists once: that halves the time of an skb against the same code in a closure.

function deliver(state: PathState, segments: number, payloadBytes: number, frameBytes: number): void {
  const { events } = state;
  events[SKBS]! += 1;
  events[FRAME_BYTES]! += frameBytes;
  if (payloadBytes > 0) {
    events[DATA_SKBS]! += 1;
    events[DATA_PACKETS]! += segments;
    events[PAYLOAD_BYTES]! += payloadBytes;
  }
  let form: number = FORM.DRIVER_BUFFER;
  if (segments > 1) {
    events[SUPER_PACKETS]! += 1;
    events[SUPER_PAYLOAD_BYTES]! += payloadBytes;
    events[SUPER_FRAME_BYTES]! += frameBytes;
    form = state.superPacketForm;
    if (state.linearises) linearise(events, segments, payloadBytes);
  }
  state.batchSlots += receiveInNetback(events, state.firstCopiedForm, form, payloadBytes, frameBytes);
  receiveInNetfront(events, frameBytes);
  if (state.batchSlots >= FULL_BATCH_SLOTS) pollEnd(state);
}

function pollEnd(state: PathState): void {
  if (state.batchSlots === 0) return;
  endBatch(state.events);
  state.batchSlots = 0;
}

function finish(state: PathState, receiveMode: ReceiveMode, run: RunCounts): Float64Array {
  const { events } = state;
  pollEnd(state);
  addRun(events, run);
  if (state.linearises) deriveLinearised(events);
  deriveSlots(events, receiveMode);
  deriveCopyToUser(events);
  return events;
}
