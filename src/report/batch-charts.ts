/** The distributions of a batch as pictures: the captures in the order of their value. Loads the chart stack. */
import { BATCH_QUANTITIES, type Distribution } from './batch-distribution.ts';
import { renderFigure } from './chart-render.ts';
import type { XyChartSpec } from './chart-spec-xy.ts';
import { PICTURE_FORMATS } from './figure.ts';
import type { OutputFile } from './files.ts';
import type { ChartWidth, Format } from './format-names.ts';

/** In each of the formats that is one of pictures. */
export function batchPictures(
  distributions: readonly Distribution[],
  formats: readonly Format[],
  width: ChartWidth,
): OutputFile[] {
  const specs = batchSpecs(distributions);
  return PICTURE_FORMATS.filter((format) => formats.includes(format)).flatMap((format) =>
    specs.map((spec) => ({
      name: `${spec.name}.${format}`,
      bytes: renderFigure({ kind: 'xy', spec }, format, width, null),
    })),
  );
}

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
          points: values.map(({ value }, at) => ({ x: (100 * (at + 0.5)) / values.length, y: value })),
        })),
      },
    ];
  });
}
