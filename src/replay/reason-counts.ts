/** How many skbs left a lane for which reason, and how many packets they held. */

import { type Core, reserveDoubles } from '../capture/core.ts';
import { REASONS, type Reason } from '../coalesce/reason.ts';
import { inCoreIfMany, type SkbLog, type TakeLog, type TakeSkbs } from './skb-log.ts';

export interface ReasonCounts {
  /** By index of the reason. */
  readonly skbsOf: Float64Array;
  readonly packetsOf: Float64Array;
}

export interface ReasonRow {
  readonly reason: Reason;
  readonly skbs: number;
  readonly packets: number;
}

export function createReasonCounts(core: Core | null): ReasonCounts {
  return { skbsOf: reserveDoubles(core, REASONS.length), packetsOf: reserveDoubles(core, REASONS.length) };
}

export function countSkbs(counts: ReasonCounts, reason: number, segments: number, times: number): void {
  counts.skbsOf[reason]! += times;
  counts.packetsOf[reason]! += times * segments;
}

/** Counts entries of the log. */
export function createLogCounter(counts: ReasonCounts, log: SkbLog): TakeLog {
  const { skbsOf, packetsOf } = counts;
  const { buffer, kernels } = log.core;
  const take: TakeSkbs = (reason, segments, _payloadBytes, _frameBytes, times, polls) =>
    countSkbs(counts, reason, segments, times * Math.max(1, polls));
  if (skbsOf.buffer !== buffer || packetsOf.buffer !== buffer) return (entries) => log.read(0, entries, take);
  return inCoreIfMany(log, take, (entries) =>
    kernels.countReasons(skbsOf.byteOffset, packetsOf.byteOffset, entries),
  );
}

/** Those that occurred. */
export function reasonRows({ skbsOf, packetsOf }: ReasonCounts): ReasonRow[] {
  return REASONS.map((reason, index) => ({
    reason,
    skbs: skbsOf[index]!,
    packets: packetsOf[index]!,
  })).filter((row) => row.skbs > 0);
}
