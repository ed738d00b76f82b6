/** The figures of each record. Loads no chart stack. */
import type { ExplainRecord } from '../replay/explain-result.ts';
import type { ConfigurationResult, ResultRecord } from '../replay/result.ts';
import type { SweepRecord } from '../replay/sweep-result.ts';
import type { TuneRecord } from '../replay/tune-result.ts';
import { chartSpecs } from './chart-spec.ts';
import { sweepLines, sweepMap } from './chart-spec-sweep.ts';
import { tuneSpec } from './chart-spec-tune.ts';
import { explainChartSpecs } from './explain-chart.ts';
import type { Figure } from './figure.ts';
import { quantityOf } from './quantities.ts';

export function studyFigures(record: ResultRecord): Figure[] {
  return chartSpecs(record).map((spec) => ({ kind: 'bars', spec }));
}

export function explainFigures(record: ExplainRecord): Figure[] {
  return explainChartSpecs(record).map((spec) => ({ kind: 'lying-bars', spec }));
}

/** None where nothing can be said. */
export function tuneFigures(record: TuneRecord): Figure[] {
  const spec = tuneSpec(record);
  return spec === null ? [] : [{ kind: 'xy', spec }];
}

/**
 * One for each quantity that the record has. With two parameters it is a map of one configuration: of each in
 * `configurations`, or without any of the first that merges.
 */
export function sweepFigures(
  record: SweepRecord,
  stem: string,
  quantities: readonly string[],
  configurations: readonly ConfigurationResult['name'][],
): Figure[] {
  const chosen = quantities.map(quantityOf);
  if (record.parameters.length === 1) {
    return chosen.flatMap((quantity): Figure[] => {
      const spec = sweepLines(record, quantity, stem);
      return spec === null ? [] : [{ kind: 'xy', spec }];
    });
  }
  const names = configurations.length > 0 ? configurations : mergingConfiguration(record);
  return names.flatMap((name) =>
    chosen.flatMap((quantity): Figure[] => {
      const spec = sweepMap(record, quantity, stem, name);
      return spec === null ? [] : [{ kind: 'heat-map', spec }];
    }),
  );
}

function mergingConfiguration({ points }: SweepRecord): ConfigurationResult['name'][] {
  const all = points[0]?.configurations ?? [];
  const one = all.find(({ engine }) => engine !== 'none') ?? all[0];
  return one === undefined ? [] : [one.name];
}
