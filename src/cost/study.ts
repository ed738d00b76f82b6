/**
 * The table of the study that `aizu-2008` is fitted to: *Optimization and Performance Analysis of Large
 * Receive Offload in the Xen Virtualized System* (University of Aizu), and a schedule of skbs that has its
 * merge rates.
 */
import type { ReceiveMode } from '../path/netback.ts';
import type { XenConfiguration } from '../path/xen-configurations.ts';
import { createXenPath } from '../path/xen-path.ts';

export interface StudyRow {
  readonly configuration: XenConfiguration;
  readonly throughputMbps: number;
  /** Wire packets per skb. */
  readonly lroRate: number;
  readonly domain0CyclesPerByte: number;
  readonly domainUCyclesPerByte: number;
}

function row(
  configuration: XenConfiguration,
  throughputMbps: number,
  lroRate: number,
  domain0CyclesPerByte: number,
  domainUCyclesPerByte: number,
): StudyRow {
  return { configuration, throughputMbps, lroRate, domain0CyclesPerByte, domainUCyclesPerByte };
}

export const STUDY = {
  Xen: row('Xen', 574.45, 1, 12.72, 8.97),
  LRO: row('LRO', 588.65, 2.49, 13.51, 7.08),
  Optimized: row('Optimized', 588.47, 2.43, 12.64, 7.78),
} as const satisfies Readonly<Record<XenConfiguration, StudyRow>>;

/** Assumed, the study does not say: MTU 1500, TCP timestamps, full segments. */
export const STUDY_PAYLOAD_BYTES = 1448;
/** Ethernet, IPv4 and TCP header with timestamps. */
export const STUDY_HEADER_BYTES = 14 + 20 + 32;

/** Skbs of a schedule; a hundred are enough for a rate of two decimals. */
const SCHEDULE_SKBS = 100;

/**
 * Segments of each of 100 skbs, so that their mean is exactly `lroRate`. Assumed, as the study gives the mean
 * only: every skb holds ⌊rate⌋ or ⌈rate⌉ segments, for 2.49 that is 51 skbs of 2 and 49 of 3.
 */
export function scheduleOf(lroRate: number): readonly number[] {
  const fewer = Math.floor(lroRate);
  const larger = Math.round((lroRate - fewer) * SCHEDULE_SKBS);
  return Array.from({ length: SCHEDULE_SKBS }, (_, index) => (index < larger ? fewer + 1 : fewer));
}

/** The events of one row of the study in a receive mode, and the bytes that it moved. */
export function studyEvents(
  study: Pick<StudyRow, 'configuration' | 'lroRate'>,
  receiveMode: ReceiveMode,
): { readonly events: Float64Array; readonly packets: number; readonly payloadBytes: number } {
  const { configuration, lroRate } = study;
  const path = createXenPath({ configuration, receiveMode, lroMode: 'skb' });
  let packets = 0;
  for (const segments of scheduleOf(lroRate)) {
    const payloadBytes = segments * STUDY_PAYLOAD_BYTES;
    path.deliver(segments, payloadBytes, STUDY_HEADER_BYTES + payloadBytes);
    path.pollEnd();
    packets += segments;
  }
  const enginePackets = configuration === 'Xen' ? 0 : packets;
  const events = path.finish({ receivedFrames: packets, enginePackets, polls: SCHEDULE_SKBS });
  return { events, packets, payloadBytes: packets * STUDY_PAYLOAD_BYTES };
}
