/** The files of figures in each format. What draws is loaded when it is needed. */

import { dataComments } from './csv-comments.ts';
import type { Figure } from './figure.ts';
import { PICTURE_FORMATS } from './figure.ts';
import type { FigureOrigin } from './figure-origin.ts';
import type { OutputFile } from './files.ts';
import type { ChartWidth, Format } from './format-names.ts';

export interface FigureOrder {
  readonly width: ChartWidth;
  readonly origin: FigureOrigin;
}

export async function figureFiles(
  figures: readonly Figure[],
  formats: readonly Format[],
  { width, origin }: FigureOrder,
): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  const pictures = PICTURE_FORMATS.filter((format) => formats.includes(format));
  if (pictures.length > 0) {
    const { renderFigure } = await import('./chart-render.ts');
    for (const format of pictures) {
      for (const figure of figures) {
        files.push({
          name: `${figure.spec.name}.${format}`,
          bytes: renderFigure(figure, format, width, origin),
        });
      }
    }
  }
  if (formats.includes('tex')) {
    const { texFigure } = await import('./tex-figure.ts');
    const { dataFileName, figureDataCsv } = await import('./figure-data.ts');
    const comments = dataComments(origin);
    for (const figure of figures) {
      files.push({ name: `${figure.spec.name}.tex`, text: texFigure(figure, width, origin) });
      files.push({ name: dataFileName(figure), text: figureDataCsv(figure) + comments });
    }
  }
  return files;
}
