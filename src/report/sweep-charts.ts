/** The charts of a sweep as PNG. Loads the chart stack: import it only when a chart is asked for. */
import type { ConfigurationResult } from '../replay/result.ts';
import type { SweepRecord } from '../replay/sweep-result.ts';
import { renderHeatMap } from './chart-heat-map.ts';
import { type BinaryFile, createChartRenderer } from './chart-png.ts';
import { sweepLines, sweepMap } from './chart-spec-sweep.ts';
import { xyConfiguration } from './chart-xy.ts';
import { quantityOf } from './quantities.ts';

/**
 * A chart for each quantity that the record has. With two parameters it is a map of one configuration: of each in
 * `configurations`, or without any of the first that merges.
 */
export function sweepCharts(
  record: SweepRecord,
  stem: string,
  quantities: readonly string[],
  configurations: readonly ConfigurationResult['name'][],
): BinaryFile[] {
  const chosen = quantities.map(quantityOf);
  if (record.parameters.length === 1) {
    const render = createChartRenderer();
    return chosen.flatMap((quantity) => {
      const spec = sweepLines(record, quantity, stem);
      return spec === null ? [] : [{ name: `${spec.name}.png`, bytes: render(xyConfiguration(spec)) }];
    });
  }
  const names = configurations.length > 0 ? configurations : mergingConfiguration(record);
  return names.flatMap((name) =>
    chosen.flatMap((quantity) => {
      const spec = sweepMap(record, quantity, stem, name);
      return spec === null ? [] : [{ name: `${spec.name}.png`, bytes: renderHeatMap(spec) }];
    }),
  );
}

function mergingConfiguration({ points }: SweepRecord): ConfigurationResult['name'][] {
  const all = points[0]?.configurations ?? [];
  const one = all.find(({ engine }) => engine !== 'none') ?? all[0];
  return one === undefined ? [] : [one.name];
}
