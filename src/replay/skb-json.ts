/** One delivered skb as the JSON object of `analyze coalesce --jsonl`. */
import { REASONS } from '../coalesce/reason.ts';
import { ipv4Text, ipv6Text } from '../packet/flows.ts';
import type { CoalesceStats } from './coalesce.ts';
import type { DeliveredSkb } from './recorder.ts';

/** A line without its newline. Fields that the packet does not have are null. */
export function skbJson(skb: DeliveredSkb): string {
  const hasTcp = skb.tcpOffset > 0;
  const { view } = skb;
  const ip = skb.frameOffset + skb.ipOffset;
  const tcp = skb.frameOffset + skb.tcpOffset;
  const isIpv4 = skb.family === 4;
  const timestamps = hasTcp ? findTimestamps(skb) : null;
  return JSON.stringify({
    packets: skb.packets,
    segments: skb.segments,
    ...(skb.pureAcks === 0 ? {} : { pureAcks: skb.pureAcks }),
    reason: REASONS[skb.reason],
    lro: skb.held,
    ipLength: hasTcp ? skb.ipLength : null,
    gsoSize: skb.gsoSize,
    seq: hasTcp ? view.getUint32(tcp + 4) : null,
    ack: hasTcp ? view.getUint32(tcp + 8) : null,
    window: hasTcp ? view.getUint16(tcp + 14) : null,
    flags: hasTcp ? view.getUint8(tcp + 13) : null,
    tsval: timestamps === null ? null : view.getUint32(timestamps),
    tsecr: timestamps === null ? null : view.getUint32(timestamps + 4),
    ipChecksum: hasTcp && isIpv4 ? view.getUint16(ip + 10) : null,
    tcpChecksum: hasTcp ? view.getUint16(tcp + 16) : null,
    src: hasTcp ? endpoint(skb, isIpv4 ? ip + 12 : ip + 8, view.getUint16(tcp)) : null,
    dst: hasTcp ? endpoint(skb, isIpv4 ? ip + 16 : ip + 24, view.getUint16(tcp + 2)) : null,
  });
}

function endpoint(skb: DeliveredSkb, at: number, port: number): string {
  if (skb.family === 4) return `${ipv4Text(skb.view.getInt32(at))}:${port}`;
  return `[${ipv6Text([0, 4, 8, 12].map((offset) => skb.view.getInt32(at + offset)))}]:${port}`;
}

/** Where TSval of the TCP timestamp option stands; null without it (RFC 7323 §3.2). */
function findTimestamps(skb: DeliveredSkb): number | null {
  const { view } = skb;
  const tcp = skb.frameOffset + skb.tcpOffset;
  const headerEnd = tcp + (view.getUint8(tcp + 12) >> 4) * 4;
  const end = Math.min(headerEnd, skb.frameOffset + skb.capturedBytes);
  for (let at = tcp + 20; at < end; ) {
    const kind = view.getUint8(at);
    if (kind === 0) return null;
    if (kind === 1) {
      at++;
      continue;
    }
    if (at + 1 >= end) return null;
    const length = view.getUint8(at + 1);
    if (length < 2) return null;
    if (kind === 8 && length === 10) return at + 10 <= end ? at + 2 : null;
    at += length;
  }
  return null;
}

/** The counters of the last line of `--jsonl`. */
export type JsonlStats = Pick<
  CoalesceStats,
  'aggregated' | 'flushed' | 'noDesc' | 'packets' | 'delivered' | 'polls'
>;

export function jsonlStats(stats: CoalesceStats): JsonlStats {
  const { aggregated, flushed, noDesc, packets, delivered, polls } = stats;
  return { aggregated, flushed, noDesc, packets, delivered, polls };
}
