import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import {
  batchDistributions,
  type Distribution,
  type NamedRecord,
} from '../../src/report/batch-distribution.ts';
import { batchCsv, renderBatch } from '../../src/report/batch-tables.ts';
import { batchSpecs } from '../../src/report/chart-spec-batch.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

/** Captures whose merging configurations have these LRO rates. */
function batchOf(rates: readonly number[]): NamedRecord[] {
  const record = sampleRecord();
  return rates.map((lroRate, at) => ({
    name: `c${at}`,
    record: {
      ...record,
      configurations: record.configurations.map((row) => (row.engine === 'none' ? row : { ...row, lroRate })),
    },
  }));
}

const lroRates = (rates: readonly number[]): Distribution => batchDistributions(batchOf(rates))[0]!;

describe('the distributions of a batch', () => {
  it('has quantities, and savings against the first configuration', () => {
    const all = batchDistributions(batchOf([2, 3]));
    expect(all.map(({ quantity, configuration }) => `${quantity.id} ${configuration}`)).to.deep.equal([
      'lro-rate LRO',
      'lro-rate Optimized',
      'domain0-saved LRO',
      'domain0-saved Optimized',
      'throughput-gained LRO',
      'throughput-gained Optimized',
    ]);
    // The study's table: 12.72, 13.51 and 12.64 cycles per byte; 574.45, 588.65 and 588.47 Mbps.
    const [lro, optimized, , gained] = all.slice(2).map(({ values }) => values[0]!.value);
    expect(lro).to.be.closeTo(100 * (1 - 13.51 / 12.72), 1e-9);
    expect(optimized).to.be.closeTo(100 * (1 - 12.64 / 12.72), 1e-9);
    expect(gained).to.be.closeTo(100 * (588.47 / 574.45 - 1), 1e-9);
  });

  const cases: readonly (readonly [rates: readonly number[], spread: readonly number[], outliers: string])[] =
    [
      [[3], [3, 3, 3, 3, 3], ''],
      [[4, 1], [1, 1.75, 2.5, 3.25, 4], ''],
      [[1, 2, 3, 4], [1, 1.75, 2.5, 3.25, 4], ''],
      // Too few for outliers.
      [[1, 1, 1, 99], [1, 1, 1, 25.5, 99], ''],
      // The quartiles are 2 and 4: what is in the fences at -1 and 7 is none, what is beyond them is.
      [[2, 3, 4, 1, 7], [1, 2, 3, 4, 7], ''],
      [[2, 3, 4, 1, 7.01], [1, 2, 3, 4, 7.01], 'c4'],
      [[2, 2, 2, 2, 2, 1.9, 2.1], [1.9, 2, 2, 2, 2.1], 'c5 c6'],
    ];
  for (const [rates, [minimum, lowerQuartile, median, upperQuartile, maximum], outliers] of cases) {
    it(`of ${rates.join(', ')}`, () => {
      const found = lroRates(rates);
      expect(found.spread).to.deep.equal({ minimum, lowerQuartile, median, upperQuartile, maximum });
      expect(found.outliers.map(({ name }) => name).join(' ')).to.equal(outliers);
    });
  }

  it('do not depend on the order of the captures', () => {
    const rates = fc.array(fc.double({ min: 1, max: 50, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rates, (all) => {
        const captures = batchOf(all);
        expect(batchDistributions(captures.toReversed())).to.deep.equal(batchDistributions(captures));
        const { spread, values } = batchDistributions(captures)[0]!;
        expect(values.filter(({ value }) => value <= spread!.median).length).to.be.at.least(all.length / 2);
        expect(values.filter(({ value }) => value >= spread!.median).length).to.be.at.least(all.length / 2);
      }),
    );
  });

  it('leave out captures that have no such number', () => {
    const captures = [...batchOf([2]), { name: 'empty', record: emptyRecord() }];
    const [rate] = batchDistributions(captures);
    expect(rate?.values).to.deep.equal([{ name: 'c0', value: 2 }]);
    const none = batchDistributions([{ name: 'empty', record: emptyRecord() }]);
    expect(none[0]).to.deep.include({ spread: null, values: [], outliers: [] });
    expect(batchSpecs(none)).to.deep.equal([]);
    expect(renderBatch(1, none)).to.match(/LRO rate, LRO \(packets\) +0 +- +- +-/);
  });
});

describe('the report of a batch', () => {
  const rates = [2, 2.1, 2.2, 2.3, 9];
  const captures = batchOf(rates).map((one, at) => (at === 4 ? { ...one, name: '=odd, name' } : one));
  const distributions = batchDistributions(captures);

  it('as CSV: a row for each distribution, names that no spreadsheet runs', () => {
    const rows = parse(batchCsv(distributions).text, { columns: true }) as Record<string, string>[];
    expect(rows).to.have.length(6);
    expect(rows[0]).to.deep.equal({
      Quantity: 'LRO rate (packets)',
      Config: 'LRO',
      Captures: '5',
      Min: '2.00',
      'Lower quartile': '2.10',
      Median: '2.20',
      'Upper quartile': '2.30',
      Max: '9.00',
      Outliers: "'=odd, name",
    });
  });

  it('as text: the same, outliers with their value under the rule', () => {
    const text = renderBatch(5, distributions);
    expect(text)
      .to.match(/^\nOver 5 captures +captures +min +quartile 1 +median/)
      .and.match(/LRO rate, LRO \(packets\) +5 +2\.00 +2\.10 +2\.20 +2\.30 +9\.00\n/)
      .and.match(/Outliers: further than 1\.5 × the distance between the quartiles/)
      .and.match(/LRO rate, LRO: =odd, name 9\.00\n/);
    expect(renderBatch(5, batchDistributions(batchOf([1, 2, 3, 4, 5])))).to.match(/nearer one\n {2}none\n$/);
    expect(renderBatch(4, batchDistributions(batchOf([1, 2, 3, 4])))).not.to.match(/Outliers/);
  });

  it('as charts: captures in the order of their value', () => {
    const specs = batchSpecs(distributions);
    expect(specs.map(({ name }) => name)).to.deep.equal([
      'batch-lro-rate',
      'batch-domain0-saved',
      'batch-throughput-gained',
    ]);
    expect(specs[0]?.series.map(({ role }) => role)).to.deep.equal(['LRO', 'Optimized']);
    expect(specs[0]?.series[0]?.points).to.deep.equal(
      rates.map((y, at) => ({ x: 10 + 20 * at, y, name: captures[at]!.name })),
    );
  });
});
