/** The throughput laws side by side on the three rows of the study: what each predicts from the measured cycles. */
import type { Cost } from './cycles.ts';
import { LAW_FORMULA, LAWS, type Law, predictGoodput } from './laws.ts';
import { CLOCKED_LAWS, type ClockedLaw, type Profile } from './profile.ts';
import { STUDY, STUDY_PAYLOAD_BYTES, type StudyRow } from './study.ts';
import { STUDY_LINK_USE } from './study-fit.ts';

export interface LawOnRow {
  readonly configuration: StudyRow['configuration'];
  readonly measuredMbps: number;
  /** Null where the law predicts nothing. */
  readonly predictedMbps: number | null;
  /** Prediction over measurement, less 1. */
  readonly error: number | null;
}

export interface LawOnStudy {
  readonly law: Law;
  /** With the values of its parameters. */
  readonly formula: string;
  readonly rows: readonly LawOnRow[];
}

/** The laws for which the profile has a clock, and `none`. */
export function compareLaws(profile: Profile): readonly LawOnStudy[] {
  return LAWS.filter((law) => law === 'none' || profile.throughput.laws[law] !== undefined).map((law) => {
    const predictions = Object.values(STUDY).map((row) => ({
      row,
      prediction: predictGoodput(law, profile, STUDY_LINK_USE, measuredCost(row)),
    }));
    return {
      law,
      formula: predictions[0]!.prediction.formula,
      rows: predictions.map(({ row, prediction: { mbps } }) => ({
        configuration: row.configuration,
        measuredMbps: row.throughputMbps,
        predictedMbps: mbps,
        error: mbps === null ? null : mbps / row.throughputMbps - 1,
      })),
    };
  });
}

export interface LawOnUnexplained {
  readonly law: ClockedLaw;
  readonly formula: string;
  /** Prediction for the study's row, Mbit/s, from all cycles that it measured. */
  readonly withMbps: number;
  /** From those that the profile explains. */
  readonly withoutMbps: number;
  readonly measuredMbps: number;
}

/** What the unexplained cycles of a profile do to the throughput of the study's row that has them. */
export function lawsOnUnexplained(profile: Profile, row: StudyRow): readonly LawOnUnexplained[] {
  const unexplained = (profile.unexplained?.value ?? 0) / STUDY_PAYLOAD_BYTES;
  return CLOCKED_LAWS.filter((law) => profile.throughput.laws[law] !== undefined).map((law) => {
    const mbps = (domainUCyclesPerByte: number): number =>
      predictGoodput(law, profile, STUDY_LINK_USE, measuredCost({ ...row, domainUCyclesPerByte })).mbps!;
    return {
      law,
      formula: LAW_FORMULA[law],
      withMbps: mbps(row.domainUCyclesPerByte),
      withoutMbps: mbps(row.domainUCyclesPerByte - unexplained),
      measuredMbps: row.throughputMbps,
    };
  });
}

/** The cycles that the study measured, whatever explains them. */
function measuredCost(row: StudyRow): Cost {
  return {
    domain0: { cyclesPerByte: row.domain0CyclesPerByte, stages: [] },
    domainU: { cyclesPerByte: row.domainUCyclesPerByte, stages: [] },
    unexplainedDomainUCyclesPerByte: null,
    cycles: { domain0: 0, domainU: 0, unexplainedDomainU: null },
  };
}
