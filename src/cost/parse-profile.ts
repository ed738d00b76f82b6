/**
 * Checks a cost profile: every key known, every number with unit, source and grade, every unit that of its
 * event. A typing error in a profile must not become a plausible result.
 */
import { EVENTS, type EventName } from '../path/events.ts';
import { RECEIVE_MODES } from '../path/netback.ts';
import { XEN_CONFIGURATIONS } from '../path/xen-configurations.ts';
import {
  CLOCKED_LAWS,
  COEFFICIENT_UNIT,
  type Coefficient,
  type Coefficients,
  type CoefficientUnit,
  DOMAINS,
  GRADES,
  type Profile,
  ProfileError,
  type Quantity,
  type ReceiveModeProfile,
  STAGES,
  type Unexplained,
} from './profile.ts';

/** A JSON value together with the place it was found at. */
interface Node {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;
}

const QUANTITY_KEYS = ['value', 'unit', 'grade', 'source', 'note'] as const;
const EVENT_NAMES = EVENTS.map((event) => event.name);

/** @throws {ProfileError} naming file, JSON path, what is wrong and what is allowed. */
export function parseProfile(text: string, file: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProfileError(
      file,
      '$',
      `is not JSON (${(error as Error).message})`,
      'a profile is a JSON object',
    );
  }
  const root: Node = { file, path: '$', value };
  const keys = ['name', 'note', 'coefficients', 'receiveModes', 'unexplained', 'throughput'];
  const fields = objectOf(root, keys, keys);
  const throughput = at(fields, 'throughput');
  const throughputFields = objectOf(throughput, ['link', 'laws'], ['link', 'laws']);
  const profile: Profile = {
    name: textOf(at(fields, 'name')),
    note: textOf(at(fields, 'note')),
    coefficients: coefficientsAt(at(fields, 'coefficients')),
    receiveModes: mapValues(objectOf(at(fields, 'receiveModes'), RECEIVE_MODES), receiveModeAt),
    unexplained: unexplainedAt(at(fields, 'unexplained')),
    throughput: {
      link: positiveQuantity(at(throughputFields, 'link'), 'Mbps'),
      laws: mapValues(objectOf(at(throughputFields, 'laws'), CLOCKED_LAWS), (law) =>
        positiveQuantity(law, 'GHz'),
      ),
    },
  };
  if (Object.keys(profile.receiveModes).length === 0) {
    fail(at(fields, 'receiveModes'), 'is empty', `name at least one of ${RECEIVE_MODES.join(', ')}`);
  }
  return profile;
}

function receiveModeAt(node: Node): ReceiveModeProfile {
  const fields = objectOf(node, ['note', 'coefficients'], ['note', 'coefficients']);
  return { note: textOf(at(fields, 'note')), coefficients: coefficientsAt(at(fields, 'coefficients')) };
}

function coefficientsAt(node: Node): Coefficients {
  const fields = objectOf(node);
  const wrong = Object.keys(fields).find((id) => !/^[a-z][A-Za-z0-9]*$/.test(id));
  if (wrong !== undefined) {
    fail(at(fields, wrong), 'is not a coefficient id', 'an id is a camelCase word such as netbackCopy');
  }
  return mapValues(fields, coefficientAt);
}

function coefficientAt(node: Node): Coefficient {
  const keys = ['domain', 'stage', 'event', ...QUANTITY_KEYS];
  const fields = objectOf(node, keys, keys);
  const event = oneOf(at(fields, 'event'), EVENT_NAMES);
  const coefficient = {
    domain: oneOf(at(fields, 'domain'), DOMAINS),
    stage: oneOf(at(fields, 'stage'), STAGES),
    event,
    ...quantityOf(fields, unitOf(event)),
  };
  if (coefficient.value < 0) fail(at(fields, 'value'), 'is negative', 'cycles are 0 or more');
  return coefficient;
}

/** Null where the profile leaves nothing unexplained. The residual may be of either sign. */
function unexplainedAt(node: Node): Unexplained | null {
  if (node.value === null) return null;
  const keys = ['configuration', 'event', ...QUANTITY_KEYS];
  const fields = objectOf(node, keys, keys);
  const event = oneOf(at(fields, 'event'), EVENT_NAMES);
  return {
    configuration: oneOf(at(fields, 'configuration'), XEN_CONFIGURATIONS),
    event,
    ...quantityOf(fields, unitOf(event)),
  };
}

function positiveQuantity<Unit extends string>(node: Node, unit: Unit): Quantity<Unit> {
  const fields = objectOf(node, QUANTITY_KEYS, QUANTITY_KEYS);
  const quantity = quantityOf(fields, unit);
  if (quantity.value <= 0) fail(at(fields, 'value'), 'is not positive', `give a number of ${unit} above 0`);
  return quantity;
}

function quantityOf<Unit extends string>(fields: Fields, unit: Unit): Quantity<Unit> {
  const value = at(fields, 'value');
  if (typeof value.value !== 'number' || !Number.isFinite(value.value)) {
    fail(value, `is ${show(value.value)}`, 'give a finite number');
  }
  return {
    value: value.value,
    unit: oneOf(at(fields, 'unit'), [unit]),
    grade: oneOf(at(fields, 'grade'), GRADES),
    source: textOf(at(fields, 'source')),
    note: textOf(at(fields, 'note')),
  };
}

function unitOf(name: EventName): CoefficientUnit {
  return COEFFICIENT_UNIT[EVENTS[EVENT_NAMES.indexOf(name)]!.unit];
}

/** The fields of an object that passed `objectOf`, by key. */
type Fields = Readonly<Record<string, Node>>;

function at(fields: Fields, key: string): Node {
  return fields[key]!;
}

function child(node: Node, key: string): Node {
  const value = (node.value as Readonly<Record<string, unknown>>)[key];
  return { file: node.file, path: `${node.path}.${key}`, value };
}

/** The fields of an object; with `allowed`, no others may be there, and all of `required` must. */
function objectOf(node: Node, allowed?: readonly string[], required: readonly string[] = []): Fields {
  const { value } = node;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(node, `is ${show(value)}`, 'give an object');
  }
  const keys = Object.keys(value);
  const unknown = keys.find((key) => allowed !== undefined && !allowed.includes(key));
  if (unknown !== undefined) {
    fail(child(node, unknown), 'is not a known key', `allowed here: ${allowed?.join(', ')}`);
  }
  const missing = required.find((key) => !keys.includes(key));
  if (missing !== undefined) fail(child(node, missing), 'is missing', `needed here: ${required.join(', ')}`);
  return Object.fromEntries(keys.map((key) => [key, child(node, key)]));
}

function mapValues<Value>(fields: Fields, read: (node: Node) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, read(field)]));
}

function oneOf<Choice extends string>(node: Node, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === node.value);
  if (choice === undefined) fail(node, `is ${show(node.value)}`, `allowed: ${choices.join(', ')}`);
  return choice;
}

function textOf(node: Node): string {
  if (typeof node.value !== 'string' || node.value.trim() === '') {
    fail(node, `is ${show(node.value)}`, 'give a text that is not empty');
  }
  return node.value;
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function fail(node: Node, problem: string, allowed: string): never {
  throw new ProfileError(node.file, node.path, problem, allowed);
}
