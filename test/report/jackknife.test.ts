import { expect } from 'chai';
import fc from 'fast-check';
import { normalNoise } from '../../src/cost/noise.ts';
import {
  intervalOf,
  intervalOfDifference,
  jackknife,
  neighbourCorrelation,
  type SlicedRatio,
  studentQuantile,
} from '../../src/report/jackknife.ts';

const SLICES = 16;
const RUNS = 2000;

/** Slices with sizes of their own, whose ratio is 3 with independent noise. */
function noisyRatio(noise: () => number): SlicedRatio {
  const denominators = Array.from({ length: SLICES }, () => 1000 + 100 * noise());
  return {
    numerators: denominators.map((value) => value * (3 + 0.3 * noise())),
    denominators,
    scale: 1,
  };
}

describe('intervals by jackknife', () => {
  it("has Student's t of the tables", () => {
    // 97.5 % quantiles to three decimals.
    for (const [freedom, value] of [
      [9, 2.262],
      [12, 2.179],
      [19, 2.093],
      [30, 2.042],
      [120, 1.98],
    ] as const) {
      expect(studentQuantile(freedom)).to.be.closeTo(value, 0.001);
    }
  });

  it('hold the true ratio in 95 of 100 runs', () => {
    const noise = normalNoise(7);
    let held = 0;
    for (let run = 0; run < RUNS; run++) {
      const { low, high } = intervalOf(jackknife(noisyRatio(noise))!);
      if (low <= 3 && 3 <= high) held++;
    }
    expect(held / RUNS).to.be.within(0.93, 0.97);
  });

  it('hold the true difference, 0, in 95 of 100 runs where two are independent', () => {
    const noise = normalNoise(8);
    let held = 0;
    for (let run = 0; run < RUNS; run++) {
      const [a, b] = [jackknife(noisyRatio(noise))!, jackknife(noisyRatio(noise))!];
      const { low, high } = intervalOfDifference(a, b, false);
      if (low <= 0 && 0 <= high) held++;
    }
    expect(held / RUNS).to.be.within(0.93, 0.97);
  });

  it('leave out of a difference what both share, where slices are pairs', () => {
    const one = noisyRatio(normalNoise(9));
    const a = jackknife(one)!;
    const b = jackknife({ ...one, numerators: one.numerators.map((value) => value * 1.05) })!;
    const paired = intervalOfDifference(a, b, true);
    const apart = intervalOfDifference(a, b, false);
    expect(paired.high - paired.low).to.be.below((apart.high - apart.low) / 5);
    expect(paired.low).to.be.above(0);
    expect(apart.low).to.be.below(0);
  });

  it('are nothing wide for a mean that does not vary, and the textbook one for equal denominators', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 10, maxLength: 20 }),
        (numerators) => {
          const denominators = numerators.map(() => 2);
          const { low, high } = intervalOf(jackknife({ numerators, denominators, scale: 1 })!);
          const n = numerators.length;
          const ratios = numerators.map((value) => value / 2);
          const mean = ratios.reduce((sum, value) => sum + value, 0) / n;
          const variance = ratios.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
          const half = studentQuantile(n - 1) * Math.sqrt(variance / n);
          expect(low).to.be.closeTo(mean - half, 1e-6);
          expect(high).to.be.closeTo(mean + half, 1e-6);
        },
      ),
    );
  });

  it('are not given from fewer than ten slices with a denominator', () => {
    const ratio = (full: number): SlicedRatio => ({
      numerators: Array.from({ length: 12 }, () => 1),
      denominators: Array.from({ length: 12 }, (_, index) => (index < full ? 1 : 0)),
      scale: 1,
    });
    expect(jackknife(ratio(9))).to.equal(null);
    expect(jackknife(ratio(10))).not.to.equal(null);
  });

  it('see that slices follow each other', () => {
    const ratio = (numerators: number[]): number =>
      neighbourCorrelation(jackknife({ numerators, denominators: numerators.map(() => 1), scale: 1 })!);
    const up = Array.from({ length: 16 }, (_, index) => index);
    expect(ratio(up)).to.be.above(0.5);
    expect(ratio(up.map((value) => value % 2))).to.be.below(-0.5);
    expect(ratio(up.map(() => 4))).to.equal(0);
  });
});
