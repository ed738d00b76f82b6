import { expect } from 'chai';
import {
  approachRate,
  createDynamicItr,
  type ItrLevel,
  nextBytesPerUsLevel,
  nextE1000Level,
} from '../../src/nic/dynamic-itr.ts';
import { createModeration } from '../../src/nic/moderation.ts';

describe('the state machine of e1000', () => {
  const cases: readonly [level: ItrLevel, packets: number, bytes: number, next: ItrLevel][] = [
    ['lowest', 4, 513, 'low'],
    ['lowest', 4, 512, 'lowest'],
    ['lowest', 5, 7570, 'lowest'],
    ['low', 9, 10_001, 'bulk'],
    ['low', 9, 10_000, 'low'],
    ['low', 10, 12_000, 'low'],
    ['low', 10, 12_010, 'bulk'],
    ['low', 36, 10_001, 'lowest'],
    ['low', 35, 10_001, 'low'],
    ['low', 3, 6003, 'bulk'],
    ['low', 2, 511, 'lowest'],
    ['low', 2, 512, 'low'],
    ['low', 3, 511, 'low'],
    ['bulk', 36, 25_001, 'low'],
    ['bulk', 35, 52_990, 'bulk'],
    ['bulk', 36, 25_000, 'bulk'],
    ['bulk', 10, 5999, 'low'],
    ['bulk', 10, 6000, 'bulk'],
    ['bulk', 0, 0, 'bulk'],
  ];
  for (const [level, packets, bytes, next] of cases) {
    it(`goes from ${level} with ${packets} packets, ${bytes} bytes to ${next}`, () => {
      expect(nextE1000Level(level, packets, bytes)).to.equal(next);
    });
  }

  it('approaches a higher rate in quarters of the target and takes a lower one at once', () => {
    expect(approachRate(4000, 20_000)).to.equal(9000);
    expect(approachRate(19_000, 20_000)).to.equal(20_000);
    expect(approachRate(70_000, 4000)).to.equal(4000);
  });

  it('settles on 4000 interrupts a second under bulk traffic, and comes back step by step', () => {
    const itr = createDynamicItr({
      rule: 'e1000',
      ratePerSecond: { lowest: 70_000, low: 20_000, bulk: 4000 },
      startRatePerSecond: 20_000,
    });
    itr.update(20, 20 * 1514, 50_000);
    expect([itr.level(), itr.ratePerSecond()]).to.deep.equal(['bulk', 4000]);
    itr.update(1, 66, 250_000);
    expect([itr.level(), itr.ratePerSecond()]).to.deep.equal(['low', 9000]);
    itr.update(1, 66, 111_111);
    expect([itr.level(), itr.ratePerSecond()]).to.deep.equal(['lowest', 26_500]);
  });
});

describe('the levels of ixgbe', () => {
  const cases: readonly [level: ItrLevel, bytesPerUs: number, next: ItrLevel][] = [
    ['lowest', 10, 'lowest'],
    ['lowest', 10.1, 'low'],
    ['low', 10, 'lowest'],
    ['low', 20, 'low'],
    ['low', 20.1, 'bulk'],
    ['bulk', 20, 'low'],
    ['bulk', 20.1, 'bulk'],
  ];
  for (const [level, bytesPerUs, next] of cases) {
    it(`go from ${level} at ${bytesPerUs} bytes/µs to ${next}`, () => {
      expect(nextBytesPerUsLevel(level, bytesPerUs)).to.equal(next);
    });
  }
});

describe('a dynamic interrupt rate', () => {
  it('moves the interrupts of a bulk transfer apart', () => {
    const moderation = createModeration({
      kind: 'dynamic',
      itr: {
        rule: 'e1000',
        ratePerSecond: { lowest: 70_000, low: 20_000, bulk: 4000 },
        startRatePerSecond: 20_000,
      },
    });
    expect(moderation.arrived(0, 1)).to.equal(0);
    moderation.fired(0);
    moderation.completed(1, 1514);
    expect(moderation.arrived(1000, 1)).to.equal(50_000);
    moderation.fired(50_000);
    moderation.completed(8, 8 * 1514);
    expect(moderation.arrived(51_000, 1)).to.equal(300_000);
  });
});
