/** `--vary NAME=VALUES`: one or two options of the main command, each over a list of values. */
import type { Options } from 'yargs';
import type { SweepParameter } from '../replay/sweep-result.ts';
import { nearestOf, UsageError } from './usage.ts';

/** Bounds memory: a point holds up to three simulations, half a megabyte together with a ring of 256. */
export const MAX_POINTS = 256;

const MAX_PARAMETERS = 2;

type Definitions = Readonly<Record<string, Options>>;

/** `definitions`: what may vary. Throws a UsageError that names what is wrong. */
export function parseVary(texts: readonly string[], definitions: Definitions): SweepParameter[] {
  if (texts.length === 0) {
    throw new UsageError(
      '--vary is missing: name an option and its values, such as --vary rx-usecs=0:250:10',
    );
  }
  if (texts.length > MAX_PARAMETERS) {
    throw new UsageError(
      `--vary is given ${texts.length} times: at most ${MAX_PARAMETERS} options can vary at once`,
    );
  }
  const parameters = texts.map((text) => parseParameter(text, definitions));
  const [first, second] = parameters;
  if (first?.name === second?.name) throw new UsageError(`--vary: ${first?.name} is given more than once`);
  const points = parameters.reduce((product, { values }) => product * values.length, 1);
  if (points > MAX_POINTS) {
    throw new UsageError(`--vary: ${points} points are more than ${MAX_POINTS}; take larger steps`);
  }
  return parameters;
}

function parseParameter(text: string, definitions: Definitions): SweepParameter {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).replace(/^--/, '');
  if (!Object.hasOwn(definitions, name)) {
    const known = Object.keys(definitions);
    const help = nearestOf(name, known) || `; these are: ${known.join(', ')}`;
    throw new UsageError(`--vary: '${name}' is no option that can vary${help}`);
  }
  if (equals < 0)
    throw new UsageError(`--vary: '${text}' has no values: write ${name}=A,B,… or ${name}=FROM:TO:STEP`);
  const values = text
    .slice(equals + 1)
    .split(',')
    .flatMap((item) => valuesOf(item.trim(), text));
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new UsageError(`--vary: '${text}' has the value ${twice} twice`);
  return { name, values };
}

const RANGE = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/;

/** One item of the list: a value, or a range of numbers with both ends. */
function valuesOf(item: string, text: string): string[] {
  if (item === '') throw new UsageError(`--vary: '${text}' has an empty value`);
  const range = RANGE.exec(item);
  if (range === null) return [item];
  const ends = range.slice(1) as [string, string, string];
  const decimals = Math.max(...ends.map((number) => (number.split('.')[1] ?? '').length));
  // Counted in whole units of the last decimal, so that steps do not add up errors.
  const [from, to, step] = ends.map((number) => Math.round(Number(number) * 10 ** decimals)) as [
    number,
    number,
    number,
  ];
  if (step === 0 || to < from) {
    throw new UsageError(`--vary: the range '${item}' does not go up: write FROM:TO:STEP, such as 0:250:10`);
  }
  const count = Math.floor((to - from) / step) + 1;
  if (count > MAX_POINTS) {
    throw new UsageError(
      `--vary: the range '${item}' has ${count} values, more than ${MAX_POINTS}; take a larger step`,
    );
  }
  return Array.from({ length: count }, (_, index) => String((from + index * step) / 10 ** decimals));
}

/** A value in the form in which the parser would hand it over. Throws a UsageError where it would refuse it. */
export function rawValue(name: string, value: string, definition: Options): unknown {
  const { choices, type, array } = definition;
  if (choices !== undefined && !choices.includes(value)) {
    throw new UsageError(`--vary ${name}: '${value}' is none of ${choices.join(', ')}`);
  }
  if (type === 'boolean') {
    if (value !== 'true' && value !== 'false') {
      throw new UsageError(`--vary ${name}: '${value}' is neither true nor false`);
    }
    return value === 'true';
  }
  return array === true ? [value] : value;
}

/** Every combination of values, the last parameter changing fastest. */
export function combinations(parameters: readonly SweepParameter[]): string[][] {
  return parameters.reduce<string[][]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );
}
