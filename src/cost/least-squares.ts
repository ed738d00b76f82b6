/**
 * Non-negative least squares, and what a set of equations can tell: rank, condition, which unknowns only occur
 * together. The numerics are those of ml-fcnnls (active set) and ml-matrix (singular values).
 */
import { fcnnls } from 'ml-fcnnls';
import { inverse, Matrix, SingularValueDecomposition } from 'ml-matrix';

/** Equations as rows, unknowns as columns. */
export type Equations = readonly (readonly number[])[];

/** Singular values below this share of the largest count as 0: columns are scaled to length 1 before. */
const RANK_TOLERANCE = 1e-9;
/** Of the gradient, where columns and right-hand sides have length 1. */
const GRADIENT_TOLERANCE = 1e-11;
const MAX_ITERATIONS = 1_000_000;

export interface Identification {
  readonly rank: number;
  /** Largest over smallest singular value of the equations with columns of length 1; null below full rank. */
  readonly condition: number | null;
  readonly unknowns: readonly {
    /** Whether the equations fix its value. */
    readonly identified: boolean;
    /** It occurs in no equation. */
    readonly absent: boolean;
    /** The unknowns that can be traded for it without any change in the equations. */
    readonly collinearWith: readonly number[];
    /** The unknown whose estimate moves most closely with it, and the correlation; null below full rank. */
    readonly nearest: { readonly index: number; readonly correlation: number } | null;
  }[];
}

export function identify(equations: Equations, unknowns: number): Identification {
  const { scaled, lengths } = scaleColumns(equations, unknowns);
  const { singularValues, vectors } = decompose(scaled, unknowns);
  const largest = Math.max(0, ...singularValues);
  const isNull = singularValues.map((value) => value <= RANK_TOLERANCE * largest);
  const rank = isNull.filter((flag) => !flag).length;
  // Projector onto what the equations do not see: an unknown is identified where its row is 0.
  const unseen = (i: number, j: number): number =>
    vectors.reduce((sum, vector, at) => sum + (isNull[at] === true ? vector[i]! * vector[j]! : 0), 0);
  const isUnseen = (i: number, j: number): boolean => Math.abs(unseen(i, j)) > 1e-6;
  const full = rank === unknowns;
  const correlation = full && unknowns > 1 ? correlations(scaled) : null;
  const indices = Array.from({ length: unknowns }, (_, index) => index);
  return {
    rank,
    condition: full ? largest / Math.min(...singularValues) : null,
    unknowns: indices.map((i) => {
      const others = indices.filter((j) => j !== i);
      const absent = lengths[i] === 0;
      return {
        identified: !isUnseen(i, i),
        absent,
        collinearWith: others.filter((j) => !absent && lengths[j] !== 0 && isUnseen(i, j)),
        nearest: correlation === null ? null : nearestOf(correlation[i]!, others),
      };
    }),
  };
}

function nearestOf(
  row: readonly number[],
  others: readonly number[],
): { index: number; correlation: number } {
  const index = others.reduce((best, j) => (Math.abs(row[j]!) > Math.abs(row[best]!) ? j : best), others[0]!);
  return { index, correlation: row[index]! };
}

/** Correlations of the estimates under equal noise: the inverse of XᵀX, scaled. */
function correlations(scaled: Equations): number[][] {
  const x = matrixOf(scaled);
  const covariance = inverse(x.transpose().mmul(x));
  return covariance
    .to2DArray()
    .map((row, i) => row.map((value, j) => value / Math.sqrt(covariance.get(i, i) * covariance.get(j, j))));
}

/** Singular values and right singular vectors, `unknowns` of each. Rows of 0 make up for missing equations. */
function decompose(scaled: Equations, unknowns: number): { singularValues: number[]; vectors: number[][] } {
  if (unknowns === 0) return { singularValues: [], vectors: [] };
  const missing = Math.max(0, unknowns - scaled.length);
  const padding = Array.from({ length: missing }, () => Array<number>(unknowns).fill(0));
  const svd = new SingularValueDecomposition(matrixOf([...scaled, ...padding]));
  return { singularValues: svd.diagonal, vectors: svd.rightSingularVectors.transpose().to2DArray() };
}

/**
 * The non-negative solution of least squares for each of several right-hand sides. Unknowns that the equations do
 * not fix are left out one by one, from the last on, and are 0: look at `identify` before using them.
 */
export function solveNonNegative(
  equations: Equations,
  unknowns: number,
  rightHandSides: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const { scaled, lengths } = scaleColumns(equations, unknowns);
  const kept = independentColumns(scaled, unknowns);
  if (kept.length === 0) return rightHandSides.map(() => Array<number>(unknowns).fill(0));
  const x = matrixOf(scaled.map((row) => kept.map((column) => row[column]!)));
  const sizes = rightHandSides.map((side) => Math.hypot(...side) || 1);
  const y = new Matrix(equations.length, rightHandSides.length);
  rightHandSides.forEach((side, column) => {
    side.forEach((value, row) => {
      y.set(row, column, value / sizes[column]!);
    });
  });
  const { K } = fcnnls(x, y, { gradientTolerance: GRADIENT_TOLERANCE, maxIterations: MAX_ITERATIONS });
  return rightHandSides.map((_, column) => {
    const solution = Array<number>(unknowns).fill(0);
    kept.forEach((unknown, row) => {
      solution[unknown] = (K.get(row, column) * sizes[column]!) / lengths[unknown]!;
    });
    return solution;
  });
}

/** ml-fcnnls is sound for independent columns only. */
function independentColumns(scaled: Equations, unknowns: number): number[] {
  const kept: number[] = [];
  for (let column = 0; column < unknowns; column++) {
    const tried = [...kept, column];
    const part = scaled.map((row) => tried.map((index) => row[index]!));
    const { singularValues } = decompose(part, tried.length);
    if (Math.min(...singularValues) > RANK_TOLERANCE * Math.max(...singularValues)) kept.push(column);
  }
  return kept;
}

function scaleColumns(equations: Equations, unknowns: number): { scaled: number[][]; lengths: number[] } {
  const lengths = Array.from({ length: unknowns }, (_, column) =>
    Math.hypot(...equations.map((row) => row[column]!)),
  );
  return { scaled: equations.map((row) => row.map((value, i) => value / (lengths[i]! || 1))), lengths };
}

function matrixOf(rows: Equations): Matrix {
  return new Matrix(rows.map((row) => [...row]));
}
