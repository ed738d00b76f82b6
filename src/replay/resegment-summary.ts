/** What `--resegment` did, for people and for the result record. */
import type { ResegmentCounts } from '../packet/resegment.ts';
import type { MssSource } from '../packet/resegment-evidence.ts';
import type { ResegmentSummary, Warning } from './result.ts';

const SOURCE_WORDS: Readonly<Record<MssSource, string>> = {
  handshake: 'the MSS of the handshake',
  'full-segments': 'the full-sized segments beside them',
  structure: 'their own sizes and IP ids',
  mtu: '--mtu',
};

/** Later than this, times say more about --link-mbps than about the capture. Assumed. */
const LATE_NS = 10_000_000;

export function resegmentSummary(counts: ResegmentCounts): ResegmentSummary {
  return {
    superPackets: counts.superPackets,
    segments: counts.segments,
    smallestSegmentBytes: counts.smallestMss,
    largestSegmentBytes: counts.largestMss,
    sizeSources: counts.mssSources,
    linkMbps: counts.linkMbps,
    largestDelayUs: counts.largestDelayNs / 1000,
    description: sentence(counts),
  };
}

function sentence(counts: ResegmentCounts): string {
  const { superPackets, segments, smallestMss, largestMss, mssSources, linkMbps } = counts;
  if (superPackets === 0) return 'no super-packets were received: nothing was split';
  const sizes = smallestMss === largestMss ? `${largestMss}` : `${smallestMss} to ${largestMss}`;
  const sources = mssSources.map(({ source, superPackets: packets }) =>
    mssSources.length === 1 ? SOURCE_WORDS[source] : `${SOURCE_WORDS[source]} (${packets})`,
  );
  return `${superPackets} super-packets were split into ${segments} segments of ${sizes} bytes of payload, by ${sources.join(', ')}; they arrive as on a link of ${linkMbps} Mbit/s`;
}

export function resegmentWarnings(counts: ResegmentCounts | null): Warning[] {
  if (counts === null || counts.largestDelayNs <= LATE_NS) return [];
  const message = `segments arrive up to ${(counts.largestDelayNs / 1e6).toFixed(1)} ms after the capture had them: it is faster than the link. Give the rate of its link with --link-mbps.`;
  return [{ code: 'W-LINK-RATE', message }];
}
