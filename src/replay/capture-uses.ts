/** What a capture is good for, and what to do for a better one (docs/capture.md, docs/recording.md). */
import type { CapturePointCounts } from '../packet/capture-point.ts';
import type {
  CaptureHost,
  CapturePoint,
  CaptureTiming,
  Fitness,
  Purpose,
  Use,
  Verdict,
} from './capture-report.ts';

export interface Judged {
  readonly counts: CapturePointCounts;
  readonly host: Verdict<CaptureHost>;
  readonly point: Verdict<CapturePoint>;
  readonly timing: Verdict<CaptureTiming>;
  /** Records of which not all was captured, and the shortest of them; Infinity without any. */
  readonly truncatedPackets: number;
  readonly shortestTruncationBytes: number;
  readonly cut: boolean;
}

/** Ethernet, IPv4 and TCP header with time stamps: see the warning W-SNAPLEN. */
const HEADER_BYTES = 66;

export function usesOf(judged: Judged): Use[] {
  return [
    replayUse(judged),
    coalesceUse(judged),
    checksumUse(judged),
    goodputUse(judged),
    latencyUse(judged),
  ];
}

function use(purpose: Purpose, fit: Fitness, why: string): Use {
  return { purpose, fit, why };
}

function replayUse(judged: Judged): Use {
  const { counts, host, timing } = judged;
  if (counts.towards.dataPackets === 0) return use('replay', 'no', 'the receiver got no TCP payload');
  if (headersAreCut(judged)) return use('replay', 'limited', 'packets with cut headers never merge');
  if (counts.towards.superPackets > 0)
    return use(
      'replay',
      'with-resegment',
      'super-packets must be split first; the times of their segments are then those of an idle link, not of the real one',
    );
  if (host.verdict === 'sender' || host.verdict === 'both')
    return use(
      'replay',
      'limited',
      'packets are as on the wire, but times are those at which the sender handed them over',
    );
  if (timing.verdict === 'batched')
    return use(
      'replay',
      'limited',
      'times carry the polls of the recording host (or bursts of the sender): moderation is replayed on top of it',
    );
  if (timing.verdict === 'coarse')
    return use('replay', 'limited', 'times are too coarse for this link: use --poll batch:N');
  if (timing.verdict === 'unknown')
    return use('replay', 'limited', 'too few packets for rates that mean much');
  return use('replay', 'yes', 'packets and times are those of the wire');
}

function coalesceUse(judged: Judged): Use {
  const { counts } = judged;
  if (counts.towards.dataPackets === 0) return use('coalesce', 'no', 'the receiver got no TCP payload');
  if (headersAreCut(judged)) return use('coalesce', 'limited', 'packets with cut headers never merge');
  if (counts.towards.superPackets > 0)
    return use('coalesce', 'with-resegment', 'an engine must be given segments, as they were on the wire');
  return use('coalesce', 'yes', 'given where polls end, what an engine delivers follows from the headers');
}

function checksumUse({ counts, host }: Judged): Use {
  const all = [counts.towards.ordinaryChecksums, counts.towards.superChecksums];
  const sum = (state: number): number => all.reduce((total, states) => total + states[state]!, 0);
  const [right, partial, wrong, unverifiable] = [sum(0), sum(1), sum(2), sum(3)];
  const verifiable = right + wrong;
  if (partial > verifiable)
    return use(
      'checksums',
      'no',
      host.verdict === 'sender' || host.verdict === 'both'
        ? 'the sender left them to its card, which had not filled them in yet'
        : 'merged packets do not have the checksums of what was merged',
    );
  const data = counts.towards.dataPackets;
  if (verifiable === 0 || unverifiable > data / 2)
    return use('checksums', 'no', 'payload was not captured, so that checksums of data cannot be verified');
  const found = `${wrong} of ${verifiable} verifiable packets to the receiver have a wrong one`;
  return use('checksums', unverifiable + partial > 0 ? 'limited' : 'yes', found);
}

function goodputUse({ counts, cut }: Judged): Use {
  if (counts.towards.dataPackets === 0) return use('goodput', 'no', 'the receiver got no TCP payload');
  if (cut) return use('goodput', 'limited', 'the file is cut or damaged: what stands before that counts');
  if (counts.flowsWithPeer === 0)
    return use(
      'goodput',
      'yes',
      'sequence numbers tell it; without the other direction losses cannot be told',
    );
  return use('goodput', 'yes', 'sequence numbers tell unique payload from what was sent again');
}

function latencyUse({ counts, timing, host }: Judged): Use {
  if (counts.towards.dataPackets === 0) return use('latency', 'no', 'the receiver got no TCP payload');
  if (counts.towards.superPackets > 0)
    return use('latency', 'no', 'a super-packet has one time for all its segments');
  if (timing.verdict === 'spaced' && host.verdict !== 'sender')
    return use('latency', 'yes', 'times are fine enough, and packets are spaced as on the wire');
  const why = {
    spaced: 'times are those of the sender, before the wire',
    batched: 'times carry a delay by the recording host (moderation, polls) or bursts of the sender',
    coarse: 'times are too coarse',
    unknown: 'too few packets',
  } as const;
  return use('latency', 'limited', why[timing.verdict]);
}

function headersAreCut({ shortestTruncationBytes }: Judged): boolean {
  return shortestTruncationBytes < HEADER_BYTES;
}

/** What to do: now with this capture, and for the next one. */
export function adviceFor(judged: Judged): string[] {
  const { counts, host, point, timing } = judged;
  const advice: string[] = [];
  if (counts.towards.superPackets > 0)
    advice.push('Replay it with --resegment, and --link-mbps with the rate of its link.');
  if (point.verdict !== 'wire' && point.verdict !== 'unknown')
    advice.push(
      'Next time switch offloads off before recording: ethtool -K DEVICE gro off lro off tso off gso off.',
    );
  if (host.verdict === 'sender')
    advice.push('Next time record at the receiver: what counts is when packets reached it.');
  if (host.verdict === 'both')
    advice.push('Next time record between two machines; no wire shaped these packets and their times.');
  if (timing.verdict === 'batched' && counts.towards.superPackets === 0)
    advice.push(
      'Next time use hardware time stamps (tcpdump -j adapter_unsynced), or moderation off (ethtool -C DEVICE adaptive-rx off rx-usecs 0). If the link is faster than assumed, say so with --link-mbps.',
    );
  if (timing.verdict === 'coarse')
    advice.push('Next time record nanoseconds: tcpdump --time-stamp-precision=nano, or dumpcap.');
  if (headersAreCut(judged)) advice.push('Next time capture 96 bytes of each packet, or more (-s 96).');
  if (counts.towards.dataPackets === 0)
    advice.push('Name the receiver with --receiver, or take all frames with --receiver all.');
  if (counts.flows > 0 && counts.flowsWithPeer === 0)
    advice.push(
      'Only one direction is there: the other costs little, and tells losses and who answers whom.',
    );
  if (counts.handshakes.syns === 0 && counts.flows > 0)
    advice.push('No handshake is there, so that the MSS is guessed: start recording before the connections.');
  return advice;
}
