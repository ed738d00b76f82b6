/** Runs of a kernel that was left alone: what was on the wire, its settings, and which packets each skb had. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VETH_DEFAULTS, type VethSpec } from '../../src/nic/veth.ts';
import { VECTORS } from './surroundings.ts';
import { parseLines, readText } from './vector-runs.ts';

export const LIVE = join(VECTORS, 'linux-gro-live');

export interface LiveRun {
  readonly capture: string;
  /** In words: `gro_flush_timeout 20 us, napi_defer_hard_irqs 0`. */
  readonly settings: string;
  /** In words; names HZ. */
  readonly kernel: string;
  readonly expected: string;
  readonly dataSegmentsPerSkb: number;
}

export function liveRuns(): LiveRun[] {
  return JSON.parse(readFileSync(join(LIVE, 'manifest.json'), 'utf8')) as LiveRun[];
}

/** The poll model with the run's settings; all else is the same for all runs. */
export function vethOf({ settings, kernel }: LiveRun): VethSpec {
  return {
    ...VETH_DEFAULTS,
    groFlushTimeoutNs: 1000 * numberIn(settings, /gro_flush_timeout (\d+) us/),
    napiDeferHardIrqs: numberIn(settings, /napi_defer_hard_irqs (\d+)/),
    hz: numberIn(kernel, /HZ (\d+)/),
  };
}

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`'${text}' does not say ${pattern}`);
  return Number(found);
}

/** Record numbers of each skb's packets, in order of delivery. */
export function skbsOf({ expected }: LiveRun): (readonly number[])[] {
  return parseLines(readText(join(LIVE, expected))).flatMap(({ packets }) =>
    packets === undefined ? [] : [packets],
  );
}
