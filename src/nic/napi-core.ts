/**
 * The NAPI simulation in the core (wasm/napi.ts): it takes the usual packets of a lane whose state is copied in before
 * and out after each call. Arrays lie there anyway.
 */
import { type NapiSpec, type NapiState, WAITING } from './napi-state.ts';
import type { CoreTarget } from './poll-model.ts';
import { priceSkb } from './softirq.ts';

/** Doubles of the lane, as in wasm/lane.ts. */
const DOUBLES = 19;
/** Of them those that do not change. */
const FIXED_DOUBLES = 14;
/** Words, which stand behind the doubles. */
const WORDS = 36;
const TOOK = 9;
const AGGREGATED = 10;
const FLUSHED = 11;
const LOGGED = 12;
const FIXED_WORDS = 13;

/** Of an entry of the log: reason, segments, payload bytes, frame bytes, times. */
const ENTRY_WORDS = 5;
const END_OF_POLL = -1;
/** The log must hold what one packet brings about, whichever sessions are open. */
const MOST_SLOTS = 256;
/** Packets that the core is not asked about after many that it left over. */
const MOST_SKIPPED = 64;

/** Takes usual packets from the given one on; returns the first that it leaves over. */
type TakeUsual = (from: number, to: number) => number;

/** Null where the core cannot run this lane. */
export function createNapiCore(spec: NapiSpec, state: NapiState): TakeUsual | null {
  const { usual } = state.target;
  const { moderation } = spec;
  if (usual === undefined || moderation.kind === 'dynamic' || usual.merge.maxDesc > MOST_SLOTS) return null;
  const { core } = usual;
  const room = core.reserve(8 * DOUBLES + 4 * WORDS);
  const arrays = arraysOf(state, usual);
  if (room === null || arrays.some((array) => array.buffer !== core.buffer)) return null;
  const { softirq } = state;
  const doubles = new Float64Array(core.buffer, room.byteOffset, DOUBLES);
  const words = new Int32Array(core.buffer, room.byteOffset + 8 * DOUBLES, WORDS);
  const log = new Int32Array(core.buffer, core.at.LOG, ENTRY_WORDS * core.at.LOG_ENTRIES);
  const delayUs = moderation.kind === 'interval' ? moderation.intervalUs : moderation.rxUsecs;
  const { nsPerPacket, nsPerPoll } = softirq;
  doubles.set([state.latencyNs, spec.timeScale, nsPerPacket, nsPerPoll, delayUs * 1000], FIXED_DOUBLES);
  const id = core.prices.push((...size) => priceSkb(softirq, ...size)) - 1;
  const { maxDesc, maxAggr, lengthLimit, reasonAlone, reasonMaxAggr, reasonMaxLength } = usual.merge;
  words.set(
    [
      id,
      state.weight,
      Number(state.pollsAgain),
      Number(moderation.kind === 'interval'),
      Number(moderation.kind === 'coalesce' && moderation.timer === 'last'),
      moderation.kind === 'coalesce' ? moderation.rxFrames : 0,
      spec.ringPackets,
      maxDesc,
      maxAggr,
      lengthLimit,
      reasonAlone,
      state.reasons.pollEnd,
      reasonMaxAggr,
      reasonMaxLength,
      usual.merge.slots?.byteOffset ?? 0,
      ...arrays.map((array) => array.byteOffset).slice(-8),
    ],
    FIXED_WORDS,
  );
  let skip = 0;
  let skipped = 0;
  return (from, to) => {
    // What an engine does not take for usual comes in long runs, as a connection without timestamps.
    if (skipped < skip) {
      skipped++;
      return from;
    }
    copyIn(state, doubles, words);
    const next = core.kernels.runNapi(room.byteOffset, from, to);
    copyOut(state, doubles, words);
    usual.count(words[TOOK]!, words[AGGREGATED]!, words[FLUSHED]!);
    tell(usual, log, words[LOGGED]! * ENTRY_WORDS);
    skipped = 0;
    skip = next > from ? 0 : Math.min(2 * skip + 1, MOST_SKIPPED);
    return next;
  };
}

/** All arrays that the core works on, those that it is told of last. */
function arraysOf({ ring, softirq }: NapiState, { merge }: CoreTarget): readonly (Int32Array | Float64Array)[] {
  const { holds, sizesOfSkbs, nsOfSkbs } = softirq;
  const { arrivalNs, next, newestOf, offsetNs, histogram } = holds;
  const slots = merge.slots === null ? [] : [merge.slots];
  return [
    ...slots,
    ring.takenNs,
    arrivalNs,
    next,
    newestOf,
    offsetNs,
    histogram.buckets,
    sizesOfSkbs,
    nsOfSkbs,
  ];
}

function tell(usual: CoreTarget, log: Int32Array, end: number): void {
  for (let at = 0; at < end; at += ENTRY_WORDS) {
    const reason = log[at]!;
    const times = log[at + 4]!;
    if (reason === END_OF_POLL) usual.pollEnd();
    else usual.deliver(times, reason, log[at + 1]!, log[at + 2]!, log[at + 3]!);
  }
}

function copyIn(state: NapiState, doubles: Float64Array, words: Int32Array): void {
  const { softirq, ring } = state;
  const { memory } = state.moderation;
  const { holds } = softirq;
  const { histogram } = holds;
  doubles[0] = state.arrivalNs;
  doubles[1] = state.armedNs;
  doubles[2] = state.fireNs;
  doubles[3] = state.takenPackets;
  doubles[4] = state.takenBytes;
  doubles[5] = state.polls;
  doubles[6] = state.dropped;
  doubles[7] = state.interrupts;
  doubles[8] = softirq.nowNs;
  doubles[9] = memory.timerNs;
  doubles[10] = memory.lastNs;
  doubles[11] = histogram.count;
  doubles[12] = histogram.sumNs;
  doubles[13] = histogram.maxNs;
  words[0] = state.phase;
  words[1] = state.waiting;
  words[2] = state.inPoll;
  words[3] = ring.head;
  words[4] = ring.count;
  words[5] = ring.waiting;
  words[6] = holds.used;
  words[7] = holds.free;
  words[8] = holds.offsets;
  words[TOOK] = 0;
  words[AGGREGATED] = 0;
  words[FLUSHED] = 0;
  words[LOGGED] = 0;
}

function copyOut(state: NapiState, doubles: Float64Array, words: Int32Array): void {
  const { softirq, ring } = state;
  const { memory } = state.moderation;
  const { holds } = softirq;
  const { histogram } = holds;
  state.arrivalNs = doubles[0]!;
  state.armedNs = doubles[1]!;
  state.fireNs = doubles[2]!;
  state.takenPackets = doubles[3]!;
  state.takenBytes = doubles[4]!;
  state.polls = doubles[5]!;
  state.dropped = doubles[6]!;
  state.interrupts = doubles[7]!;
  softirq.nowNs = doubles[8]!;
  memory.timerNs = doubles[9]!;
  memory.lastNs = doubles[10]!;
  histogram.count = doubles[11]!;
  histogram.sumNs = doubles[12]!;
  histogram.maxNs = doubles[13]!;
  state.phase = words[0]!;
  state.waiting = words[1]!;
  state.inPoll = words[2]!;
  ring.head = words[3]!;
  ring.count = words[4]!;
  ring.waiting = words[5]!;
  holds.used = words[6]!;
  holds.free = words[7]!;
  holds.offsets = words[8]!;
  holds.waiting = state.phase === WAITING;
}
