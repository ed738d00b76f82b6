/** What `analyze coalesce` prints where it prints no skbs. */
import type { EngineName } from '../coalesce/catalog.ts';
import { REASONS } from '../coalesce/reason.ts';
import type { CoalesceStats } from '../replay/coalesce.ts';
import { wholePercent } from '../report/format.ts';
import { styled } from '../report/text-look.ts';
import { count, wrap } from '../report/text-table.ts';
import { textLook } from './text-look.ts';

/** The sentence, then the counters. */
export function statsText(engine: EngineName, stats: CoalesceStats, skbsOf: Float64Array): string {
  const look = textLook();
  const sentence = wrap(statsSentence(engine, stats, skbsOf), '', look);
  return `${styled('strong', sentence, look)}\n\n${statsTable(stats)}`;
}

function statsSentence(
  engine: EngineName,
  { packets, delivered }: CoalesceStats,
  skbsOf: Float64Array,
): string {
  if (delivered === 0) return 'No packet was received.';
  const most = skbsOf.indexOf(Math.max(...skbsOf));
  const share = wholePercent(skbsOf[most]!, delivered);
  const made = `${engine} makes ${count(delivered, 'skb')} of ${count(packets, 'packet')}`;
  return `${made}, ${(packets / delivered).toFixed(2)} packets per skb; ${share} % of them are delivered by ${REASONS[most]}.`;
}

function statsTable(stats: CoalesceStats): string {
  const { packets, delivered, polls, aggregated, flushed, noDesc } = stats;
  const perSkb = flushed === 0 ? '-' : (aggregated / flushed).toFixed(2);
  const rows: [string, number | string][] = [
    ['packets received', packets],
    ['skbs delivered', delivered],
    ['polls', polls],
    ['aggregated', aggregated],
    ['flushed', flushed],
    ['no descriptor', noDesc],
    ['aggregated/flushed', perSkb],
  ];
  if (stats.interrupts !== null) rows.push(['interrupts', stats.interrupts], ['dropped', stats.dropped]);
  if (stats.holdTimes !== null) {
    const { meanNs, p50Ns, p99Ns, maxNs } = stats.holdTimes;
    const us = (ns: number): string => (ns / 1000).toFixed(1);
    rows.push(['held, mean (µs)', us(meanNs)], ['held, p50 (µs)', us(p50Ns)]);
    rows.push(['held, p99 (µs)', us(p99Ns)], ['held, max (µs)', us(maxNs)]);
  }
  return rows.map(([name, value]) => `${name.padEnd(18)} ${String(value).padStart(12)}\n`).join('');
}
