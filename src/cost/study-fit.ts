/**
 * The coefficients that reproduce the study's table, computed. Domain0 has three unknowns for three numbers,
 * the guest two for two: exact by construction, and no evidence for the model.
 */
import { EVENT } from '../path/events.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { XEN_CONFIGURATIONS } from '../path/xen-configurations.ts';
import { type LinkUse, lineRateGoodputMbps, neededClockGhz } from './laws.ts';
import type { ClockedLaw } from './profile.ts';
import { STUDY, STUDY_HEADER_BYTES, STUDY_PAYLOAD_BYTES, type StudyRow, studyEvents } from './study.ts';

/** Parsing, and one or two cold cache lines of headers: an engineering estimate, 300 to 1,500. */
export const ASSUMED_ENGINE_CYCLES_PER_PACKET = 1000;

export const STUDY_LINK_MBPS = 1000;

const ROWS = XEN_CONFIGURATIONS.map((name): StudyRow => STUDY[name]);

export interface Domain0Fit {
  readonly cyclesPerPacket: number;
  readonly cyclesPerSkb: number;
  /** Of every copy of payload alike: linearising, netback's, the hypervisor's. */
  readonly copyCyclesPerByte: number;
}

/** Domain0's lump per frame, lump per skb and price of a copied byte, for a receive mode. */
export function fitDomain0(
  receiveMode: ReceiveMode,
  engineCyclesPerPacket: number = ASSUMED_ENGINE_CYCLES_PER_PACKET,
): Domain0Fit {
  const equations = ROWS.map((row) => {
    const { events, payloadBytes } = studyEvents(row, receiveMode);
    const engineCycles = engineCyclesPerPacket * events[EVENT.enginePackets]!;
    const copiedBytes =
      events[EVENT.linearisedPayloadBytes]! +
      events[EVENT.netbackCopiedPayloadBytes]! +
      events[EVENT.grantCopiedPayloadBytes]!;
    return [
      events[EVENT.receivedFrames]!,
      events[EVENT.skbs]!,
      copiedBytes,
      row.domain0CyclesPerByte * payloadBytes - engineCycles,
    ];
  });
  const [cyclesPerPacket, cyclesPerSkb, copyCyclesPerByte] = solve(equations);
  return {
    cyclesPerPacket: cyclesPerPacket!,
    cyclesPerSkb: cyclesPerSkb!,
    copyCyclesPerByte: copyCyclesPerByte!,
  };
}

export interface DomainUFit {
  readonly cyclesPerPacket: number;
  readonly cyclesPerSkb: number;
  /** What `Optimized` spent beyond what these two predict for it. */
  readonly unexplainedCyclesPerPacket: number;
}

/** The guest's two lumps from `Xen` and `LRO`, and the residual of `Optimized`; equal in all receive modes. */
export function fitDomainU(): DomainUFit {
  const perPacket = (row: StudyRow): number => row.domainUCyclesPerByte * STUDY_PAYLOAD_BYTES;
  const { Xen, LRO, Optimized } = STUDY;
  const [cyclesPerPacket, cyclesPerSkb] = solve(
    [Xen, LRO].map((row) => [1, 1 / row.lroRate, perPacket(row)]),
  ) as [number, number];
  const predicted = cyclesPerPacket + cyclesPerSkb / Optimized.lroRate;
  return { cyclesPerPacket, cyclesPerSkb, unexplainedCyclesPerPacket: perPacket(Optimized) - predicted };
}

/** The link under the study's packets. */
export const STUDY_LINK_USE: LinkUse = {
  goodputBytes: STUDY_PAYLOAD_BYTES,
  frames: 1,
  frameBytes: STUDY_HEADER_BYTES + STUDY_PAYLOAD_BYTES,
};

/**
 * The clock of each throughput law in GHz: for `serial` the mean of the clocks that the three rows need, for
 * the others the clock that makes the row `Xen` right.
 */
export function fitClocksGhz(): Readonly<Record<ClockedLaw, number>> {
  const lineMbps = lineRateGoodputMbps(STUDY_LINK_MBPS, STUDY_LINK_USE)!;
  const clockOf = (law: ClockedLaw, row: StudyRow): number =>
    neededClockGhz(law, row.throughputMbps, {
      lineMbps,
      c0: row.domain0CyclesPerByte,
      cU: row.domainUCyclesPerByte,
    });
  const serial = ROWS.map((row) => clockOf('serial', row));
  return {
    serial: serial.reduce((sum, clock) => sum + clock, 0) / serial.length,
    'shared-core': clockOf('shared-core', STUDY.Xen),
    'two-cores': clockOf('two-cores', STUDY.Xen),
  };
}

/** Solves n linear equations, each its n factors and its right-hand side (Gauss and Jordan, with pivoting). */
function solve(equations: readonly (readonly number[])[]): readonly number[] {
  const rows = equations.map((equation) => [...equation]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const pivotRow = rows[column]!;
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = row[column]! / pivotRow[column]!;
      for (let j = column; j <= n; j++) row[j]! -= factor * pivotRow[j]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
