/** The distributions of a batch as pictures. Loads the chart stack. */
import type { Distribution } from './batch-distribution.ts';
import { renderFigure } from './chart-render.ts';
import { batchSpecs } from './chart-spec-batch.ts';
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
