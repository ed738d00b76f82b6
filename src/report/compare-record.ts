/** Two results side by side. Published as schema/compare.schema.json. */
import type { ConfigurationName, ResultRecord } from '../replay/result.ts';
import { type ComparedQuantity, comparedQuantities } from './compare-quantities.ts';
import {
  type Interval,
  intervalOf,
  intervalOfDifference,
  type Jackknife,
  jackknife,
  neighbourCorrelation,
} from './jackknife.ts';

/** One of the two. */
export interface ComparedSide {
  /** As given: a folder, a file, a capture. */
  readonly source: string;
  readonly capture: string;
  readonly toolVersion: string;
  /** Slices of time that intervals come from; null without. */
  readonly slices: number | null;
}

export interface ComparedValue {
  readonly value: number | null;
  /** 95 %, about how this capture would have come out at another time; null where that cannot be said. */
  readonly interval: Interval | null;
}

export interface Comparison {
  readonly configuration: ConfigurationName | null;
  readonly id: string;
  readonly name: string;
  readonly unit: string | null;
  readonly decimals: number;
  readonly a: ComparedValue;
  readonly b: ComparedValue;
  /** B less A; null where one is absent. */
  readonly difference: number | null;
  /** Of A; null where A is 0 or one is absent. */
  readonly relativeDifference: number | null;
  /** 95 %, of the difference. */
  readonly differenceInterval: Interval | null;
}

export interface CompareRecord {
  readonly recordVersion: 1;
  readonly tool: ResultRecord['tool'];
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** Whether both are about the same packets, so that slices are compared one by one. */
  readonly paired: boolean;
  /** What is not the same, beside the results: capture, options, version. */
  readonly settings: readonly { readonly name: string; readonly a: string; readonly b: string }[];
  readonly quantities: readonly Comparison[];
  /** What the intervals rest on, and what speaks against them. */
  readonly notes: readonly string[];
}

export interface ComparedInput {
  readonly source: string;
  readonly record: ResultRecord;
}

export function compareRecords(
  a: ComparedInput,
  b: ComparedInput,
  tool: ResultRecord['tool'],
): CompareRecord {
  const paired = isSameTraffic(a.record, b.record);
  const reasons = (name: ConfigurationName): string[] => [
    ...new Set(
      [a, b].flatMap(({ record }) =>
        record.configurations
          .filter((one) => one.name === name)
          .flatMap((one) => one.reasons.map((row) => row.reason)),
      ),
    ),
  ];
  const pairs = pairUp(comparedQuantities(a.record, reasons), comparedQuantities(b.record, reasons));
  const rows = pairs.map(([ofA, ofB]) => compared(ofA, ofB, paired));
  return {
    recordVersion: 1,
    tool,
    a: sideOf(a),
    b: sideOf(b),
    paired,
    settings: differentSettings(a.record, b.record),
    quantities: rows.map(({ row }) => row),
    notes: notesOn(rows, [sideOf(a), sideOf(b)], paired),
  };
}

function sideOf({ source, record }: ComparedInput): ComparedSide {
  const { capture, tool, slices } = record;
  return {
    source,
    capture: capture.name,
    toolVersion: tool.version,
    slices: slices?.lengthsNs.length ?? null,
  };
}

/** The same packets at the same times reached the receiver, and were sliced alike. */
function isSameTraffic(a: ResultRecord, b: ResultRecord): boolean {
  const traffic = ({ capture, receiver, slices }: ResultRecord): string => {
    const { firstTimeNs, durationNs, packets, wireBytes } = capture;
    const { goodputBytes, dataPackets } = receiver;
    const sliced = slices === null ? null : [slices.lengthsNs, slices.goodputBytes];
    return JSON.stringify([firstTimeNs, durationNs, packets, wireBytes, goodputBytes, dataPackets, sliced]);
  };
  return traffic(a) === traffic(b);
}

const CAPTURE_FACTS = ['name', 'firstTimeNs', 'durationNs', 'packets', 'wireBytes'] as const;
const ORDER: readonly (ConfigurationName | null)[] = [null, 'Xen', 'LRO', 'Optimized'];
/** Says again what other options say. */
const TOLD_OTHERWISE = ['pollDescription'];

function differentSettings(a: ResultRecord, b: ResultRecord): CompareRecord['settings'] {
  const facts = ({ capture, tool, receiver, options, configurations }: ResultRecord): Map<string, string> =>
    new Map([
      ...CAPTURE_FACTS.map((name): [string, string] => [`capture.${name}`, shown(capture[name])]),
      ['tool.version', tool.version],
      ['receiver', shown(receiver.address ?? receiver.mode)],
      ...flattened('', options).filter(([name]) => !TOLD_OTHERWISE.includes(name)),
      ...configurations.map(({ name, engine }): [string, string] => [`engine.${name}`, engine]),
    ]);
  const ofA = facts(a);
  const ofB = facts(b);
  return [...new Set([...ofA.keys(), ...ofB.keys()])]
    .map((name) => ({ name, a: ofA.get(name) ?? '-', b: ofB.get(name) ?? '-' }))
    .filter((row) => row.a !== row.b);
}

/** Every value of nested options by its path. */
function flattened(prefix: string, value: object): [string, string][] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]): [string, string][] => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const nested = typeof one === 'object' && one !== null && !Array.isArray(one);
    return nested ? flattened(name, one) : [[name, shown(one)]];
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return Array.isArray(value) ? value.join(' ') || '-' : String(value);
}

/** The quantities of both by configuration and id, in the order of A, then what only B has. */
function pairUp(
  a: readonly ComparedQuantity[],
  b: readonly ComparedQuantity[],
): (readonly [ComparedQuantity | null, ComparedQuantity | null])[] {
  const keyOf = ({ configuration, id }: ComparedQuantity): string => `${configuration} ${id}`;
  const ofA = new Map(a.map((one) => [keyOf(one), one]));
  const ofB = new Map(b.map((one) => [keyOf(one), one]));
  return [...new Set([...ofA.keys(), ...ofB.keys()])]
    .map((key) => [ofA.get(key) ?? null, ofB.get(key) ?? null] as const)
    .filter((pair) => pair.some((one) => one !== null && one.value !== null))
    .sort(([a1, b1], [a2, b2]) => order((a1 ?? b1)!) - order((a2 ?? b2)!));
}

function order({ configuration }: ComparedQuantity): number {
  return ORDER.indexOf(configuration);
}

function compared(a: ComparedQuantity | null, b: ComparedQuantity | null, paired: boolean): ComparedRow {
  const { configuration, id, name, unit, decimals } = (a ?? b)!;
  const [ofA, ofB] = [a, b].map((side) => (side?.ratio == null ? null : jackknife(side.ratio)));
  const [valueA, valueB] = [a, b].map((side) => side?.value ?? null);
  const difference = valueA == null || valueB == null ? null : valueB - valueA;
  const row: Comparison = {
    configuration,
    id,
    name,
    unit,
    decimals,
    a: { value: valueA ?? null, interval: ofA == null ? null : about(valueA!, ofA) },
    b: { value: valueB ?? null, interval: ofB == null ? null : about(valueB!, ofB) },
    difference,
    relativeDifference: difference === null || valueA === 0 ? null : difference / valueA!,
    differenceInterval: ofA == null || ofB == null ? null : intervalOfDifference(ofA, ofB, paired),
  };
  return {
    row,
    correlations: [ofA, ofB].flatMap((one) =>
      one == null ? [] : [{ value: neighbourCorrelation(one), slices: one.leftOut.length }],
    ),
  };
}

function about(value: number, { leftOut }: Jackknife): Interval {
  return intervalOf({ value, leftOut });
}

interface ComparedRow {
  readonly row: Comparison;
  readonly correlations: readonly { readonly value: number; readonly slices: number }[];
}

function notesOn(rows: readonly ComparedRow[], sides: readonly ComparedSide[], paired: boolean): string[] {
  const without = sides.filter(({ slices }) => slices === null).map(({ source }) => source);
  const dependent = rows.filter(({ correlations }) =>
    // Beyond two standard errors of the correlation of independent values.
    correlations.some(({ value, slices }) => Math.abs(value) > 2 / Math.sqrt(slices)),
  );
  const names = dependent.map(({ row }) => [row.name, row.configuration ?? []].flat().join(' of '));
  return [
    ...(without.length === 0
      ? []
      : [
          `No intervals for ${without.join(' and ')}: too short to be sliced in time, or of an earlier version.`,
        ]),
    ...(without.length === sides.length ? [] : [ASSUMPTION]),
    ...(without.length > 0 ? [] : [paired ? PAIRED : UNPAIRED]),
    ...(names.length === 0
      ? []
      : [
          `The traffic is not steady: slices that follow each other are alike, so that the intervals are too narrow, in ${names.join(', ')}.`,
        ]),
  ];
}

const ASSUMPTION =
  'Intervals are of 95 %, from 10 to 20 slices of equal time of each capture, leaving out one at a time (jackknife). They assume that the traffic is stationary and that slices are independent; they say how much the same traffic would vary, and nothing about errors of the model or the cost profile.';
const PAIRED =
  'Both are about the same packets: slices are compared one by one, and what both share falls out.';
const UNPAIRED = 'The two are about different packets: their variations add up.';
