/** Where a capture was taken, by the marks that capture-point.ts counts. Thresholds are assumed, not fitted. */
import type { CapturePointCounts, SideCounts } from '../packet/capture-point.ts';
import { frameTimeNs } from '../packet/link-spread.ts';
import type { CaptureHost, CapturePoint, CaptureTiming, Certainty, Verdict } from './capture-report.ts';

const [RIGHT, PARTIAL] = [0, 1];
/** Share of packets that makes a habit of it, and the share that may be chance. */
const MOST = 0.5;
const FEW = 0.05;
/** How much faster the nearer host answers a handshake, at least. */
const NEARER = 3;
/** Fewer gaps tell nothing about how packets follow each other. */
const ENOUGH_GAPS = 100;

/** What a strong mark weighs, against 1 of a weak one. */
const STRONG = 3;

interface Mark {
  readonly host: 'receiver' | 'sender';
  /** One cause only. */
  readonly strong: boolean;
  readonly text: string;
}

/** `hasMarks`: the capture itself tells incoming from outgoing packets, and the receiver is who they came in to. */
export function judgeHost(counts: CapturePointCounts, hasMarks: boolean): Verdict<CaptureHost> {
  const { towards, from } = counts;
  if (hasMarks) {
    const evidence = [
      'the capture marks its packets as incoming or outgoing, and incoming ones count as received',
    ];
    return { verdict: 'receiver', certainty: 'sure', evidence };
  }
  const partial = [partialShare(towards), partialShare(from)] as const;
  if (partial[0] > MOST && partial[1] > MOST) {
    const evidence = [
      'checksums of ordinary packets are not filled in, in both directions: no wire was between the two ends',
    ];
    return { verdict: 'both', certainty: 'sure', evidence };
  }
  const marks = [
    ...checksumMarks(counts, partial),
    ...lengthMarks(counts),
    ...ttlMarks(counts),
    ...timeMarks(counts),
  ];
  const weight = (host: Mark['host']): number =>
    marks.filter((mark) => mark.host === host).reduce((sum, { strong }) => sum + (strong ? STRONG : 1), 0);
  const [receiver, sender] = [weight('receiver'), weight('sender')];
  const evidence = marks.map(({ host, text }) => `${text}: at the ${host}`);
  if (receiver === sender) return { verdict: 'unknown', certainty: 'guess', evidence };
  const verdict = receiver > sender ? 'receiver' : 'sender';
  return {
    verdict,
    certainty: certaintyOf(Math.max(receiver, sender), Math.min(receiver, sender)),
    evidence,
  };
}

function certaintyOf(pro: number, contra: number): Certainty {
  if (contra > 0) return 'guess';
  // One strong mark alone may have crossed a virtual link, which carries unfinished checksums as they are.
  return pro > STRONG ? 'sure' : 'likely';
}

function checksumMarks(counts: CapturePointCounts, partial: readonly [number, number]): Mark[] {
  const marks: Mark[] = [];
  const text = (side: SideCounts, who: string): string =>
    `${side.ordinaryChecksums[PARTIAL]} of ${judged(side)} verifiable ordinary packets ${who} the receiver have checksums that a card is yet to fill in`;
  if (partial[1] > MOST && partial[0] < FEW)
    marks.push({ host: 'receiver', strong: true, text: text(counts.from, 'from') });
  if (partial[0] > MOST && partial[1] < FEW)
    marks.push({ host: 'sender', strong: true, text: text(counts.towards, 'to') });
  const { towards } = counts;
  const merged = towards.superChecksums[PARTIAL]!;
  if (merged * 2 > towards.superPackets && judged(towards) > 0 && partial[0] < FEW) {
    const what = `${merged} of ${towards.superPackets} super-packets to the receiver have the checksum that a merge leaves, ordinary packets beside them a right one`;
    marks.push({ host: 'receiver', strong: true, text: what });
  }
  return marks;
}

function lengthMarks({ towards, from }: CapturePointCounts): Mark[] {
  const text = (zero: number, who: string): string =>
    `${zero} packets ${who} the receiver have an IP length of 0, as before segmentation by the card`;
  const marks: Mark[] = [];
  if (towards.zeroLengths > 0)
    marks.push({ host: 'sender', strong: false, text: text(towards.zeroLengths, 'to') });
  if (from.zeroLengths > 0)
    marks.push({ host: 'receiver', strong: false, text: text(from.zeroLengths, 'from') });
  return marks;
}

/** A host's own packets have the TTL that it starts with; those of the other lose one at each router. */
function ttlMarks({ towards, from }: CapturePointCounts): Mark[] {
  const initial = (side: SideCounts): number =>
    side.tcpPackets === 0 ? Number.NaN : side.initialTtl / side.tcpPackets;
  const what = 'still have the TTL of their host, those of the other direction have passed routers';
  const marks: Mark[] = [];
  if (initial(from) > MOST && initial(towards) < FEW)
    marks.push({ host: 'receiver', strong: false, text: `packets from the receiver ${what}` });
  if (initial(towards) > MOST && initial(from) < FEW)
    marks.push({ host: 'sender', strong: false, text: `packets to the receiver ${what}` });
  return marks;
}

function timeMarks({ handshakes }: CapturePointCounts): Mark[] {
  const { receiverAnswerNs: receiver, senderAnswerNs: sender, complete } = handshakes;
  if (receiver === null || sender === null) return [];
  const us = (ns: number): string => (ns / 1000).toFixed(1);
  const text = `in ${complete} ${complete === 1 ? 'handshake' : 'handshakes'} the receiver answers after ${us(receiver)} µs, the sender after ${us(sender)} µs (median)`;
  if (receiver * NEARER < sender) return [{ host: 'receiver', strong: false, text }];
  return sender * NEARER < receiver ? [{ host: 'sender', strong: false, text }] : [];
}

/** Ordinary packets whose checksum says something. */
function judged(side: SideCounts): number {
  return side.ordinaryChecksums.slice(0, 3).reduce((sum, one) => sum + one, 0);
}

function partialShare(side: SideCounts): number {
  const all = judged(side);
  return all === 0 ? 0 : side.ordinaryChecksums[PARTIAL]! / all;
}

export function judgePoint(counts: CapturePointCounts, host: Verdict<CaptureHost>): Verdict<CapturePoint> {
  const { towards, from } = counts;
  const data = towards.dataPackets + from.dataPackets;
  if (data === 0)
    return { verdict: 'unknown', certainty: 'guess', evidence: ['there is no TCP payload in it'] };
  if (towards.superPackets + from.superPackets === 0) {
    const longest = Math.max(towards.longestIpBytes, from.longestIpBytes);
    const evidence = [
      `none of ${data} data packets is longer than the MTU or the MSS of its handshake allows; the longest has ${longest} bytes`,
    ];
    // A few short messages would be as short with offloads on.
    return { verdict: 'wire', certainty: data >= ENOUGH_GAPS ? 'sure' : 'guess', evidence };
  }
  const evidence = [...sideEvidence(towards, 'to'), ...sideEvidence(from, 'from'), ...hostEvidence(host)];
  if (host.verdict === 'unknown') return { verdict: 'super-packets', certainty: 'sure', evidence };
  if (host.verdict === 'both') return { verdict: 'before-tso', certainty: 'likely', evidence };
  const [incoming, outgoing] = host.verdict === 'receiver' ? [towards, from] : [from, towards];
  const verdict =
    outgoing.superPackets === 0
      ? 'after-gro'
      : incoming.superPackets === 0
        ? 'before-tso'
        : 'after-gro-and-before-tso';
  return { verdict, certainty: host.certainty, evidence };
}

function hostEvidence({ verdict, certainty }: Verdict<CaptureHost>): string[] {
  switch (verdict) {
    case 'unknown':
      return ['nothing tells at which end it was taken'];
    case 'both':
      return ['both ends are on one machine, where nothing splits or merges on the way'];
    default:
      return [`it was taken at the ${verdict} (${certainty})`];
  }
}

function sideEvidence(side: SideCounts, who: string): string[] {
  const { superPackets, superPayloadBytes, payloadBytes, longestIpBytes, wholeSegments, pushed } = side;
  if (superPackets === 0) return [`no super-packets ${who} the receiver`];
  const share = ((100 * superPayloadBytes) / payloadBytes).toFixed(1);
  const evidence = [
    `${superPackets} super-packets ${who} the receiver with ${share} % of the payload, up to ${longestIpBytes} bytes`,
    `${wholeSegments} of them are whole segments, or end with PSH or FIN (${pushed})`,
  ];
  if (side.idPairs > 0)
    evidence.push(
      `the IP id of the next packet is further by their segments in ${side.idsBySegments} of ${side.idPairs} cases`,
    );
  const { superChecksums } = side;
  if (superChecksums[PARTIAL]! + superChecksums[RIGHT]! > 0)
    evidence.push(
      `${superChecksums[PARTIAL]} of them have a checksum that is not filled in, ${superChecksums[RIGHT]} a right one`,
    );
  return evidence;
}

export function judgeTiming(counts: CapturePointCounts): Verdict<CaptureTiming> {
  const { gaps, shortGaps, equalStamps, linkMbps, resolutionNs, towards } = counts;
  if (gaps < ENOUGH_GAPS)
    return { verdict: 'unknown', certainty: 'guess', evidence: [`only ${gaps} gaps between packets`] };
  const percent = (part: number): string => `${((100 * part) / gaps).toFixed(1)} %`;
  const evidence = [
    `${percent(shortGaps)} of ${gaps} received packets follow in less than half the time that they take on a link of ${linkMbps} Mbit/s, ${percent(equalStamps)} at the same time`,
  ];
  if (towards.superPackets > 0) {
    evidence.push('a super-packet has one time for all its segments');
    return { verdict: 'batched', certainty: 'sure', evidence };
  }
  if (resolutionNs * 2 > frameTimeNs(1514, linkMbps)) {
    evidence.push(`times are whole multiples of ${resolutionNs} ns`);
    return { verdict: 'coarse', certainty: 'sure', evidence };
  }
  if (shortGaps > gaps / 3)
    return { verdict: 'batched', certainty: equalStamps > gaps / 10 ? 'sure' : 'likely', evidence };
  return { verdict: 'spaced', certainty: shortGaps < FEW * gaps ? 'likely' : 'guess', evidence };
}
