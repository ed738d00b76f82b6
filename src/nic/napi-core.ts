/**
 * The NAPI simulation in the core (wasm/napi.ts): it takes the usual packets of a lane whose state is copied in before
 * and out after each call. Arrays lie there anyway. What was taken since the interrupt is not copied: only moderation
 * that follows the traffic looks at it, and that does not run there.
 */
import { createTakeUsual, reserveLane, type TakeUsual } from './core-lane.ts';
import { type NapiSpec, type NapiState, WAITING } from './napi-state.ts';
import { priceSkb } from './softirq.ts';

/** Indices of the doubles and words that do not change, but for those of all lanes. */
const FIXED_DOUBLES = 13;
const FIXED_WORDS = 13;
const ADDRESSES = 27;

/** Null where the core cannot run this lane. */
export function createNapiCore(spec: NapiSpec, state: NapiState): TakeUsual | null {
  const { usual } = state.target;
  const { moderation } = spec;
  if (usual === undefined || moderation.kind === 'dynamic') return null;
  const { core } = usual;
  const lane = reserveLane(usual, state.reasons);
  const arrays = arraysOf(state);
  if (
    lane === null ||
    [usual.merge.slots, usual.merge.gro, ...arrays].some(
      (array) => (array?.buffer ?? core.buffer) !== core.buffer,
    )
  )
    return null;
  const { softirq } = state;
  const { doubles, words } = lane;
  const delayUs = moderation.kind === 'interval' ? moderation.intervalUs : moderation.rxUsecs;
  const { nsPerPacket, nsPerPoll } = softirq;
  doubles.set([state.latencyNs, spec.timeScale, nsPerPacket, nsPerPoll, delayUs * 1000], FIXED_DOUBLES);
  const id = core.prices.push((...size) => priceSkb(softirq, ...size)) - 1;
  words.set(
    [
      id,
      state.weight,
      Number(state.pollsAgain),
      Number(moderation.kind === 'interval'),
      Number(moderation.kind === 'coalesce' && moderation.timer === 'last'),
      moderation.kind === 'coalesce' ? moderation.rxFrames : 0,
      spec.ringPackets,
    ],
    FIXED_WORDS,
  );
  // It has a clock.
  words.set([...arrays.map((array) => array.byteOffset), 1], ADDRESSES);
  const run: TakeUsual = (from, to) => {
    copyIn(state, doubles, words);
    const next = core.kernels.runNapi(lane.address, from, to);
    copyOut(state, doubles, words);
    return next;
  };
  return createTakeUsual(usual, lane, run, () => state.dropped);
}

/** All arrays that the core works on, but for the sessions. */
function arraysOf({ ring, softirq }: NapiState): readonly (Int32Array | Float64Array)[] {
  const { holds, sizesOfSkbs, nsOfSkbs } = softirq;
  const { arrivalNs, next, newestOf, offsetNs, histogram } = holds;
  return [ring.takenNs, arrivalNs, next, newestOf, offsetNs, histogram.buckets, sizesOfSkbs, nsOfSkbs];
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
  doubles[12] = ring.startNs;
  words[0] = state.phase;
  words[1] = state.waiting;
  words[2] = state.inPoll;
  words[3] = ring.head;
  words[4] = ring.count;
  words[5] = ring.waiting;
  words[6] = holds.used;
  words[7] = holds.free;
  words[8] = holds.offsets;
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
  ring.startNs = doubles[12]!;
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
