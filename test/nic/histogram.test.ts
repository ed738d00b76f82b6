import { expect } from 'chai';
import fc from 'fast-check';
import { addTime, createHistogram, summarise } from '../../src/nic/histogram.ts';

const PRECISION = 0.004;

describe('the histogram of times', () => {
  it('has no summary without values', () => {
    expect(summarise(createHistogram())).to.equal(null);
  });

  it('is exact below 256 ns', () => {
    for (let value = 0; value < 256; value++) {
      const histogram = createHistogram();
      addTime(histogram, value);
      addTime(histogram, 1e9);
      expect(summarise(histogram)?.p50Ns).to.equal(value);
    }
  });

  it('gives quantiles within 0.4 %, mean and maximum exactly, up to a day', () => {
    const times = fc.oneof(fc.nat(1000), fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 86_400e9 }));
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = createHistogram();
        for (const value of values) addTime(histogram, value);
        const sorted = [...values].sort((a, b) => a - b);
        const summary = summarise(histogram)!;
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
