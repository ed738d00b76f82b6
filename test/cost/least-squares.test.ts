import { expect } from 'chai';
import fc from 'fast-check';
import { identify, solveNonNegative } from '../../src/cost/least-squares.ts';

const number = fc.double({ min: 0.05, max: 1, noNaN: true });
/** Up to four unknowns of very different sizes, as cycles per packet and per byte are. */
const problem = fc
  .record({ unknowns: fc.integer({ min: 1, max: 4 }), extra: fc.integer({ min: 0, max: 4 }) })
  .chain(({ unknowns, extra }) =>
    fc.record({
      scales: fc.array(fc.constantFrom(1e-4, 1, 1e4), { minLength: unknowns, maxLength: unknowns }),
      rows: fc.array(fc.array(number, { minLength: unknowns, maxLength: unknowns }), {
        minLength: unknowns + extra,
        maxLength: unknowns + extra,
      }),
      side: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
        minLength: unknowns + extra,
        maxLength: unknowns + extra,
      }),
    }),
  )
  .map(({ scales, rows, side }) => ({
    side,
    rows: rows.map((row) => row.map((value, column) => value * scales[column]!)),
    unknowns: scales.length,
  }))
  .filter(({ rows, unknowns }) => (identify(rows, unknowns).condition ?? Number.POSITIVE_INFINITY) < 1e3);

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

describe('non-negative least squares', () => {
  it('gives what no other non-negative values beat (Karush, Kuhn and Tucker)', () => {
    fc.assert(
      fc.property(problem, ({ rows, side, unknowns }) => {
        const solution = solveNonNegative(rows, unknowns, [side])[0]!;
        const residual = rows.map((row, index) => side[index]! - dot(row, solution));
        for (let column = 0; column < unknowns; column++) {
          const factors = rows.map((row) => row[column]!);
          const gradient = dot(factors, residual) / Math.hypot(...factors);
          expect(solution[column]).to.be.at.least(0);
          if (solution[column] === 0) expect(gradient).to.be.below(1e-6);
          else expect(gradient).to.be.closeTo(0, 1e-6);
        }
      }),
    );
  });

  it('solves several right-hand sides as it solves each alone', () => {
    fc.assert(
      fc.property(problem, ({ rows, side, unknowns }) => {
        const sides = [side, side.map((value) => -value), side.map((value, index) => value + index)];
        const together = solveNonNegative(rows, unknowns, sides);
        const alone = sides.map((one) => solveNonNegative(rows, unknowns, [one])[0]!);
        for (const [index, solution] of together.entries()) {
          for (const [column, value] of solution.entries()) {
            const other = alone[index]![column]!;
            expect(value).to.be.closeTo(other, 1e-6 * (1 + Math.abs(other)));
          }
        }
      }),
    );
  });

  it('leaves out unknowns that the equations do not fix', () => {
    // The second is twice the first, the third never occurs.
    const rows = [
      [1, 2, 0],
      [3, 6, 0],
    ];
    const [first, ...others] = solveNonNegative(rows, 3, [[2, 6]])[0]!;
    expect(first).to.be.closeTo(2, 1e-12);
    expect(others).to.deep.equal([0, 0]);
    expect(solveNonNegative([], 2, [[]])[0]).to.deep.equal([0, 0]);
  });
});

describe('what equations identify', () => {
  const cases: readonly {
    name: string;
    rows: readonly (readonly number[])[];
    unknowns: number;
    rank: number;
    identified: readonly boolean[];
    collinear?: readonly (readonly number[])[];
  }[] = [
    {
      name: 'as many equations as unknowns',
      rows: [
        [1, 0],
        [1, 1],
      ],
      unknowns: 2,
      rank: 2,
      identified: [true, true],
    },
    {
      name: 'fewer equations',
      rows: [[1, 2]],
      unknowns: 2,
      rank: 1,
      identified: [false, false],
      collinear: [[1], [0]],
    },
    { name: 'no equation', rows: [], unknowns: 1, rank: 0, identified: [false] },
    {
      name: 'repeated equations',
      rows: [
        [1, 2],
        [1, 2],
      ],
      unknowns: 2,
      rank: 1,
      identified: [false, false],
      collinear: [[1], [0]],
    },
    {
      name: 'a pair that occurs only together, beside a third',
      rows: [
        [1, 10, 0],
        [2, 20, 0],
        [1, 10, 5],
      ],
      unknowns: 3,
      rank: 2,
      identified: [false, false, true],
      collinear: [[1], [0], []],
    },
    {
      name: 'an unknown that does not occur',
      rows: [
        [1, 0],
        [2, 0],
      ],
      unknowns: 2,
      rank: 1,
      identified: [true, false],
      collinear: [[], []],
    },
    {
      name: 'one that is the sum of two others',
      rows: [
        [1, 0, 1],
        [0, 1, 1],
        [2, 3, 5],
      ],
      unknowns: 3,
      rank: 2,
      identified: [false, false, false],
      collinear: [
        [1, 2],
        [0, 2],
        [0, 1],
      ],
    },
    {
      name: 'columns of very different size',
      rows: [
        [1e-6, 1e6],
        [1e-6, 2e6],
      ],
      unknowns: 2,
      rank: 2,
      identified: [true, true],
    },
  ];
  for (const { name, rows, unknowns, rank, identified, collinear } of cases) {
    it(name, () => {
      const result = identify(rows, unknowns);
      expect(result.rank).to.equal(rank);
      expect(result.condition === null).to.equal(rank < unknowns);
      expect(result.unknowns.map((one) => one.identified)).to.deep.equal(identified);
      if (collinear !== undefined) {
        expect(result.unknowns.map((one) => one.collinearWith)).to.deep.equal(collinear);
      }
    });
  }

  it('has the condition of a matrix that is known by hand', () => {
    // Columns of length 1 at 60 degrees: singular values √1.5 and √0.5.
    const rows = [
      [1, 0.5],
      [0, Math.sqrt(0.75)],
    ];
    const { condition, unknowns } = identify(rows, 2);
    expect(condition).to.be.closeTo(Math.sqrt(3), 1e-12);
    expect(unknowns[0]?.nearest?.correlation).to.be.closeTo(-0.5, 1e-12);
  });
});
