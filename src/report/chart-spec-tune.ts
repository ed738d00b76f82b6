/** The front of a tuning record as a chart: LRO rate against p99 latency. */
import type { TuneRecord, TuneSetting } from '../replay/tune-result.ts';
import type { XyChartSpec, XyRole, XySeries } from './chart-spec-xy.ts';

/** Null where nothing can be said. */
export function tuneSpec(record: TuneRecord): XyChartSpec | null {
  const { settings, verdict } = record;
  const knee = verdict.knee === null ? undefined : settings[verdict.knee];
  const [base] = settings;
  if (knee === undefined || base === undefined) return null;
  const rest = settings.filter((one) => one !== knee && one !== base);
  const series = [
    seriesOf(
      'candidate',
      'tried',
      rest.filter(({ onFront }) => !onFront),
    ),
    seriesOf(
      'front',
      'front',
      rest.filter(({ onFront }) => onFront),
    ),
    ...(base === knee ? [] : [seriesOf('default', 'default', [base])]),
    seriesOf('advice', base === knee ? 'knee, the default' : 'knee', [knee]),
  ];
  return {
    name: 'tune',
    title: `LRO rate and p99 latency of ${settings.length} settings of moderation and merging`,
    x: { label: 'Latency p99 (µs)', scale: 'linear', ticks: null, fromZero: true },
    y: { label: 'LRO rate (packets)', scale: 'linear', ticks: null, fromZero: true },
    series: series.filter(({ points }) => points.length > 0),
  };
}

function seriesOf(role: XyRole, label: string, settings: readonly TuneSetting[]): XySeries {
  const points = settings.flatMap(({ whole: { latencyP99Us, lroRate } }) =>
    latencyP99Us === null ? [] : [{ x: latencyP99Us, y: lroRate }],
  );
  return { role, label, joined: false, points };
}
