/** What the Xen path did in each configuration, per byte and per skb: from the counted events of a record. */
import type { ConfigurationResult, DomainCost, ResultRecord } from '../replay/result.ts';

/** Null everywhere: nothing to divide by. */
export interface PathSummary {
  readonly configuration: ConfigurationResult['name'];
  /** How often a payload byte is copied. */
  readonly copiesPerByte: {
    readonly linearise: number | null;
    readonly netback: number | null;
    readonly grantCopy: number | null;
    /** The three together. */
    readonly domain0: number | null;
    readonly toUser: number | null;
  };
  /** For each skb that entered the bridge. */
  readonly perSkb: {
    readonly packets: number | null;
    readonly linearBuffers: number | null;
    /** By page order, 0 to 5 and more. */
    readonly linearBuffersByOrder: readonly (number | null)[];
    readonly netbackHeads: number | null;
    readonly netbackPages: number | null;
    readonly slots: number | null;
    readonly pageFlips: number | null;
    readonly grantCopyOperations: number | null;
    readonly hypercalls: number | null;
    readonly notifications: number | null;
    readonly acks: number | null;
    /** Super-packets whose linear buffer could not be allocated. */
    readonly dropped: number | null;
  };
  readonly domain0: DomainCost;
  readonly domainU: DomainCost;
  readonly unexplainedDomainUCyclesPerByte: number | null;
}

const ORDERS = [0, 1, 2, 3, 4, 5];

export function pathSummaries({ configurations }: ResultRecord): PathSummary[] {
  return configurations.map(pathSummary);
}

function pathSummary(one: ConfigurationResult): PathSummary {
  const { events } = one;
  const of = (name: string): number => {
    const count = events[name];
    if (count === undefined) throw new RangeError(`there is no event ${name}`);
    return count;
  };
  const per = (names: readonly string[], base: string): number | null =>
    of(base) === 0 ? null : names.reduce((sum, name) => sum + of(name), 0) / of(base);
  const perByte = (...names: string[]): number | null => per(names, 'payloadBytes');
  const perSkb = (...names: string[]): number | null => per(names, 'skbs');
  const copies = ['linearisedPayloadBytes', 'netbackCopiedPayloadBytes', 'grantCopiedPayloadBytes'] as const;
  const [linearise, netback, grantCopy] = copies;
  return {
    configuration: one.name,
    copiesPerByte: {
      linearise: perByte(linearise),
      netback: perByte(netback),
      grantCopy: perByte(grantCopy),
      domain0: perByte(...copies),
      toUser: perByte('copyToUserBytes'),
    },
    perSkb: {
      packets: perSkb('receivedFrames'),
      linearBuffers: perSkb('linearisedSkbs'),
      linearBuffersByOrder: ORDERS.map((order) => perSkb(`linearisedOrder${order}`)),
      netbackHeads: perSkb('netbackCopiedSkbs'),
      netbackPages: perSkb('netbackPages'),
      slots: perSkb('ringSlots'),
      pageFlips: perSkb('pageFlips'),
      grantCopyOperations: perSkb('grantCopyOperations'),
      hypercalls: perSkb('hypercalls'),
      notifications: perSkb('eventNotifications'),
      acks: perSkb('guestAcks'),
      dropped: perSkb('droppedSkbs'),
    },
    domain0: one.domain0,
    domainU: one.domainU,
    unexplainedDomainUCyclesPerByte: one.unexplainedDomainUCyclesPerByte,
  };
}
