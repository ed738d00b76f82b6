import { expect } from 'chai';
import fc from 'fast-check';
import {
  distanceFromBest,
  judge,
  LEAST_RANGE_SHARE,
  type Objectives,
  paretoFront,
} from '../../src/replay/front.ts';

const anyObjectives = fc.tuple(
  ...(Array.from({ length: 3 }, () => fc.integer({ min: 1, max: 6 })) as [
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
  ]),
);
const anySettings = fc.array(fc.option(anyObjectives, { freq: 8 }), { minLength: 1, maxLength: 12 });

/** By the definition, pair by pair. */
const beats = (a: Objectives, b: Objectives): boolean =>
  a.every((value, index) => value <= b[index]!) && a.some((value, index) => value !== b[index]!);

describe('the front', () => {
  it('is what nothing beats, and something on it beats or equals everything else', () => {
    fc.assert(
      fc.property(anySettings, (all) => {
        const front = paretoFront(all);
        for (const [index, one] of all.entries()) {
          if (one === null) {
            expect(front).not.to.include(index);
            continue;
          }
          const beaten = all.some((other) => other !== null && beats(other, one));
          expect(front.includes(index)).to.equal(!beaten);
          if (beaten) expect(front.some((at) => beats(all[at]!, one))).to.equal(true);
        }
      }),
    );
  });
});

describe('the knee', () => {
  const cases: readonly {
    readonly name: string;
    readonly all: readonly (Objectives | null)[];
    readonly knee: number | null;
    readonly advice: number | null;
  }[] = [
    { name: 'nothing to judge', all: [null, null], knee: null, advice: null },
    { name: 'a default that is out of the question', all: [null, [1, 1, 1]], knee: 1, advice: 1 },
    { name: 'one setting', all: [[3, 3, 3]], knee: 0, advice: null },
    {
      name: 'one that beats the default by far',
      all: [
        [3, 3, 3],
        [1, 1, 1],
      ],
      knee: 1,
      advice: 1,
    },
    {
      name: 'one that beats it by too little',
      all: [
        [100, 100, 100],
        [99, 99, 99],
      ],
      knee: 1,
      advice: null,
    },
    {
      name: 'the bend between two ends',
      all: [
        [10, 1, 1],
        [2, 1, 2],
        [1, 1, 10],
      ],
      knee: 1,
      advice: 1,
    },
    {
      name: 'a default in the bend',
      all: [
        [2, 1, 2],
        [10, 1, 1],
        [1, 1, 10],
      ],
      knee: 0,
      advice: null,
    },
    {
      // By the range alone the second objective would count as much as the third.
      name: 'a difference of little, which is not blown up',
      all: [
        [1, 1.01, 1],
        [1, 1, 2],
      ],
      knee: 0,
      advice: null,
    },
  ];
  for (const { name, all, knee, advice } of cases) {
    it(name, () => {
      expect(judge(all)).to.include({ knee, advice });
    });
  }

  it('stands on the front, no farther from the best corner than anything else there', () => {
    fc.assert(
      fc.property(anySettings, (all) => {
        const { knee, front, advice } = judge(all);
        if (front.length === 0) {
          expect({ knee, advice }).to.deep.equal({ knee: null, advice: null });
          return;
        }
        expect(front).to.include(knee);
        const distance = distanceFromBest(front.map((index) => all[index]!));
        for (const index of front) expect(distance(all[knee!]!)).to.be.at.most(distance(all[index]!));
        if (advice !== null) expect(advice).to.equal(knee).and.not.equal(0);
      }),
    );
  });

  it('does not depend on units', () => {
    fc.assert(
      fc.property(anySettings, (all) => {
        const scaled = all.map((one) =>
          one === null ? null : one.map((value, index) => value * 4 ** index),
        );
        expect(judge(scaled)).to.deep.equal(judge(all));
      }),
    );
  });

  it('counts a difference below the least range in proportion', () => {
    const distance = distanceFromBest([
      [10, 1],
      [10 + 10 * LEAST_RANGE_SHARE * 0.5, 1],
    ]);
    expect(distance([10 + 10 * LEAST_RANGE_SHARE * 0.5, 1])).to.equal(0.5);
  });
});
