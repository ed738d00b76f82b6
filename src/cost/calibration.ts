/**
 * Fits coefficients of a profile to measured cycles per byte, one domain at a time, and says what the fit is worth:
 * what the rows identify, intervals from the stated noise, and what each row is predicted to be without itself.
 * The equations are weighted for noise that is a share of the measured value (docs/calibration.md).
 */
import type { DomainCalibration, FittedCoefficient, Interval, RowPrediction } from './calibration-record.ts';
import { type Identification, identify, solveNonNegative } from './least-squares.ts';
import { normalNoise, quantile } from './noise.ts';
import { cyclesPerByteOf, eventsPerByte, type Observation } from './observation.ts';
import type { Parameter } from './parameters.ts';
import type { Coefficient, Domain } from './profile.ts';

export interface NoiseOptions {
  /** Standard deviation of a measured value from run to run, as a share of it. */
  readonly noise: number;
  readonly seed: number;
  /** Made-up repetitions of the measurement. */
  readonly replicates: number;
}

/** Estimates whose correlation is beyond this cannot be told apart well. */
const MUCH_CORRELATED = 0.9;
const LOW = 0.025;
const HIGH = 0.975;

/** One equation: cycles per byte of unit coefficients, and what they have to add up to. */
interface Equation {
  readonly observation: Observation;
  readonly trained: boolean;
  readonly factors: readonly number[];
  readonly measured: number;
  /** Of the coefficients that are not fitted. */
  readonly held: number;
}

/** A fit to some equations: the values, and those of each made-up repetition. */
interface Fit {
  readonly values: readonly number[];
  readonly replicates: readonly (readonly number[])[];
}

/**
 * @param parameters unknowns of this domain
 * @param held the other coefficients of this domain
 * @param isTrained whether a row takes part in the fit; the others are predicted
 */
export function calibrateDomain(
  domain: Domain,
  observations: readonly Observation[],
  parameters: readonly Parameter[],
  held: readonly Coefficient[],
  isTrained: (observation: Observation) => boolean,
  options: NoiseOptions,
): DomainCalibration {
  const equations = observations
    .filter(({ row }) => row.cyclesPerByte[domain] !== null)
    .map(
      (observation): Equation => ({
        observation,
        trained: isTrained(observation),
        factors: parameters.map(({ coefficients }) =>
          eventsPerByte(
            observation,
            coefficients.map((term) => term.event),
          ),
        ),
        measured: observation.row.cyclesPerByte[domain]!,
        held: cyclesPerByteOf(observation, held),
      }),
    );
  const trained = equations.filter((equation) => equation.trained);
  const noise = drawNoise(equations, options);
  const whole = identificationOf(trained, parameters.length);
  const fit = fitTo(trained, parameters.length, noise);
  const different = new Set(trained.map(({ factors, held }) => [...factors, held].join(' '))).size;
  return {
    domain,
    rows: trained.length,
    equations: different,
    unknowns: parameters.length,
    rank: whole.rank,
    condition: whole.condition,
    exactByConstruction: whole.rank >= different,
    chiSquare: chiSquareOf(trained, fit, noise, trained.length - whole.rank, options),
    coefficients: parameters.map((parameter, index) => describe(parameters, whole, fit, index, parameter)),
    fittedRows: equations.map((equation) => {
      const others = trained.filter((other) => other !== equation);
      const { row } = equation.observation;
      return {
        line: row.line,
        configuration: row.configuration,
        trained: equation.trained,
        measuredCyclesPerByte: equation.measured,
        fitted: predict(equation, trained, fit, noise),
        leftOut: predict(equation, others, fitTo(others, parameters.length, noise), noise),
      };
    }),
  };
}

/** Relative errors of each equation in each repetition. */
type Noise = ReadonlyMap<Equation, Float64Array>;

/** Twice as many as needed: the second half is that of the measurement that a prediction is held against. */
function drawNoise(equations: readonly Equation[], options: NoiseOptions): Noise {
  const next = normalNoise(options.seed);
  const count = options.noise > 0 ? 2 * options.replicates : 0;
  return new Map(
    equations.map((one) => [one, Float64Array.from({ length: count }, () => options.noise * next())]),
  );
}

function identificationOf(equations: readonly Equation[], unknowns: number): Identification {
  return identify(equations.map(weighted), unknowns);
}

function weighted({ factors, measured }: Equation): number[] {
  return factors.map((factor) => factor / measured);
}

function fitTo(equations: readonly Equation[], unknowns: number, noise: Noise): Fit {
  const rows = equations.map(weighted);
  const measured = equations.map((one) => (one.measured - one.held) / one.measured);
  const values = solveNonNegative(rows, unknowns, [measured])[0]!;
  const repetitions = repetitionsOf(equations, noise);
  const sides = Array.from({ length: repetitions }, (_, at) =>
    equations.map((one) => {
      const modelled = modelOf(one, values);
      return (modelled * (1 + noise.get(one)![at]!) - one.held) / one.measured;
    }),
  );
  return { values, replicates: sides.length === 0 ? [] : solveNonNegative(rows, unknowns, sides) };
}

function repetitionsOf(equations: readonly Equation[], noise: Noise): number {
  return equations.length === 0 ? 0 : noise.get(equations[0]!)!.length / 2;
}

function modelOf({ factors, held }: Equation, values: readonly number[]): number {
  return factors.reduce((sum, factor, index) => sum + factor * values[index]!, held);
}

/** Null where the equations leave open what the row would be. */
function predict(
  equation: Equation,
  from: readonly Equation[],
  fit: Fit,
  noise: Noise,
): RowPrediction | null {
  const unknowns = equation.factors.length;
  const without = identificationOf(from, unknowns).rank;
  if (identificationOf([...from, equation], unknowns).rank > without) return null;
  const cyclesPerByte = modelOf(equation, fit.values);
  const own = noise.get(equation)!.subarray(fit.replicates.length);
  const repeated = fit.replicates.map((values, at) => modelOf(equation, values) * (1 + own[at]!));
  return { cyclesPerByte, interval: intervalOf(repeated), error: cyclesPerByte / equation.measured - 1 };
}

function intervalOf(numbers: readonly number[]): Interval | null {
  if (numbers.length === 0) return null;
  const sorted = Float64Array.from(numbers).sort();
  return { low: quantile(sorted, LOW), high: quantile(sorted, HIGH) };
}

function describe(
  parameters: readonly Parameter[],
  whole: Identification,
  fit: Fit,
  index: number,
  parameter: Parameter,
): FittedCoefficient {
  const { identified, absent, collinearWith, nearest } = whole.unknowns[index]!;
  const near = nearest !== null && Math.abs(nearest.correlation) >= MUCH_CORRELATED ? nearest : null;
  const { name, ids, unit, coefficients } = parameter;
  return {
    name,
    ids,
    unit,
    value: identified ? fit.values[index]! : null,
    interval: identified ? intervalOf(fit.replicates.map((values) => values[index]!)) : null,
    profileValue: coefficients[0]!.value,
    state: absent ? 'absent' : identified ? 'identified' : 'collinear',
    with: collinearWith.map((other) => parameters[other]!.name),
    movesWith: near === null ? null : { name: parameters[near.index]!.name, correlation: near.correlation },
  };
}

function chiSquareOf(
  equations: readonly Equation[],
  fit: Fit,
  noise: Noise,
  freedom: number,
  options: NoiseOptions,
): DomainCalibration['chiSquare'] {
  if (freedom <= 0 || options.noise === 0) return null;
  const square = (measured: number, modelled: number, scale: number): number =>
    ((measured - modelled) / (options.noise * scale)) ** 2;
  const sum = (of: (equation: Equation) => number): number =>
    equations.reduce((total, equation) => total + of(equation), 0);
  const value = sum((one) => square(one.measured, modelOf(one, fit.values), one.measured));
  const beyond = fit.replicates.filter((values, at) => {
    const repeated = sum((one) => {
      const measured = modelOf(one, fit.values) * (1 + noise.get(one)![at]!);
      return square(measured, modelOf(one, values), one.measured);
    });
    return repeated >= value;
  });
  return { value, freedom, share: beyond.length / fit.replicates.length };
}
