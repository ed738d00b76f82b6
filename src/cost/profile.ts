/**
 * Cost profiles: the cycles of each counted event as data, with unit, source and grade of every number.
 * This file holds their types; parse-profile.ts checks them and load-profile.ts finds them.
 */
import type { EventName, EventUnit } from '../path/events.ts';
import type { ReceiveMode } from '../path/netback.ts';
import type { XenConfiguration } from '../path/xen-configurations.ts';

/**
 * How a number came about: `measured` elsewhere and seen there, `read` in source code or a specification,
 * `fitted` to measured totals, `assumed`. A number that somebody recollects is not good enough.
 */
export const GRADES = ['measured', 'read', 'fitted', 'assumed'] as const;
export type Grade = (typeof GRADES)[number];

/** Domain0 is the driver domain, DomainU the guest. */
export const DOMAINS = ['Domain0', 'DomainU'] as const;
export type Domain = (typeof DOMAINS)[number];

/** The stages that cycles are reported by, in the order of the receive path. */
export const STAGES = [
  /** All that was fitted per wire packet as one lump. */
  'per-packet',
  /** Driver and interrupts. */
  'driver',
  'merge-engine',
  /** All that was fitted per skb as one lump. */
  'per-skb',
  'bridge',
  'linearise',
  /** Of netback, what copies no payload. */
  'netback',
  'netback-copy',
  'grant-copy',
  'netfront',
  'tcp',
  /** Of the guest, on their way back: sending them, in Domain0 passing them on. */
  'acks',
  'copy-to-user',
] as const;
export type Stage = (typeof STAGES)[number];

/** Unit of a coefficient, by the unit of its event. */
export const COEFFICIENT_UNIT = {
  packet: 'cyclesPerPacket',
  poll: 'cyclesPerPoll',
  skb: 'cyclesPerSkb',
  byte: 'cyclesPerByte',
  allocation: 'cyclesPerAllocation',
  page: 'cyclesPerPage',
  slot: 'cyclesPerSlot',
  operation: 'cyclesPerOperation',
  hypercall: 'cyclesPerHypercall',
  notification: 'cyclesPerNotification',
  ack: 'cyclesPerAck',
} as const satisfies Readonly<Record<EventUnit, string>>;
export type CoefficientUnit = (typeof COEFFICIENT_UNIT)[EventUnit];

/** One number with its provenance. */
export interface Quantity<Unit extends string> {
  readonly value: number;
  readonly unit: Unit;
  readonly grade: Grade;
  /** Where the number comes from: one sentence or a citation. */
  readonly source: string;
  /** What it stands for, and its limits. */
  readonly note: string;
}

export interface Coefficient extends Quantity<CoefficientUnit> {
  readonly domain: Domain;
  readonly stage: Stage;
  /** The event that it multiplies. */
  readonly event: EventName;
}

export type Coefficients = Readonly<Record<string, Coefficient>>;

/** What a receive mode adds to, or replaces in, the coefficients that all modes share. */
export interface ReceiveModeProfile {
  readonly note: string;
  readonly coefficients: Coefficients;
}

/** Cycles of the guest that were measured in one configuration and that no counted event explains. */
export interface Unexplained extends Quantity<CoefficientUnit> {
  readonly configuration: XenConfiguration;
  readonly event: EventName;
}

/** The throughput laws that take a clock frequency from the profile (laws.ts). */
export const CLOCKED_LAWS = ['serial', 'shared-core', 'two-cores'] as const;
export type ClockedLaw = (typeof CLOCKED_LAWS)[number];

export interface Profile {
  readonly name: string;
  /** What the profile is and how its numbers came about: printed with every result. */
  readonly note: string;
  readonly coefficients: Coefficients;
  readonly receiveModes: Readonly<Partial<Record<ReceiveMode, ReceiveModeProfile>>>;
  readonly unexplained: Unexplained | null;
  readonly throughput: {
    readonly link: Quantity<'Mbps'>;
    readonly laws: Readonly<Partial<Record<ClockedLaw, Quantity<'GHz'>>>>;
  };
}

/** What is wrong with a profile, where, and what would be right. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly file: string;
  /** JSON path, `$` for the document. */
  readonly path: string;

  constructor(file: string, path: string, problem: string, allowed: string) {
    super(`${file}: ${path}: ${problem}; ${allowed}`);
    this.file = file;
    this.path = path;
  }
}

/**
 * The coefficients that hold in a receive mode.
 * @throws {ProfileError} if the profile has none for it.
 */
export function coefficientsOf(profile: Profile, mode: ReceiveMode): Coefficients {
  const own = profile.receiveModes[mode];
  if (own === undefined) {
    const known = Object.keys(profile.receiveModes).join(', ');
    throw new ProfileError(profile.name, `$.receiveModes.${mode}`, 'is missing', `the profile has ${known}`);
  }
  return { ...profile.coefficients, ...own.coefficients };
}
