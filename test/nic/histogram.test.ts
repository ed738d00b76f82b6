import { expect } from 'chai';
import fc from 'fast-check';
import { createHistogram } from '../../src/nic/histogram.ts';

const PRECISION = 0.004;

describe('the histogram of times', () => {
  it('has no summary without values', () => {
    expect(createHistogram().summary()).to.equal(null);
  });

  it('is exact below 256 ns', () => {
    for (let value = 0; value < 256; value++) {
      const histogram = createHistogram();
      histogram.add(value);
      histogram.add(1e9);
      expect(histogram.summary()?.p50Ns).to.equal(value);
    }
  });

  it('gives quantiles within 0.4 %, mean and maximum exactly, up to a day', () => {
    const times = fc.oneof(fc.nat(1000), fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 86_400e9 }));
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = createHistogram();
        for (const value of values) histogram.add(value);
        const sorted = [...values].sort((a, b) => a - b);
        const summary = histogram.summary()!;
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(summary.count).to.equal(values.length);
        expect(summary.maxNs).to.equal(sorted.at(-1));
        expect(summary.meanNs).to.be.closeTo(mean, mean * 1e-12);
        for (const [share, quantile] of [
          [0.5, summary.p50Ns],
          [0.99, summary.p99Ns],
        ] as const) {
          const exact = sorted[Math.ceil(share * values.length) - 1]!;
          expect(quantile).to.be.closeTo(exact, PRECISION * exact);
        }
      }),
    );
  });
});
