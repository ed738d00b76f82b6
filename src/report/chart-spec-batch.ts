/** The distributions of a batch as charts: the captures in the order of their value. */
import { BATCH_QUANTITIES, type Distribution } from './batch-distribution.ts';
import type { XyChartSpec } from './chart-spec-xy.ts';

/** A chart for each quantity that any capture has. */
export function batchSpecs(distributions: readonly Distribution[]): XyChartSpec[] {
  return BATCH_QUANTITIES.flatMap(({ id, name, unit }): XyChartSpec[] => {
    const ofQuantity = distributions.filter(
      ({ quantity, values }) => quantity.id === id && values.length > 0,
    );
    if (ofQuantity.length === 0) return [];
    return [
      {
        name: `batch-${id}`,
        title: `${name} over the captures of the batch`,
        x: { label: 'Captures with less (%)', scale: 'linear', ticks: null, fromZero: false },
        y: { label: `${name} (${unit})`, scale: 'linear', ticks: null, fromZero: true },
        series: ofQuantity.map(({ configuration, values }) => ({
          role: configuration,
          label: configuration,
          joined: true,
          points: values.map(({ name: capture, value }, at) => ({
            x: (100 * (at + 0.5)) / values.length,
            y: value,
            name: capture,
          })),
        })),
      },
    ];
  });
}
