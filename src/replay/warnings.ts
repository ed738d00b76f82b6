/** Warnings about a capture: a closed list of codes, each with a sentence that says what to do. See docs/warnings.md. */
import { faultMessage } from '../capture/errors.ts';
import { isKnownLinkType, linkTypeName } from '../capture/link-types.ts';
import { MOST_FLOWS } from '../packet/flows.ts';
import type { TrafficCounts } from './observe.ts';
import type { Warning } from './result.ts';
import type { Session } from './session.ts';

/** Codes after which the exit code says that something was cut or skipped. */
const DEGRADING = new Set(['W-CUT', 'W-DAMAGED', 'W-LINK-TYPE']);

export function isDegraded(warnings: readonly Warning[]): boolean {
  return warnings.some((warning) => DEGRADING.has(warning.code));
}

/** Ethernet, IPv4 and TCP header with the usual timestamp option: with fewer bytes such packets never merge. */
const SHORTEST_USEFUL_SNAPLEN = 66;

/** `1 packet`, `2 packets`. */
function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Which polls a study asked for, and which it falls back to. */
interface StudyPollChoice {
  readonly pollText: string;
  readonly withoutTimes: { readonly pollText: string } | null;
}

/** What was noticed while the capture was read. */
export function readingWarnings(session: Session): Warning[] {
  const { reader, timeOrder, flows } = session;
  const notes = reader.notes();
  const fault = reader.fault();
  const warnings: Warning[] = [];
  const warn = (code: string, message: string): void => {
    warnings.push({ code, message });
  };
  if (fault !== null) {
    warn(fault.kind === 'cut' ? 'W-CUT' : 'W-DAMAGED', faultMessage(fault));
  }
  if (notes.unknownLinkPackets > 0) {
    const unknown = [...reader.scanner.linkTypes].filter((type) => !isKnownLinkType(type)).map(linkTypeName);
    warn(
      'W-LINK-TYPE',
      `${count(notes.unknownLinkPackets, 'packet')} of ${unknown.join(', ')} could not be decoded and count as not TCP. Ethernet, Linux SLL, raw IP and NULL/LOOP captures can be.`,
    );
  }
  if (timeOrder.backwards > 0) {
    warn(
      'W-TIME-BACKWARDS',
      `time goes backwards ${count(timeOrder.backwards, 'time')} among the received packets, first at packet ${timeOrder.firstPacket}. Poll windows follow the file's order; reordercap sorts a capture by time.`,
    );
  }
  if (notes.withoutTime > 0) {
    warn(
      'W-NO-TIME',
      `${count(notes.withoutTime, 'packet')} without a time stamp (simple packet blocks) counted as simultaneous with the one before. Use --poll batch:N.`,
    );
  }
  if (notes.capturedOverOriginal > 0) {
    warn(
      'W-LENGTHS',
      `${count(notes.capturedOverOriginal, 'record')} with more captured bytes than were on the wire, by their own account; the captured length is believed.`,
    );
  }
  if (flows.forgotten() > 0) {
    warn(
      'W-FLOWS',
      `${count(flows.forgotten(), 'flow')} that had been idle longest were forgotten, as no more than ${MOST_FLOWS} are remembered at once. One that came back counts as a new one, and payload that it sent again as sent for the first time; in explain they stand among other flows.`,
    );
  }
  if (notes.shortestTruncationBytes < SHORTEST_USEFUL_SNAPLEN) {
    warn(
      'W-SNAPLEN',
      `packets were cut to ${notes.shortestTruncationBytes} bytes, too short for all headers. Capture with a snaplen of 96 or more.`,
    );
  }
  return warnings;
}

/** Polls that took the place of those that need times. */
export function clockWarnings({ pollText, withoutTimes }: StudyPollChoice): Warning[] {
  if (withoutTimes === null || pollText !== withoutTimes.pollText) return [];
  const message = `the packets have no times to simulate interrupts and polls with, so polls end as with --poll ${pollText}. Choose how with --poll.`;
  return [{ code: 'W-NO-CLOCK', message }];
}

/** Packets that a poll model lost at a full ring. */
export function ringWarnings(dropped: number): Warning[] {
  if (dropped === 0) return [];
  const message = `${dropped} packets were dropped because the receive ring was full: the modelled processor is slower than the traffic, which TCP would have slowed down. Use --pace cpu, another --cpu-ghz or --ring, or polls without a processor, --poll window:T. Polls written by --polls-out do not say which packets were lost.`;
  return [{ code: 'W-RING-FULL', message }];
}

/** Packets lost because the linear buffer of their super-packet could not be allocated. */
export function allocationWarnings(packets: number): Warning[] {
  if (packets === 0) return [];
  const message = `${count(packets, 'packet')} of LRO were dropped because the linear buffer of the super-packet was of a higher page order than --linearise-max-order allows: TCP would have sent them again. Their payload is still in the goodput that cycles are divided by.`;
  return [{ code: 'W-NO-BUFFER', message }];
}

/** What the received traffic is, and whether a replay of it means anything. */
export function trafficWarnings(
  traffic: Pick<TrafficCounts, 'superPackets' | 'dataPackets' | 'allTcpPackets'>,
  mtu: number,
  resegmented: boolean,
): Warning[] {
  const { superPackets, dataPackets, allTcpPackets } = traffic;
  const warnings: Warning[] = [];
  if (allTcpPackets === 0) {
    const message = 'there is no TCP in this capture, so there is nothing that receive offload could merge.';
    return [{ code: 'W-NO-TCP', message }];
  }
  if (dataPackets === 0) {
    const message =
      'the receiver got no TCP payload. Name another with --receiver, or take all frames with --receiver all.';
    return [{ code: 'W-NO-DATA', message }];
  }
  if (superPackets.packets > 0) {
    const share = ((superPackets.share ?? 0) * 100).toFixed(1);
    const what = `${count(superPackets.packets, 'packet')} with ${share} % of the payload`;
    const message = resegmented
      ? `${what} exceed the MTU and could not be split: their headers are cut, their lengths disagree, or they are no plain TCP data.`
      : `${what} exceed the MTU: this capture was taken above GRO/LRO or before TSO, so that merging already happened. Split them with --resegment, or record with offloads off (docs/recording.md).`;
    warnings.push({ code: 'W-SUPERPACKET', message });
  } else if (superPackets.wireMtu > mtu) {
    const message = `packets of ${superPackets.wireMtu} bytes look like jumbo frames, but the limits are computed for an MTU of ${mtu}. Use --mtu ${superPackets.wireMtu}.`;
    warnings.push({ code: 'W-MTU', message });
  }
  return warnings;
}
