/** From the records of many settings to advice: `analyze tune`. */
import {
  distanceFromBest,
  isWorth,
  judge,
  LEAST_RANGE_SHARE,
  type Objectives,
  WORTH_DISTANCE,
  WORTH_SHARE,
} from './front.ts';
import type { ResultRecord } from './result.ts';
import type { TuneOutcome, TunePart, TuneRecord, TuneSetting, TuneVerdict } from './tune-result.ts';

/** A setting to try. */
export type Candidate = Pick<TuneSetting, 'rxUsecs' | 'rxFrames' | 'merging' | 'commands'>;

export interface TuneInput {
  /** The first is the default. */
  readonly candidates: readonly Candidate[];
  /** A record for each candidate. */
  readonly whole: readonly ResultRecord[];
  readonly parts: readonly {
    readonly fromNs: number;
    readonly toNs: number;
    readonly records: readonly ResultRecord[];
  }[];
}

/** Assumed: a setting that drops more of the packets is out of the question. */
const MOST_DROPPED_SHARE = 0.001;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const MOST_DROPPED_PERCENT = `${100 * MOST_DROPPED_SHARE} %`;

export const TUNE_RULES: readonly string[] = [
  `Front: settings that no other one beats. A setting beats another if it is as good in LRO rate, driver-domain cycles per byte and p99 latency, and better in one of them. Settings that drop more than ${MOST_DROPPED_PERCENT} of the packets are left out.`,
  `Knee: the point of the front nearest to its best corner, by the straight-line distance, where skbs per data packet (1 / LRO rate), cycles and latency each count 0 at the best value of the front and 1 at its worst, or at ${percent(LEAST_RANGE_SHARE)} more than the best if the worst is nearer.`,
  `Worth a change: the knee is at least ${WORTH_DISTANCE} nearer to that corner than the default, and better in one of the three by ${percent(WORTH_SHARE)} or more; or the default drops more than ${MOST_DROPPED_PERCENT}. These numbers are assumed.`,
];

export function tuneRecord({ candidates, whole, parts }: TuneInput): TuneRecord {
  const outcomes = whole.map(outcomeOf);
  const ofParts = parts.map(({ records }) => records.map(outcomeOf));
  const { front, ...verdict } = judge(objectivesOf(outcomes));
  const first = whole[0]!;
  const [one] = first.configurations;
  return {
    recordVersion: 1,
    tool: first.tool,
    capture: first.capture,
    receiver: first.receiver,
    options: first.options,
    engine: one!.engine,
    configuration: one!.name,
    settings: candidates.map((candidate, index) => ({
      ...candidate,
      whole: outcomes[index]!,
      parts: ofParts.map((part) => part[index]!),
      onFront: front.includes(index),
    })),
    verdict,
    parts: parts.map(({ fromNs, toNs }, index) => ({
      fromNs,
      toNs,
      ...judgePart(ofParts[index]!, verdict),
    })),
    rules: TUNE_RULES,
    assumptions: assumptionsOf(first),
    warnings: first.warnings,
  };
}

/** A part agrees if there, by its own front, the advice is worth it too, or nothing is. */
function judgePart(
  outcomes: readonly TuneOutcome[],
  { advice }: TuneVerdict,
): Pick<TunePart, 'verdict' | 'agrees'> {
  const all = objectivesOf(outcomes);
  const { front, ...verdict } = judge(all);
  const base = all[0] ?? null;
  if (advice === null) return { verdict, agrees: verdict.advice === null };
  const advised = all[advice] ?? null;
  if (advised === null) return { verdict, agrees: false };
  if (base === null) return { verdict, agrees: true };
  const distance = distanceFromBest(front.map((index) => all[index]!));
  return { verdict, agrees: isWorth(base, advised, distance) };
}

/** Null where one of the three is missing, or where too much is dropped. */
function objectivesOf(outcomes: readonly TuneOutcome[]): (Objectives | null)[] {
  return outcomes.map(({ lroRate, domain0CyclesPerByte, latencyP99Us, droppedShare }) =>
    lroRate === null ||
    domain0CyclesPerByte === null ||
    latencyP99Us === null ||
    droppedShare > MOST_DROPPED_SHARE
      ? null
      : // Skbs a packet: what the host spends falls with this, not with the LRO rate.
        [1 / lroRate, domain0CyclesPerByte, latencyP99Us],
  );
}

function outcomeOf({ configurations: [one] }: ResultRecord): TuneOutcome {
  const { lroRate, predictedThroughputMbps, domain0, domainU, latency, counters } = one!;
  return {
    lroRate,
    domain0CyclesPerByte: domain0.cyclesPerByte,
    domainUCyclesPerByte: domainU.cyclesPerByte,
    predictedThroughputMbps,
    latencyMeanUs: latency?.meanUs ?? null,
    latencyP99Us: latency?.p99Us ?? null,
    interrupts: counters.interrupts,
    dropped: counters.dropped,
    droppedShare: counters.dropped === 0 ? 0 : counters.dropped / (counters.dropped + counters.packets),
  };
}

function assumptionsOf({ options, profileNote, configurations }: ResultRecord): string[] {
  const gro = configurations[0]!.engine === 'linux-gro';
  return [
    `Polls: ${options.pollDescription} is the default; the others change its interrupt only.`,
    'Packets arrive when the capture says, whatever the receiver does: a sender that waits for ACKs would react to added latency, and one that is slowed down would send larger bursts.',
    'A capture from behind a moderating NIC has the batches of that NIC in its time stamps.',
    `Cycles: profile ${options.profile}, receive mode ${options.receiveMode}: ${profileNote}`,
    gro
      ? 'gro_flush_timeout is 0, so that each poll that ends flushes; other values are not modelled.'
      : 'Linux since mid-2008 (commit 0187bdfb0567) switches LRO off on ports of a bridge and with IP forwarding; what can be switched on there is GRO: --engine linux-gro.',
    'Drivers round some values and refuse others: ethtool -c shows what was taken.',
    'Latency: from the arrival at the NIC until the skb leaves the driver; not the way to the application.',
  ];
}
