/** Figures and an origin for tests. */
import { renderFigure } from '../../src/report/chart-render.ts';
import type { BarChartSpec } from '../../src/report/chart-spec.ts';
import type { HeatMapSpec } from '../../src/report/chart-spec-sweep.ts';
import type { XyChartSpec } from '../../src/report/chart-spec-xy.ts';
import type { ExplainChartSpec } from '../../src/report/explain-chart.ts';
import type { Figure } from '../../src/report/figure.ts';
import type { FigureOrigin } from '../../src/report/figure-origin.ts';

export function sampleOrigin(changes: Partial<FigureOrigin> = {}): FigureOrigin {
  return {
    tool: 'analyze 9.9.9',
    inputs: [sampleInput('trace.pcap')],
    packets: 12_345,
    options: [{ option: 'poll', value: ['window:50'], origin: 'flag' }],
    optionsSha256: 'fedcba9876543210'.repeat(4),
    command: 'analyze trace.pcap --poll window:50',
    settings: '--poll window:50',
    seed: null,
    ...changes,
  };
}

export function sampleInput(name: string): FigureOrigin['inputs'][number] {
  return { role: 'capture', name, sha256: '0123456789abcdef'.repeat(4) };
}

export function pngOf(figure: Figure): Buffer {
  return renderFigure(figure, 'png', 'column', sampleOrigin());
}

/** A name that means something to TeX, XML, terminals and spreadsheets. */
export const HOSTILE = '=a_b%c$d#{x}~^\\input{|ls}&--</metadata><script>`\'"é記\u0007\u202e.pcap';

/** One of each kind, with values that are absent; `word` stands wherever a figure has text. */
export function sampleFigures(word = 'inet_lro'): Figure[] {
  const bars: BarChartSpec = {
    ...{ name: 'cycles-by-stage', title: `Cycles of ${word}`, axisLabel: `Cycles per byte ${word}` },
    labels: ['Xen', word],
    series: [
      { role: 'per-packet', label: 'per-packet', values: [9.5, 10], stack: 'Domain0' },
      { role: 'per-skb', label: word, values: [2.25, 1e-7], stack: 'Domain0' },
      { role: 'per-packet', label: 'per-packet', values: [null, 5], stack: 'DomainU' },
    ],
    referenceLines: [{ label: word, value: 15 }],
    ...{ decimals: 2, written: 'stacks', stackLabels: { Domain0: 'Dom0', DomainU: 'DomU' } },
  };
  const lying: ExplainChartSpec = {
    ...{ name: 'explain-reasons', title: `Reasons of ${word}`, axisLabel: `Share ${word} (%)`, axisMax: 100 },
    labels: [word, 'poll-end', 'psh'],
    headings: [true, false, false],
    series: [
      { role: 'delivered', label: 'skbs', values: [null, 10, 5], stack: 'all' },
      { role: 'merged', label: word, values: [null, 80, 5], stack: 'all' },
    ],
    ...{ notes: ['', '9.0', word], noteHeading: 'packets/skb' },
  };
  const xy: XyChartSpec = {
    ...{ name: 'sweep-engine-lro-rate', title: `LRO rate of ${word}` },
    x: {
      ...{ label: `engine ${word}`, scale: 'linear', fromZero: false },
      ticks: ['none', word, 'freebsd'].map((label, at) => ({ at, label })),
    },
    y: { label: 'LRO rate (packets)', scale: 'linear', ticks: null, fromZero: true },
    series: (['Xen', 'LRO'] as const).map((role, index) => ({
      ...{ role, label: index === 0 ? role : word, joined: true },
      points: [1, 2.5, null].map((y, x) => ({ x, y })),
    })),
  };
  const map: HeatMapSpec = {
    ...{ name: 'sweep-a-b-lro-rate-lro', title: `Map of ${word}`, xLabel: `max-aggr ${word}`, yLabel: word },
    columns: ['2', word, '8'],
    rows: ['0', '10'],
    values: [
      [1, 2, 3],
      [4, null, 6.5],
    ],
    ...{ valueLabel: `LRO rate (packets), ${word}`, decimals: 3 },
  };
  return [
    { kind: 'bars', spec: bars },
    { kind: 'lying-bars', spec: lying },
    { kind: 'xy', spec: xy },
    { kind: 'heat-map', spec: map },
  ];
}
