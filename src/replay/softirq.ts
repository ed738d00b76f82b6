/**
 * What polls cost the driver domain, by a cost profile: the same events and coefficients as in the result, for one
 * packet, one poll and one skb at a time.
 */
import type { Core } from '../capture/core.ts';
import { type Coefficient, coefficientsOf, type Profile, type Stage } from '../cost/profile.ts';
import type { PollSpec } from '../nic/poll.ts';
import { createSoftirq, NO_CYCLES, type Softirq, type SoftirqCycles } from '../nic/softirq.ts';
import { EVENT, type EventName } from '../path/events.ts';
import { netbackOf } from '../path/receive-modes.ts';
import { createLonePath, type XenPathOptions } from '../path/xen-path.ts';

/** The path below the driver and the profile that prices it. */
export interface PathPrice extends XenPathOptions {
  readonly profile: Profile;
}

/** What a batch costs is charged once a poll: a poll of more than one batch comes out a little too cheap. */
const PER_POLL: readonly EventName[] = ['polls', 'hypercalls', 'eventNotifications'];

const NETBACK_STAGES: readonly Stage[] = ['netback', 'netback-copy', 'grant-copy'];
/** The guest's ACKs come back on a path of their own. */
const ALWAYS_ELSEWHERE: readonly Stage[] = ['acks'];

/**
 * The processor of one lane; for the models that look at no clock one that costs nothing. `core` is that of a lane
 * which it may run, with so many `slots`.
 */
export function createPricedSoftirq(
  price: PathPrice,
  merges: boolean,
  poll: PollSpec,
  core: Core | null = null,
  slots = 0,
): Softirq {
  if (poll.kind !== 'napi') return createSoftirq(NO_CYCLES, 1);
  // A poll ends with nothing held, and what waits has a descriptor.
  const limits = { slots, packets: poll.weight, waiting: poll.ringPackets };
  return createSoftirq(softirqCycles(price, merges, poll.perPacketShare), poll.cpuGhz, core, limits);
}

/**
 * @param merges whether there is a merge engine
 * @param perPacketShare of the cycles per received packet that are spent inside the poll; those of the engine
 * and of skbs all are.
 * @throws {ProfileError} if the profile has no coefficients for the receive mode.
 */
export function softirqCycles(price: PathPrice, merges: boolean, perPacketShare: number): SoftirqCycles {
  const elsewhere = netbackOf(price.receiveMode).inThread
    ? [...NETBACK_STAGES, ...ALWAYS_ELSEWHERE]
    : ALWAYS_ELSEWHERE;
  const terms = Object.values(coefficientsOf(price.profile, price.receiveMode)).filter(
    (term) => term.domain === 'Domain0' && !elsewhere.includes(term.stage),
  );
  const sumOf = (names: readonly EventName[]): number =>
    terms.filter((term) => names.includes(term.event)).reduce((sum, term) => sum + term.value, 0);
  const engineCycles = merges ? sumOf(['enginePackets']) : 0;
  return {
    perPacket: perPacketShare * sumOf(['receivedFrames']) + engineCycles,
    perPoll: sumOf(PER_POLL),
    ofSkb: skbCycles(price, terms),
  };
}

/** Cycles of one skb, which is sent down a path of its own. */
function skbCycles(price: PathPrice, terms: readonly Coefficient[]): SoftirqCycles['ofSkb'] {
  const eventsOf = createLonePath(price);
  const inSkb = terms.filter((term) => !PER_POLL.includes(term.event));
  const indices = inSkb.map((term) => EVENT[term.event]);
  return (segments, payloadBytes, frameBytes) => {
    const events = eventsOf(segments, payloadBytes, frameBytes);
    let sum = 0;
    for (const [at, index] of indices.entries()) sum += inSkb[at]!.value * events[index]!;
    return sum;
  };
}
