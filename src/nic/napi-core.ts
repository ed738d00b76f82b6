/**
 * The NAPI simulation in the core (wasm/napi.ts): it takes the usual packets of a lane whose state is copied in before
 * and out after each call. Arrays lie there anyway. What was taken since the interrupt is not copied: only moderation
 * that follows the traffic looks at it, and that does not run there.
 */
import { type NapiSpec, type NapiState, WAITING } from './napi-state.ts';
import type { CoreTarget } from './poll-model.ts';
import { priceSkb } from './softirq.ts';

/** Doubles of the lane, as in wasm/lane.ts. */
const DOUBLES = 17;
/** Of them those that do not change. */
const FIXED_DOUBLES = 12;
/** Words, which stand behind the doubles. */
const WORDS = 34;
const FLUSHED = 9;
const LOGGED = 10;
const FIXED_WORDS = 11;

/** Of an entry of the log: reason, segments, payload bytes, frame bytes, times, polls (wasm/delivery.ts). */
const ENTRY_WORDS = 6;
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
    const { dropped } = state;
    copyIn(state, doubles, words);
    const next = core.kernels.runNapi(room.byteOffset, from, to);
    copyOut(state, doubles, words);
    usual.count(next - from - (state.dropped - dropped), words[FLUSHED]!);
    tell(usual, log, words[LOGGED]! * ENTRY_WORDS);
    skipped = 0;
    skip = next > from ? 0 : Math.min(2 * skip + 1, MOST_SKIPPED);
    return next;
  };
}

/** All arrays that the core works on, those that it is told of last. */
function arraysOf(
  { ring, softirq }: NapiState,
  { merge }: CoreTarget,
): readonly (Int32Array | Float64Array)[] {
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
    usual.deliver(log[at]!, log[at + 1]!, log[at + 2]!, log[at + 3]!, log[at + 4]!, log[at + 5]!);
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
  doubles[3] = state.polls;
  doubles[4] = state.dropped;
  doubles[5] = state.interrupts;
  doubles[6] = softirq.nowNs;
  doubles[7] = memory.timerNs;
  doubles[8] = memory.lastNs;
  doubles[9] = histogram.count;
  doubles[10] = histogram.sumNs;
  doubles[11] = histogram.maxNs;
  words[0] = state.phase;
  words[1] = state.waiting;
  words[2] = state.inPoll;
  words[3] = ring.head;
  words[4] = ring.count;
  words[5] = ring.waiting;
  words[6] = holds.used;
  words[7] = holds.free;
  words[8] = holds.offsets;
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
  state.polls = doubles[3]!;
  state.dropped = doubles[4]!;
  state.interrupts = doubles[5]!;
  softirq.nowNs = doubles[6]!;
  memory.timerNs = doubles[7]!;
  memory.lastNs = doubles[8]!;
  histogram.count = doubles[9]!;
  histogram.sumNs = doubles[10]!;
  histogram.maxNs = doubles[11]!;
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
