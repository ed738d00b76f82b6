/** The record of a calibration, which feeds all of its outputs. Absent is null, never 0. */
import type { ClockedLaw, Domain, Grade } from './profile.ts';

export interface CalibrationRecord {
  readonly recordVersion: 1;
  readonly tool: { readonly name: 'analyze'; readonly version: string };
  /** Name of the measured table. */
  readonly measured: string;
  readonly profile: string;
  readonly receiveMode: string;
  /** Where the counted events come from, as text. */
  readonly counts: string;
  /** Standard deviation from run to run that was stated, as a share of the measured value. */
  readonly noise: number;
  readonly seed: number;
  readonly replicates: number;
  readonly rows: readonly CountedRow[];
  /** Domains with a measured value and something to fit. */
  readonly domains: readonly DomainCalibration[];
  /** Coefficients that keep the value of the profile. */
  readonly held: readonly {
    readonly id: string;
    readonly domain: Domain;
    readonly value: number;
    readonly unit: string;
    readonly grade: Grade;
  }[];
  /** Empty where no row has throughput and the cycles of both domains. */
  readonly laws: readonly LawFit[];
  /** Full sentences: what to be careful with. */
  readonly notes: readonly string[];
}

export interface CountedRow {
  readonly line: number;
  readonly configuration: string;
  readonly throughputMbps: number | null;
  readonly measuredLroRate: number | null;
  /** Of the counts. */
  readonly countedLroRate: number | null;
  readonly goodputBytes: number;
}

/** 95 % of what the stated noise would give; null without noise. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface FittedCoefficient {
  readonly name: string;
  readonly ids: readonly string[];
  readonly unit: string;
  /** Null where the rows do not fix it. */
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly profileValue: number;
  /** `absent`: its events did not occur. `collinear`: other values of it and of `with` fit as well. */
  readonly state: 'identified' | 'collinear' | 'absent';
  readonly with: readonly string[];
  /** The estimate that moves most closely with it, if much; null otherwise. */
  readonly movesWith: { readonly name: string; readonly correlation: number } | null;
}

/** A value that a fit gives for a row. */
export interface RowPrediction {
  readonly cyclesPerByte: number;
  /** Where a measurement of the row should lie, its own noise included. */
  readonly interval: Interval | null;
  /** Prediction over measurement, less 1. */
  readonly error: number;
}

export interface FittedRow {
  readonly line: number;
  readonly configuration: string;
  readonly trained: boolean;
  readonly measuredCyclesPerByte: number;
  /** By the fit to all rows that it was trained on; null where they do not fix it. */
  readonly fitted: RowPrediction | null;
  /** By the fit to the other rows; null where they do not fix it. */
  readonly leftOut: RowPrediction | null;
}

export interface DomainCalibration {
  readonly domain: Domain;
  /** Trained rows. */
  readonly rows: number;
  /** Different equations among them: runs of one configuration with one set of counts are one. */
  readonly equations: number;
  readonly unknowns: number;
  readonly rank: number;
  readonly condition: number | null;
  /** As many unknowns as equations: the fit is exact whatever was measured, and no evidence for the model. */
  readonly exactByConstruction: boolean;
  /** Sum of squared residuals in units of the noise, and the share of noise alone that gives as much or more. */
  readonly chiSquare: { readonly value: number; readonly freedom: number; readonly share: number } | null;
  readonly coefficients: readonly FittedCoefficient[];
  /** All rows with a measured value, in the order of the file. */
  readonly fittedRows: readonly FittedRow[];
}

export interface LawFit {
  readonly law: ClockedLaw | 'constant';
  readonly formula: string;
  /** GHz; for `constant` Mbit/s. Null where a row cannot be had with any clock. */
  readonly parameter: number | null;
  readonly unit: 'GHz' | 'Mbit/s';
  /** Smallest and largest that a row needs. */
  readonly range: readonly [number, number] | null;
  readonly rows: readonly {
    readonly line: number;
    readonly configuration: string;
    readonly measuredMbps: number;
    readonly predictedMbps: number | null;
    /** Prediction over measurement, less 1. */
    readonly error: number | null;
  }[];
  /** Largest error in size; null without predictions. */
  readonly worstError: number | null;
}
