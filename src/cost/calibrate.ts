/** A whole calibration: every domain with its unknowns, the throughput laws, and what to be careful with. */
import { packageVersion } from '../package-root.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { calibrateDomain, type NoiseOptions } from './calibration.ts';
import type { CalibrationRecord } from './calibration-record.ts';
import { fitLaws } from './fit-laws.ts';
import type { Observation } from './observation.ts';
import { type Parameter, ParameterError } from './parameters.ts';
import { coefficientsOf, DOMAINS, type Domain, type Profile } from './profile.ts';

export interface CalibrateOptions extends NoiseOptions {
  readonly measured: string;
  readonly counts: string;
  readonly profile: Profile;
  readonly receiveMode: ReceiveMode;
  readonly parameters: readonly Parameter[];
  /** Configurations whose rows take part in the fit of a domain; null: all. */
  readonly train: Readonly<Record<Domain, readonly string[] | null>>;
}

/** Measured and counted LRO rate may differ by this share before it is said. */
const RATE_TOLERANCE = 0.05;

/** @throws {ParameterError} where there is nothing to fit, or no row to fit it to. */
export function calibrate(
  observations: readonly Observation[],
  options: CalibrateOptions,
): CalibrationRecord {
  const { profile, receiveMode, parameters, train, noise, seed, replicates } = options;
  const fitted = new Set(parameters.flatMap((parameter) => parameter.ids));
  const held = Object.entries(coefficientsOf(profile, receiveMode)).filter(([id]) => !fitted.has(id));
  const domains = DOMAINS.flatMap((domain) => {
    const own = parameters.filter((parameter) => parameter.domain === domain);
    const measured = observations.filter(({ row }) => row.cyclesPerByte[domain] !== null);
    if (own.length === 0 || measured.length === 0) return [];
    const isTrained = ({ row }: Observation): boolean => train[domain]?.includes(row.configuration) ?? true;
    if (!measured.some(isTrained)) throw new ParameterError(`no row is left to fit ${domain} to`);
    const heldHere = held.map(([, term]) => term).filter((term) => term.domain === domain);
    return [calibrateDomain(domain, measured, own, heldHere, isTrained, options)];
  });
  if (domains.length === 0) {
    throw new ParameterError(
      parameters.length === 0
        ? `${profile.name} has no fitted coefficient: name those to fit`
        : `no row has cycles of the domain of ${[...fitted].join(', ')}`,
    );
  }
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: packageVersion() },
    measured: options.measured,
    profile: profile.name,
    receiveMode,
    counts: options.counts,
    noise,
    seed,
    replicates,
    rows: observations.map(({ row, lroRate, goodputBytes }) => ({
      line: row.line,
      configuration: row.configuration,
      throughputMbps: row.throughputMbps,
      measuredLroRate: row.lroRate,
      countedLroRate: lroRate,
      goodputBytes,
    })),
    domains,
    held: held.map(([id, { domain, value, unit, grade }]) => ({ id, domain, value, unit, grade })),
    laws: fitLaws(observations, profile.throughput.link.value),
    notes: observations.flatMap(rateNotes),
  };
}

function rateNotes({ row, lroRate }: Observation): string[] {
  if (row.lroRate === null || lroRate === null) return [];
  if (Math.abs(lroRate / row.lroRate - 1) <= RATE_TOLERANCE) return [];
  return [
    `The LRO rate of ${row.configuration} (line ${row.line}) was measured as ${row.lroRate.toFixed(2)}, but the counts have ${lroRate.toFixed(2)}: they describe another run, choose --poll so that they agree.`,
  ];
}
