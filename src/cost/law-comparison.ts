/** The throughput laws side by side on the three rows of the study: what each predicts from the measured cycles. */
import type { Cost } from './cycles.ts';
import { LAWS, type Law, predictGoodput } from './laws.ts';
import type { Profile } from './profile.ts';
import { STUDY, type StudyRow } from './study.ts';
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

/** The cycles that the study measured, whatever explains them. */
function measuredCost(row: StudyRow): Cost {
  return {
    domain0: { cyclesPerByte: row.domain0CyclesPerByte, stages: [] },
    domainU: { cyclesPerByte: row.domainUCyclesPerByte, stages: [] },
    unexplainedDomainUCyclesPerByte: null,
    cycles: { domain0: 0, domainU: 0, unexplainedDomainU: null },
  };
}
