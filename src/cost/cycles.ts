/** Counted events times the coefficients of a profile: cycles by domain and stage. */
import { EVENT } from '../path/events.ts';
import type { ReceiveMode } from '../path/netback.ts';
import type { XenConfiguration } from '../path/xen-configurations.ts';
import {
  type Coefficient,
  coefficientsOf,
  type Domain,
  type Profile,
  STAGES,
  type Stage,
} from './profile.ts';

export interface CostInput {
  /** Counts by index of `EVENTS`. */
  readonly events: Float64Array;
  readonly profile: Profile;
  readonly receiveMode: ReceiveMode;
  readonly configuration: XenConfiguration;
  /** Unique TCP payload received: the denominator of all cycles per byte. */
  readonly goodputBytes: number;
}

/** Cycles per goodput byte are null where there is no goodput. */
export interface DomainCycles {
  readonly cyclesPerByte: number | null;
  /** Every stage that the profile prices in this domain, in the order of the path; 0 where it did not occur. */
  readonly stages: readonly { readonly stage: Stage; readonly cyclesPerByte: number | null }[];
}

export interface Cost {
  readonly domain0: DomainCycles;
  readonly domainU: DomainCycles;
  /** The residual of the profile in the one configuration that has it, not part of `domainU`; otherwise null. */
  readonly unexplainedDomainUCyclesPerByte: number | null;
  /** The same in cycles of the whole run. */
  readonly cycles: {
    readonly domain0: number;
    readonly domainU: number;
    readonly unexplainedDomainU: number | null;
  };
}

/** @throws {ProfileError} if the profile has no coefficients for the receive mode. */
export function costOf(input: CostInput): Cost {
  const { events, profile, goodputBytes } = input;
  const coefficients = Object.values(coefficientsOf(profile, input.receiveMode));
  const domain0 = sumStages(coefficients, 'Domain0', events);
  const domainU = sumStages(coefficients, 'DomainU', events);
  const residual = profile.unexplained;
  const unexplained =
    residual?.configuration === input.configuration ? residual.value * events[EVENT[residual.event]]! : null;
  return {
    domain0: perByte(domain0, goodputBytes),
    domainU: perByte(domainU, goodputBytes),
    unexplainedDomainUCyclesPerByte: unexplained === null ? null : ratio(unexplained, goodputBytes),
    cycles: { domain0: total(domain0), domainU: total(domainU), unexplainedDomainU: unexplained },
  };
}

type StageCycles = ReadonlyMap<Stage, number>;

function sumStages(coefficients: readonly Coefficient[], domain: Domain, events: Float64Array): StageCycles {
  const cycles = new Map<Stage, number>();
  for (const stage of STAGES) {
    const terms = coefficients.filter((term) => term.domain === domain && term.stage === stage);
    if (terms.length === 0) continue;
    cycles.set(
      stage,
      terms.reduce((sum, term) => sum + term.value * events[EVENT[term.event]]!, 0),
    );
  }
  return cycles;
}

function total(stages: StageCycles): number {
  let cycles = 0;
  for (const stageCycles of stages.values()) cycles += stageCycles;
  return cycles;
}

function perByte(stages: StageCycles, goodputBytes: number): DomainCycles {
  return {
    cyclesPerByte: ratio(total(stages), goodputBytes),
    stages: [...stages].map(([stage, cycles]) => ({ stage, cyclesPerByte: ratio(cycles, goodputBytes) })),
  };
}

function ratio(cycles: number, bytes: number): number | null {
  return bytes > 0 ? cycles / bytes : null;
}
