import { expect } from 'chai';
import { type BarChartSpec, chartSpecs } from '../../src/report/chart-spec.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

function chart(name: BarChartSpec['name'], record = sampleRecord()): BarChartSpec {
  return chartSpecs(record).find((spec) => spec.name === name)!;
}

const CONFIGURATIONS = ['Xen', 'LRO', 'Optimized'];

describe('chartSpecs', () => {
  it('gives the three charts in the order of the tables, configurations as groups', () => {
    const specs = chartSpecs(sampleRecord());
    expect(specs.map((spec) => spec.name)).to.deep.equal(['throughput', 'lro-rate', 'cycles-per-byte']);
    for (const spec of specs) expect(spec.labels).to.deep.equal(CONFIGURATIONS);
    expect(specs.map((spec) => spec.axisLabel)).to.deep.equal([
      'Throughput (Mbps)',
      'LRO rate (packets)',
      'CPU cycles per byte',
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

  it('leaves out what is absent: no line, no unexplained series, null and not 0 in bars', () => {
    const specs = chartSpecs(emptyRecord());
    expect(specs.flatMap((spec) => spec.referenceLines)).to.deep.equal([]);
    const values = specs.flatMap((spec) => spec.series.map((series) => series.values));
    expect(values).to.deep.equal(Array.from({ length: 4 }, () => [null, null, null]));
  });
});
