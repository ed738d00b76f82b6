import { closest, distance } from 'fastest-levenshtein';

/** A wrong command line: reported in one line, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A whole number from `min` to `max`; otherwise a UsageError that names the option. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value < min || value > max) {
    throw new UsageError(`${option}: '${text}' is not a whole number from ${min} to ${max}`);
  }
  return value;
}

/** A decimal number from `min` to `max`; otherwise a UsageError that names the option. */
export function decimalNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value < min || value > max) {
    throw new UsageError(`${option}: '${text}' is not a number from ${min} to ${max}`);
  }
  return value;
}

/** `; the nearest is 'max-aggr'` for a misspelt name; empty where none is near. */
export function nearestOf(name: string, known: readonly string[]): string {
  const near = known.length === 0 ? '' : closest(name, known);
  return near !== '' && distance(name, near) <= Math.max(1, name.length / 3)
    ? `; the nearest is '${near}'`
    : '';
}
