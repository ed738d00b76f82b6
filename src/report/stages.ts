/** Cycles per byte by stage, side by side for all configurations of a record. */
import type { ResultRecord, StageName } from '../replay/result.ts';

export const DOMAINS = ['Domain0', 'DomainU'] as const;
export type DomainName = (typeof DOMAINS)[number];

export interface StageRow {
  readonly stage: StageName | 'unexplained';
  /** By configuration; null where the stage is absent. */
  readonly values: readonly (number | null)[];
}

/**
 * The stages that any configuration has, in the order of the path. What is unexplained stands at the end of the
 * guest's, where there is any; it is no part of the domain's total.
 */
export function stageRows({ configurations }: ResultRecord, domain: DomainName): StageRow[] {
  const costs = configurations.map((one) => (domain === 'Domain0' ? one.domain0 : one.domainU));
  // Every configuration has the stages of the profile, in one order.
  const stages = costs[0]?.stages.map(({ stage }) => stage) ?? [];
  const rows: StageRow[] = stages.map((stage) => ({
    stage,
    values: costs.map((cost) => cost.stages.find((one) => one.stage === stage)?.cyclesPerByte ?? null),
  }));
  const unexplained = configurations.map((one) => one.unexplainedDomainUCyclesPerByte);
  if (domain === 'DomainU' && unexplained.some((value) => value !== null)) {
    rows.push({ stage: 'unexplained', values: unexplained });
  }
  return rows;
}
