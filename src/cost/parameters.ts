/**
 * The unknowns of a calibration: coefficients of a profile, alone or several with one value (`linearise+netbackCopy`:
 * a copied byte costs the same whoever copies).
 */
import type { ReceiveMode } from '../path/netback.ts';
import {
  type Coefficient,
  type CoefficientUnit,
  coefficientsOf,
  type Domain,
  type Profile,
} from './profile.ts';

export interface Parameter {
  /** Ids of its coefficients, joined by `+`. */
  readonly name: string;
  readonly domain: Domain;
  readonly unit: CoefficientUnit;
  readonly ids: readonly string[];
  readonly coefficients: readonly Coefficient[];
}

/** What is wrong with a choice of coefficients, and what would be right. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/**
 * What a profile had fitted: its coefficients of grade `fitted`; those of one domain and unit that have the same
 * value were fitted as one, and are again.
 */
export function fittedParameters(profile: Profile, mode: ReceiveMode): readonly Parameter[] {
  const groups = new Map<string, string[]>();
  for (const [id, term] of Object.entries(coefficientsOf(profile, mode))) {
    if (term.grade !== 'fitted') continue;
    const key = `${term.domain} ${term.unit} ${term.value}`;
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups.values()].map((ids) => parameterOf(profile, mode, ids));
}

/**
 * `wire,skb,linearise+netbackCopy`: unknowns separated by commas, coefficients with one value joined by `+`.
 * @throws {ParameterError} where an id is unknown, given twice, or joined with one of another domain or unit.
 */
export function parseParameters(text: string, profile: Profile, mode: ReceiveMode): readonly Parameter[] {
  const parameters = text.split(',').map((name) =>
    parameterOf(
      profile,
      mode,
      name.split('+').map((id) => id.trim()),
    ),
  );
  const ids = parameters.flatMap((parameter) => parameter.ids);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new ParameterError(`'${twice}' is given twice`);
  return parameters;
}

function parameterOf(profile: Profile, mode: ReceiveMode, ids: readonly string[]): Parameter {
  const known = coefficientsOf(profile, mode);
  const coefficients = ids.map((id) => {
    const coefficient = Object.hasOwn(known, id) ? known[id] : undefined;
    if (coefficient !== undefined) return coefficient;
    const names = Object.keys(known).join(', ');
    throw new ParameterError(`'${id}' is no coefficient of ${profile.name}; there is ${names}`);
  });
  const { domain, unit } = coefficients[0]!;
  if (coefficients.some((one) => one.domain !== domain || one.unit !== unit)) {
    throw new ParameterError(`'${ids.join('+')}' joins coefficients of different domains or units`);
  }
  return { name: ids.join('+'), domain, unit, ids, coefficients };
}
