/** dpdk-gro and wireguard once more, slow and plain, from docs/engines/dpdk-gro.md and wireguard.md. */
import type { Reason } from '../../src/coalesce/reason.ts';
import type { PlainSegment } from './plain-segment.ts';
import type { Model, ModelSkb } from './session-models.ts';

interface Member {
  readonly packet: number;
  readonly segment: PlainSegment;
}

/** In the order of sequence numbers. */
type Item = readonly Member[];

interface Rules {
  readonly burst: number;
  readonly passes: (segment: PlainSegment) => Reason | null;
  /** Whether the packets, without a gap in this order, may be one item. */
  readonly isItem: (segments: readonly PlainSegment[]) => boolean;
}

function runItems({ burst, passes, isItem }: Rules): Model {
  return (segments, lastPackets) => {
    const out: ModelSkb[] = [];
    let items: Item[] = [];
    let inBurst = 0;
    const endAll = (reason: Reason): void => {
      for (const item of items) out.push({ packets: item.map(({ packet }) => packet), reason });
      items = [];
      inBurst = 0;
    };
    const mayBe = (members: Item): boolean => {
      const segments = members.map((member) => member.segment);
      const follow = segments.every(
        ({ seq }, i) => i === 0 || seq === (segments[i - 1]!.seq + segments[i - 1]!.payload) % 2 ** 32,
      );
      const ipBytes = segments.reduce(
        (sum, { payload }) => sum + payload,
        segments[0]!.ipBytes - segments[0]!.payload,
      );
      return follow && ipBytes <= 65_535 && isItem(segments);
    };
    segments.forEach((segment, packet) => {
      if (inBurst === burst) endAll('burst-end');
      inBurst++;
      const reason = passes(segment);
      if (reason !== null) out.push({ packets: [packet], reason });
      else {
        const member = { packet, segment };
        let found = false;
        items = items.map((item) => {
          const longer = [
            [...item, member],
            [member, ...item],
          ].find(mayBe);
          if (found || longer === undefined) return item;
          found = true;
          return longer;
        });
        if (!found) items.push([member]);
      }
      if (lastPackets.includes(packet)) endAll('poll-end');
    });
    endAll('capture-end');
    return out;
  };
}

/** Whether all have the same. */
function same(segments: readonly PlainSegment[], of: (segment: PlainSegment) => unknown): boolean {
  return new Set(segments.map((segment) => String(of(segment)))).size === 1;
}

export interface DpdkModelOptions {
  readonly older: boolean;
  readonly maxAggr: number;
  readonly burst: number;
  readonly verify: boolean;
}

export function dpdkModel({ older, maxAggr, burst, verify }: DpdkModelOptions): Model {
  return runItems({
    burst,
    passes: (segment) => {
      if (segment.family === 6) return 'not-ipv4';
      if (segment.refused !== null) return segment.refused;
      if (verify && !segment.checksumsRight) return 'checksum';
      if (!(older ? [16] : [16, 17, 24, 25]).includes(segment.flags)) return 'tcp-flags';
      return segment.payload === 0 ? 'no-payload' : null;
    },
    isItem: (segments) =>
      segments.length <= maxAggr &&
      same(segments, ({ flow, macs, ack, options, df, linkBytes }) => [
        flow,
        macs,
        ack,
        options,
        df,
        linkBytes,
      ]) &&
      (segments[0]!.df ||
        segments.every(({ id }, i) => i === 0 || id === (segments[i - 1]!.id + 1) % 65_536)),
  });
}

export function wireguardModel(): Model {
  return runItems({
    burst: Number.POSITIVE_INFINITY,
    passes: (segment) => {
      if (segment.refused !== null) return segment.refused;
      if (!segment.checksumsRight) return 'checksum';
      if (segment.flags !== 16 && segment.flags !== 24) return 'tcp-flags';
      return segment.payload === 0 ? 'no-payload' : null;
    },
    isItem: (segments) => {
      const size = segments[0]!.payload;
      const allButLast = segments.slice(0, -1);
      return (
        same(segments, ({ flow, ack, options, df, tos, ttl, linkBytes }) =>
          [flow, ack, options, df, tos, ttl, linkBytes].join(),
        ) &&
        allButLast.every(({ payload, flags }) => payload === size && flags === 16) &&
        segments.at(-1)!.payload <= size
      );
    },
  });
}
