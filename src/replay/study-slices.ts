/** What a study counts, slice by slice in time: how much its results vary within the capture. */
import { REASONS } from '../coalesce/reason.ts';
import { costOf } from '../cost/cycles.ts';
import { type Law, predictGoodput } from '../cost/laws.ts';
import type { Profile } from '../cost/profile.ts';
import { EVENT, EVENTS } from '../path/events.ts';
import type { ReceiveMode } from '../path/netback.ts';
import type { ConfigurationCounts, RunningCounts } from './configurations.ts';
import type { TrafficCounts } from './observe.ts';
import type { SlicedConfiguration, SlicedResult } from './result.ts';
import type { Sliced } from './time-slices.ts';

/** What cycles and throughput of a slice depend on. */
interface Pricing {
  readonly law: Law;
  readonly profile: Profile;
  readonly path: { readonly receiveMode: ReceiveMode };
}

type LinkUse = Pick<TrafficCounts, 'goodputBytes' | 'frames' | 'frameBytes'>;

const LINK_SUMS = 3;
/** Packets held, the time they were held, polls, interrupts, packets dropped. */
const OTHER_SUMS = 5;
const CONFIGURATION_SUMS = EVENTS.length + REASONS.length + OTHER_SUMS;

/** Everything that a slice needs, as one array of sums. */
export function sumsOf(use: LinkUse, counts: readonly RunningCounts[]): Float64Array {
  const sums = new Float64Array(LINK_SUMS + counts.length * CONFIGURATION_SUMS);
  sums.set([use.goodputBytes, use.frames, use.frameBytes]);
  for (const [index, { events, skbsOf, holds, polls, interrupts, dropped }] of counts.entries()) {
    const at = LINK_SUMS + index * CONFIGURATION_SUMS;
    const reasonsAt = at + EVENTS.length;
    sums.set(events, at);
    sums.set(skbsOf, reasonsAt);
    sums.set([holds.count, holds.sumNs, polls, interrupts ?? 0, dropped], reasonsAt + REASONS.length);
  }
  return sums;
}

/** @param whole what the configurations did in all, in the order of `sumsOf` */
export function slicedResult(
  { lengthsNs, added }: Sliced,
  options: Pricing,
  whole: readonly ConfigurationCounts[],
): SlicedResult {
  return {
    lengthsNs,
    goodputBytes: added.map((sums) => sums[0]!),
    configurations: whole.map((one, index) =>
      slicedConfiguration(added, LINK_SUMS + index * CONFIGURATION_SUMS, options, one),
    ),
  };
}

function slicedConfiguration(
  added: readonly Float64Array[],
  at: number,
  options: Pricing,
  { setup: { name }, reasons, interrupts, holdTimes }: ConfigurationCounts,
): SlicedConfiguration {
  const reasonsAt = at + EVENTS.length;
  const othersAt = reasonsAt + REASONS.length;
  const column = (index: number): number[] => added.map((sums) => sums[index]!);
  const priced = added.map((sums) => pricedSlice(sums, sums.subarray(at, reasonsAt), options, name));
  const unexplained = priced.map((slice) => slice.unexplained ?? 0);
  return {
    name,
    dataPackets: column(at + EVENT.dataPackets),
    dataSkbs: column(at + EVENT.dataSkbs),
    skbs: column(at + EVENT.skbs),
    reasons: reasons.map(({ reason }) => ({ reason, skbs: column(reasonsAt + REASONS.indexOf(reason)) })),
    domain0Cycles: priced.map((slice) => slice.domain0),
    domainUCycles: priced.map((slice) => slice.domainU),
    unexplainedDomainUCycles: priced.some((slice) => slice.unexplained !== null) ? unexplained : null,
    predictedNs: priced.some((slice) => slice.predictedNs !== null)
      ? priced.map((slice) => slice.predictedNs ?? 0)
      : null,
    heldPackets: holdTimes === null ? null : column(othersAt),
    heldNs: holdTimes === null ? null : column(othersAt + 1),
    polls: column(othersAt + 2),
    interrupts: interrupts === null ? null : column(othersAt + 3),
    dropped: column(othersAt + 4),
  };
}

function pricedSlice(
  [goodputBytes = 0, frames = 0, frameBytes = 0]: Float64Array,
  events: Float64Array,
  { law, profile, path: { receiveMode } }: Pricing,
  configuration: ConfigurationCounts['setup']['name'],
): { domain0: number; domainU: number; unexplained: number | null; predictedNs: number | null } {
  const cost = costOf({ events, profile, receiveMode, configuration, goodputBytes });
  const { mbps } = predictGoodput(law, profile, { goodputBytes, frames, frameBytes }, cost);
  const { domain0, domainU, unexplainedDomainU: unexplained } = cost.cycles;
  return {
    domain0,
    domainU,
    unexplained,
    predictedNs: mbps === null ? null : (goodputBytes * 8 * 1000) / mbps,
  };
}
