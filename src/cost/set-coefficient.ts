/** Single coefficients set by the user over those of a profile: `cost.linearise.cyclesPerByte=0.5`. */
import type { ReceiveMode } from '../path/netback.ts';
import {
  type Coefficient,
  type Coefficients,
  coefficientsOf,
  type Profile,
  ProfileError,
} from './profile.ts';

/** A decimal number of 0 or more, with an exponent at will. */
const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** `cost.ID.UNIT` of a coefficient. */
export function coefficientKey(id: string, { unit }: Coefficient): string {
  return `cost.${id}.${unit}`;
}

/**
 * The profile with one coefficient of a receive mode changed by `KEY=VALUE`; its grade becomes "assumed".
 * @throws {ProfileError} if there is no such coefficient, naming those that there are, or no number of 0 or more.
 */
export function setCoefficient(profile: Profile, mode: ReceiveMode, assignment: string): Profile {
  const equals = assignment.indexOf('=');
  const key = equals < 0 ? assignment : assignment.slice(0, equals);
  const text = equals < 0 ? '' : assignment.slice(equals + 1);
  const entry = Object.entries(coefficientsOf(profile, mode)).find(
    ([id, term]) => coefficientKey(id, term) === key,
  );
  if (entry === undefined) {
    throw new ProfileError(
      profile.name,
      key,
      `is no coefficient in receive mode ${mode}`,
      known(profile, mode),
    );
  }
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw new ProfileError(profile.name, key, `'${text}' is not a number of 0 or more`, `write ${key}=VALUE`);
  }
  const [id, term] = entry;
  const changed: Coefficient = {
    ...term,
    value,
    grade: 'assumed',
    source: `Set by the user. The profile has ${term.value}, ${term.grade}.`,
  };
  // A mode's own coefficients come before those that all modes share.
  const own = profile.receiveModes[mode]!;
  const coefficients: Coefficients = { ...own.coefficients, [id]: changed };
  return { ...profile, receiveModes: { ...profile.receiveModes, [mode]: { ...own, coefficients } } };
}

function known(profile: Profile, mode: ReceiveMode): string {
  const keys = Object.entries(coefficientsOf(profile, mode)).map(([id, term]) => coefficientKey(id, term));
  return `there is ${keys.join(', ')}`;
}
