/** A profile with the fitted values of a calibration in place of its own. */
import type { ReceiveMode } from '../path/netback.ts';
import { XEN_CONFIGURATIONS } from '../path/xen-configurations.ts';
import type { CalibrationRecord, DomainCalibration, FittedCoefficient } from './calibration-record.ts';
import { eventsPerByte, type Observation } from './observation.ts';
import { ParameterError } from './parameters.ts';
import { CLOCKED_LAWS, type Coefficients, type Profile, type Unexplained } from './profile.ts';

/** Digits that are written: more than any measurement has. */
const DIGITS = 9;

/**
 * The profile with fitted coefficients of grade `fitted`, for the receive mode that was calibrated alone: the lumps
 * of the other modes were fitted to something else. What the fit leaves of the guest's one row that it was not
 * trained on is its unexplained part; otherwise there is none.
 * @throws {ParameterError} where a coefficient is not identified: any value of it would be made up.
 */
export function calibratedProfile(
  name: string,
  base: Profile,
  record: CalibrationRecord,
  observations: readonly Observation[],
): Profile {
  const receiveMode = record.receiveMode as ReceiveMode;
  const own = base.receiveModes[receiveMode]!;
  const replaced = (coefficients: Coefficients): Coefficients =>
    Object.fromEntries(
      Object.entries(coefficients).map(([id, term]) => {
        const fit = fitOf(record, id);
        if (fit === null) return [id, term];
        const value = rounded(fit.coefficient.value!);
        return [id, { ...term, value, grade: 'fitted', source: sourceOf(record, fit) }];
      }),
    );
  const fitted = record.domains.flatMap(({ coefficients }) => coefficients);
  const open = fitted.find(({ value }) => value === null);
  if (open !== undefined) {
    throw new ParameterError(
      open.state === 'absent'
        ? `nothing was counted that ${open.name} prices: leave it out of --fit`
        : `the rows do not tell ${[open.name, ...open.with].join(', ')} apart: leave one out of --fit, or join those of one unit by +`,
    );
  }
  return {
    ...base,
    name,
    note: `Fitted to ${record.measured} by analyze calibrate, starting from ${base.name}; counts: ${record.counts}. ${evidence(record)}`,
    coefficients: replaced(base.coefficients),
    receiveModes: { [receiveMode]: { ...own, coefficients: replaced(own.coefficients) } },
    unexplained: unexplainedOf(record, observations),
    throughput: { ...base.throughput, laws: { ...base.throughput.laws, ...lawsOf(record) } },
  };
}

interface Fitted {
  readonly domain: DomainCalibration;
  readonly coefficient: FittedCoefficient;
}

function fitOf(record: CalibrationRecord, id: string): Fitted | null {
  for (const domain of record.domains) {
    const coefficient = domain.coefficients.find(({ ids }) => ids.includes(id));
    if (coefficient !== undefined) return { domain, coefficient };
  }
  return null;
}

function sourceOf(record: CalibrationRecord, { domain, coefficient }: Fitted): string {
  const rows = domain.fittedRows.filter((row) => row.trained).map((row) => row.configuration);
  const { interval } = coefficient;
  const range =
    interval === null
      ? ''
      : `; 95 % from ${interval.low.toPrecision(4)} to ${interval.high.toPrecision(4)} at ${100 * record.noise} % noise`;
  const exact = domain.exactByConstruction ? '; exact by construction' : '';
  return `Fitted to the ${domain.domain} numbers of ${record.measured}, rows ${rows.join(', ')}${range}${exact}.`;
}

function evidence(record: CalibrationRecord): string {
  const exact = record.domains.filter((domain) => domain.exactByConstruction).map(({ domain }) => domain);
  if (exact.length === 0) return 'There are more equations than unknowns.';
  return `${exact.join(' and ')}: as many unknowns as equations, exact by construction, which is no evidence for the model.`;
}

function unexplainedOf(record: CalibrationRecord, observations: readonly Observation[]): Unexplained | null {
  const rows = record.domains.find(({ domain }) => domain === 'DomainU')?.fittedRows ?? [];
  const others = rows.filter((row) => !row.trained);
  const [first] = others;
  if (first === undefined || others.some((row) => row.configuration !== first.configuration)) return null;
  const residuals = others.map((row) => {
    const observation = observations.find((one) => one.row.line === row.line)!;
    const left = row.measuredCyclesPerByte - row.fitted!.cyclesPerByte;
    return left / eventsPerByte(observation, ['dataPackets']);
  });
  return {
    configuration: XEN_CONFIGURATIONS.find((name) => name === first.configuration)!,
    event: 'dataPackets',
    value: rounded(residuals.reduce((sum, value) => sum + value, 0) / residuals.length),
    unit: 'cyclesPerPacket',
    grade: 'fitted',
    source: `Residual of ${record.measured}: DomainU measured in ${first.configuration} less what the fit to the other rows gives.`,
    note: 'No counted event explains it.',
  };
}

function lawsOf(record: CalibrationRecord): Partial<Profile['throughput']['laws']> {
  const entries = CLOCKED_LAWS.flatMap((name) => {
    const law = record.laws.find((one) => one.law === name);
    if (law?.range == null || law.parameter === null) return [];
    const [low, high] = law.range;
    const clock = {
      value: rounded(law.parameter),
      unit: 'GHz',
      grade: 'fitted',
      source: `Fitted to ${record.measured}: mean of the clocks that its rows need, ${low.toFixed(3)} to ${high.toFixed(3)} GHz.`,
      note: `No clock of a CPU. Largest error on these rows: ${(100 * law.worstError!).toFixed(2)} %.`,
    } as const;
    return [[name, clock] as const];
  });
  return Object.fromEntries(entries);
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
