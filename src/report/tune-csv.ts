/** Every setting that was tried, as CSV: what it is, what it gives on the whole and on each part, and its commands. */
import type { TuneOutcome, TuneRecord } from '../replay/tune-result.ts';
import { table } from './csv.ts';
import { fixed } from './format.ts';

const COLUMNS: readonly (readonly [title: string, of: (one: TuneOutcome) => string])[] = [
  ['LRO rate (packets)', (one) => fixed(one.lroRate, 3, '')],
  ['Domain0 (cycles/byte)', (one) => fixed(one.domain0CyclesPerByte, 3, '')],
  ['DomainU (cycles/byte)', (one) => fixed(one.domainUCyclesPerByte, 3, '')],
  ['Latency mean (us)', (one) => fixed(one.latencyMeanUs, 1, '')],
  ['Latency p99 (us)', (one) => fixed(one.latencyP99Us, 1, '')],
  ['Predicted throughput (Mbps)', (one) => fixed(one.predictedThroughputMbps, 2, '')],
  ['Interrupts', (one) => fixed(one.interrupts, 0, '')],
  ['Dropped packets', (one) => fixed(one.dropped, 0, '')],
];

export function tuneCsv({ settings, verdict, parts }: TuneRecord): string {
  const titles = COLUMNS.map(([title]) => title);
  const header = [
    'rx-usecs',
    'rx-frames',
    'Merging',
    'Role',
    'On front',
    ...titles,
    ...parts.flatMap((_, index) => titles.map((title) => `Part ${index + 1}: ${title}`)),
    'Commands',
  ];
  const rows = settings.map((setting, index) => [
    setting.rxUsecs ?? 'preset',
    setting.rxFrames ?? 'preset',
    setting.merging ? 'on' : 'off',
    roleOf(index, verdict),
    setting.onFront ? 'yes' : 'no',
    ...[setting.whole, ...setting.parts].flatMap((outcome) => COLUMNS.map(([, of]) => of(outcome))),
    setting.commands.join('; '),
  ]);
  return table(header, rows);
}

function roleOf(index: number, { knee, advice }: TuneRecord['verdict']): string {
  if (index === advice) return 'advice';
  if (index === knee) return 'knee';
  return index === 0 ? 'default' : '';
}
