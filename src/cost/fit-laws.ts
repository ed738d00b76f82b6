/**
 * The throughput laws on measured rows, all fitted by one rule so that their errors can be compared: the clock of a
 * law is the mean of the clocks that the rows need. `constant` knows nothing of cycles: what a law has to beat.
 */
import type { LawFit } from './calibration-record.ts';
import { clockedGoodputMbps, LAW_FORMULA, type LawInput, neededClockGhz } from './laws.ts';
import type { Observation } from './observation.ts';
import { CLOCKED_LAWS } from './profile.ts';

interface Row extends LawInput {
  readonly observation: Observation;
  readonly mbps: number;
}

/** Empty where no row has throughput and the cycles of both domains. */
export function fitLaws(observations: readonly Observation[], linkMbps: number): readonly LawFit[] {
  const rows = observations.flatMap((observation): Row[] => {
    const { throughputMbps: mbps, cyclesPerByte } = observation.row;
    const { Domain0: c0, DomainU: cU } = cyclesPerByte;
    const { linkShare } = observation;
    if (mbps === null || c0 === null || cU === null || linkShare === null) return [];
    return [{ observation, mbps, c0, cU, lineMbps: linkMbps * linkShare }];
  });
  if (rows.length === 0) return [];
  const clocked = CLOCKED_LAWS.map((law) =>
    lawFit(
      { law, formula: LAW_FORMULA[law], unit: 'GHz' },
      rows,
      (row) => neededClockGhz(law, row.mbps, row),
      (row, ghz) => clockedGoodputMbps(law, ghz, row),
    ),
  );
  const constant = lawFit(
    { law: 'constant', formula: 'T is always the same', unit: 'Mbit/s' },
    rows,
    (row) => row.mbps,
    (_, mbps) => mbps,
  );
  return [...clocked, constant];
}

function lawFit(
  law: Pick<LawFit, 'law' | 'formula' | 'unit'>,
  rows: readonly Row[],
  needs: (row: Row) => number,
  predict: (row: Row, parameter: number) => number,
): LawFit {
  const needed = rows.map(needs);
  const possible = needed.every(Number.isFinite);
  const parameter = possible ? needed.reduce((sum, value) => sum + value, 0) / needed.length : null;
  const results = rows.map((row) => {
    const predictedMbps = parameter === null ? null : predict(row, parameter);
    const error = predictedMbps === null ? null : predictedMbps / row.mbps - 1;
    const { line, configuration } = row.observation.row;
    return { line, configuration, measuredMbps: row.mbps, predictedMbps, error };
  });
  return {
    ...law,
    parameter,
    range: possible ? [Math.min(...needed), Math.max(...needed)] : null,
    rows: results,
    worstError: parameter === null ? null : Math.max(...results.map(({ error }) => Math.abs(error!))),
  };
}
