import { expect } from 'chai';
import type { DomainCost } from '../../src/replay/result.ts';
import { type BarChartSpec, chartSpecs } from '../../src/report/chart-spec.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

function chart(name: BarChartSpec['name'], record = sampleRecord()): BarChartSpec {
  return chartSpecs(record).find((spec) => spec.name === name)!;
}

const CONFIGURATIONS = ['Xen', 'LRO', 'Optimized'];

describe('chartSpecs', () => {
  it('gives a chart for each table, in their order, configurations as groups', () => {
    const specs = chartSpecs(sampleRecord());
    expect(specs.map((spec) => spec.name)).to.deep.equal([
      'throughput',
      'lro-rate',
      'cycles-per-byte',
      'cycles-by-stage',
      'latency',
    ]);
    for (const spec of specs) expect(spec.labels).to.deep.equal(CONFIGURATIONS);
    expect(specs.map((spec) => spec.axisLabel)).to.deep.equal([
      'Throughput (Mbps)',
      'LRO rate (packets)',
      'CPU cycles per byte',
      'CPU cycles per byte',
      'Arrival to delivery (µs)',
    ]);
  });

  it('shows the predicted throughput as bars and the captured goodput as a labelled line', () => {
    const spec = chart('throughput');
    expect(spec.series.map(({ label, values }) => ({ label, values }))).to.deep.equal([
      { label: 'predicted', values: [574.45, 588.65, 588.47] },
    ]);
    expect(spec.referenceLines).to.deep.equal([{ label: 'captured goodput', value: 925.51 }]);
    expect(spec.title).to.include('"serial"');
  });

  it('shows packets per skb as the LRO rate', () => {
    expect(chart('lro-rate').series.map(({ values }) => values)).to.deep.equal([[1, 2.49, 2.43]]);
    expect(chart('lro-rate').referenceLines).to.deep.equal([]);
  });

  it('sets the domains side by side and the unexplained cycles on those of the guest', () => {
    const series = chart('cycles-per-byte').series.map(({ role, stack, values }) => ({
      role,
      stack,
      values,
    }));
    expect(series).to.deep.equal([
      { role: 'domain0', stack: 'domain0', values: [12.72, 13.51, 12.64] },
      { role: 'domainU', stack: 'domainU', values: [8.97, 7.08, 7.11] },
      { role: 'unexplained', stack: 'domainU', values: [null, null, 0.67] },
    ]);
  });

  it('stacks the stages of each domain in the order of the path, without those that cost nothing', () => {
    const cost = (...cycles: number[]): DomainCost => ({
      cyclesPerByte: cycles.reduce((sum, value) => sum + value, 0),
      stages: (['per-packet', 'merge-engine', 'linearise'] as const).map((stage, index) => ({
        stage,
        cyclesPerByte: cycles[index]!,
      })),
    });
    const [xen, lro] = sampleRecord().configurations;
    const configurations = [
      { ...xen!, domain0: cost(10, 0, 0), domainU: cost(5, 0, 0) },
      { ...lro!, domain0: cost(10, 0, 2), domainU: cost(5, 0, 0), unexplainedDomainUCyclesPerByte: 0.5 },
    ];
    const spec = chart('cycles-by-stage', sampleRecord({ configurations }));
    expect(spec.series.map(({ label, stack, values }) => ({ label, stack, values }))).to.deep.equal([
      { label: 'per-packet', stack: 'Domain0', values: [10, 10] },
      { label: 'linearise', stack: 'Domain0', values: [0, 2] },
      { label: 'per-packet', stack: 'DomainU', values: [5, 5] },
      { label: 'unexplained', stack: 'DomainU', values: [null, 0.5] },
    ]);
    expect(spec.series.map(({ role }) => role)).to.deep.equal(spec.series.map(({ label }) => label));
    expect(spec).to.deep.include({ written: 'stacks', stackLabels: { Domain0: 'Dom0', DomainU: 'DomU' } });
  });

  it('shows mean, median, p99 and maximum of the latency side by side, with numbers where there is room', () => {
    const held = (maxUs: number): BarChartSpec => {
      const latency = { packets: 9, meanUs: 20.1, p50Us: 19.9, p99Us: 37.8, maxUs };
      const configurations = sampleRecord().configurations.map((row) => ({ ...row, latency }));
      return chart('latency', sampleRecord({ configurations }));
    };
    expect(held(51).series.map(({ label, values }) => [label, values[0]])).to.deep.equal([
      ['mean', 20.1],
      ['p50', 19.9],
      ['p99', 37.8],
      ['max', 51],
    ]);
    expect(new Set(held(51).series.map(({ stack }) => stack)).size).to.equal(4);
    expect([held(999), held(1000)].map(({ written }) => written)).to.deep.equal(['bars', 'nothing']);
  });

  it('leaves out what is absent: no line, no unexplained series, null and not 0 in bars', () => {
    const specs = chartSpecs(emptyRecord());
    expect(specs.flatMap((spec) => spec.referenceLines)).to.deep.equal([]);
    const values = specs.flatMap((spec) => spec.series.map((series) => series.values));
    expect(values).to.deep.equal(Array.from({ length: 10 }, () => [null, null, null]));
  });
});
