/**
 * Throughput laws: from cycles per byte to goodput. Each is one formula with one clock, fitted or given;
 * docs/model.md has their derivation and their error on the study's rows.
 */
import type { Cost } from './cycles.ts';
import { CLOCKED_LAWS, type ClockedLaw, type Profile, ProfileError } from './profile.ts';

/** `none` predicts nothing. */
export const LAWS = [...CLOCKED_LAWS, 'none'] as const;
export type Law = (typeof LAWS)[number];

/** What the received traffic takes of the link. */
export interface LinkUse {
  /** Unique TCP payload. */
  readonly goodputBytes: number;
  readonly frames: number;
  /** Of all frames, without FCS; a frame of less than 60 bytes counts 60, as it was padded on the wire. */
  readonly frameBytes: number;
}

export interface Prediction {
  /** Goodput in Mbit/s; null with the law `none` or without goodput. */
  readonly mbps: number | null;
  /** The law with the values of its parameters; equal for all configurations of a run. */
  readonly formula: string;
}

/** What a frame takes of a link beside its own bytes (IEEE 802.3): preamble, FCS, gap. */
const FRAME_OVERHEAD_BYTES = 8 + 4 + 12;

const BITS_PER_BYTE = 8;

/** Goodput of the link if the received frames followed each other without a pause; null without goodput. */
export function lineRateGoodputMbps(linkMbps: number, use: LinkUse): number | null {
  if (use.goodputBytes <= 0) return null;
  return (linkMbps * use.goodputBytes) / (use.frameBytes + FRAME_OVERHEAD_BYTES * use.frames);
}

/** Goodput in Mbit/s of a clock that spends `cyclesPerByte` on each byte. */
function clockMbps(ghz: number, cyclesPerByte: number): number {
  return (ghz * 1000 * BITS_PER_BYTE) / cyclesPerByte;
}

/** T in bytes a second; c0, cU: cycles per goodput byte of Domain0 and DomainU. */
export const LAW_FORMULA: Readonly<Record<ClockedLaw, string>> = {
  serial: '1/T = 1/T_line + (c0 + cU)/F_eff',
  'shared-core': 'T = min(T_line, F/(c0 + cU))',
  'two-cores': 'T = min(T_line, F/c0, F/cU)',
};

/**
 * Goodput that a law predicts. Unexplained cycles count as the guest's: they were spent, and the clocks of
 * `aizu-2008` were fitted to totals that hold them.
 * @throws {ProfileError} if the profile has no clock for the law.
 */
export function predictGoodput(law: Law, profile: Profile, use: LinkUse, cost: Cost): Prediction {
  if (law === 'none') return { mbps: null, formula: 'none: throughput is not predicted' };
  const clock = profile.throughput.laws[law];
  if (clock === undefined) {
    const known = [...Object.keys(profile.throughput.laws), 'none'].join(', ');
    throw new ProfileError(profile.name, `$.throughput.laws.${law}`, 'is missing', `there is ${known}`);
  }
  const lineMbps = lineRateGoodputMbps(profile.throughput.link.value, use);
  const formula =
    `${law}: ${LAW_FORMULA[law]}, T_line = ${lineMbps?.toFixed(2) ?? 'unknown'} Mbit/s, ` +
    `${law === 'serial' ? 'F_eff' : 'F'} = ${clock.value} GHz (${clock.grade}), cU with unexplained cycles`;
  const c0 = cost.domain0.cyclesPerByte;
  const explained = cost.domainU.cyclesPerByte;
  if (lineMbps === null || c0 === null || explained === null) return { mbps: null, formula };
  const cU = explained + (cost.unexplainedDomainUCyclesPerByte ?? 0);
  return { mbps: clockedGoodputMbps(law, clock.value, { lineMbps, c0, cU }), formula };
}

/** What a law looks at: goodput of the line, cycles per goodput byte of Domain0 and DomainU. */
export interface LawInput {
  readonly lineMbps: number;
  readonly c0: number;
  readonly cU: number;
}

/** Goodput in Mbit/s by a law with a clock. */
export function clockedGoodputMbps(law: ClockedLaw, ghz: number, { lineMbps, c0, cU }: LawInput): number {
  switch (law) {
    case 'serial':
      return 1 / (1 / lineMbps + 1 / clockMbps(ghz, c0 + cU));
    case 'shared-core':
      return Math.min(lineMbps, clockMbps(ghz, c0 + cU));
    case 'two-cores':
      return Math.min(lineMbps, clockMbps(ghz, c0), clockMbps(ghz, cU));
  }
}

/** The clock in GHz that a law needs to come out at `mbps`, if the line does not bind; not finite where none does. */
export function neededClockGhz(law: ClockedLaw, mbps: number, { lineMbps, c0, cU }: LawInput): number {
  const ghz = (cyclesPerByte: number, rate: number): number =>
    (cyclesPerByte * rate) / (1000 * BITS_PER_BYTE);
  switch (law) {
    case 'serial':
      return mbps < lineMbps ? ghz(c0 + cU, 1 / (1 / mbps - 1 / lineMbps)) : Number.POSITIVE_INFINITY;
    case 'shared-core':
      return ghz(c0 + cU, mbps);
    case 'two-cores':
      return ghz(Math.max(c0, cU), mbps);
  }
}
