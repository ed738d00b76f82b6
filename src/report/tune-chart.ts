/** The chart of a tuning record as PNG. Loads the chart stack: import it only when a chart is asked for. */
import type { TuneRecord } from '../replay/tune-result.ts';
import { type BinaryFile, createChartRenderer } from './chart-png.ts';
import { tuneSpec } from './chart-spec-tune.ts';
import { xyConfiguration } from './chart-xy.ts';

/** None where nothing can be said. */
export function tuneChart(record: TuneRecord): BinaryFile[] {
  const spec = tuneSpec(record);
  if (spec === null) return [];
  return [{ name: `${spec.name}.png`, bytes: createChartRenderer()(xyConfiguration(spec)) }];
}
