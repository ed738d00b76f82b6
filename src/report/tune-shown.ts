/** What of a tuning record is worth a line or a name on paper. */
import type { TuneOutcome, TuneRecord, TuneSetting } from '../replay/tune-result.ts';
import { fixed, percentChange } from './format.ts';

/** Settings nearer to each other than this in all three objectives are shown once. */
const SAME_SHARE = 0.02;
const MOST_SHOWN = 8;

/** The front by latency, its near-duplicates left out, the knee always in. */
export function shownFront({ settings, verdict }: TuneRecord): TuneSetting[] {
  const front = settings.filter(({ onFront }) => onFront);
  const knee = verdict.knee === null ? [] : [settings[verdict.knee]!];
  const kept: TuneSetting[] = [...knee];
  for (const setting of [...front].sort(byLatency)) {
    if (!kept.some((other) => areNear(other.whole, setting.whole))) kept.push(setting);
  }
  return spread(kept.sort(byLatency), knee);
}

/** At most MOST_SHOWN of a list, evenly, with both ends and the knee. */
function spread(list: readonly TuneSetting[], always: readonly TuneSetting[]): TuneSetting[] {
  const step = Math.max(1, (list.length - 1) / (MOST_SHOWN - 1));
  const picked = new Set(list.map((_, index) => Math.round(index * step)));
  return list.filter((setting, index) => picked.has(index) || always.includes(setting));
}

function byLatency(a: TuneSetting, b: TuneSetting): number {
  return (a.whole.latencyP99Us ?? 0) - (b.whole.latencyP99Us ?? 0);
}

function areNear(a: TuneOutcome, b: TuneOutcome): boolean {
  const near = (x: number | null, y: number | null): boolean =>
    x !== null && y !== null && Math.abs(x - y) <= SAME_SHARE * Math.max(Math.abs(x), Math.abs(y));
  return (
    near(a.lroRate, b.lroRate) &&
    near(a.domain0CyclesPerByte, b.domain0CyclesPerByte) &&
    near(a.latencyP99Us, b.latencyP99Us)
  );
}

export function nameOf({ rxUsecs, rxFrames, merging }: TuneSetting): string {
  const moderation =
    rxUsecs === null ? 'moderation of the preset' : `rx-usecs ${rxUsecs} rx-frames ${rxFrames}`;
  return `${moderation}, ${merging ? 'merging on' : 'merging off'}`;
}

interface Aspect {
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
  readonly of: (outcome: TuneOutcome) => number | null;
}

export const ASPECTS: readonly Aspect[] = [
  { name: 'LRO rate', unit: '', decimals: 2, of: ({ lroRate }) => lroRate },
  { name: 'Domain0', unit: ' cycles/byte', decimals: 2, of: (one) => one.domain0CyclesPerByte },
  { name: 'p99', unit: ' µs', decimals: 1, of: ({ latencyP99Us }) => latencyP99Us },
  { name: 'throughput', unit: ' Mbps', decimals: 1, of: (one) => one.predictedThroughputMbps },
];

/** Keeps a number and its unit on one line. */
export const NO_BREAK_SPACE = '\u00a0';

/** `LRO rate 9.02 (+107.8 %), …` against the default. */
export function against(base: TuneOutcome, outcome: TuneOutcome): string {
  return ASPECTS.flatMap(({ name, unit, decimals, of }) => {
    const value = of(outcome);
    if (value === null) return [];
    const change = percentChange(of(base), value);
    const text = `${name} ${fixed(value, decimals, '')}${unit}${change === null ? '' : ` (${change})`}`;
    return [text.replace(' %', `${NO_BREAK_SPACE}%`)];
  }).join(', ');
}
