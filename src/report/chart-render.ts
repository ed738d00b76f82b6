/**
 * One figure as a picture: what a chart looks like is in chart-bars, chart-lying-bars, chart-xy and chart-heat-map; this
 * gives them something to draw on. Loads the chart stack: import it only when a picture is asked for.
 */
import { createCanvas, PDFDocument, type SKRSContext2D, SvgExportFlag } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, type ChartItem, registerables } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { barConfiguration } from './chart-bars.ts';
import { drawHeatMap } from './chart-heat-map.ts';
import { lyingBarConfiguration, lyingBarHeight } from './chart-lying-bars.ts';
import { CHART_DPI, type ChartSize, CSS_DPI, SIZES } from './chart-style.ts';
import { xyConfiguration } from './chart-xy.ts';
import type { Figure, PictureFormat } from './figure.ts';
import type { FigureOrigin } from './figure-origin.ts';
import { registerChartFonts } from './fonts.ts';
import type { ChartWidth } from './format-names.ts';
import { pdfMetadata, stampedPng, stampedSvg } from './picture-stamp.ts';

/** Height that a heat map has more than other charts. */
const MAP_EXTRA = 30;
const POINTS_PER_INCH = 72;

Chart.register(...registerables);

/**
 * Text is outlined in SVG and has its fonts embedded in PDF, so that neither needs a font where it is read. The same
 * figure, width and origin give the same bytes. Throws if the fonts cannot be loaded.
 *
 * @param origin is written into the picture; null: nothing is
 */
export function renderFigure(
  figure: Figure,
  format: PictureFormat,
  width: ChartWidth,
  origin: FigureOrigin | null,
): Buffer {
  registerChartFonts();
  const size = sizeOf(figure, SIZES[width]);
  const { title } = figure.spec;
  switch (format) {
    case 'png':
      return stampedPng(png(figure, size), CHART_DPI, title, origin);
    case 'svg': {
      const canvas = createCanvas(size.width, size.height, SvgExportFlag.ConvertTextToPaths);
      draw(figure, size, canvas.getContext('2d'), 1);
      return stampedSvg(canvas.getContent(), size, figure.spec, origin);
    }
    case 'pdf': {
      const ratio = POINTS_PER_INCH / CSS_DPI;
      const document = new PDFDocument(pdfMetadata(title, origin));
      // The type of the page's context is that of the DOM, which this program does not have; it is that of a canvas.
      const page = document.beginPage(size.width * ratio, size.height * ratio) as unknown as SKRSContext2D;
      draw(figure, size, page, ratio);
      document.endPage();
      return document.close();
    }
  }
}

function sizeOf({ kind, spec }: Figure, { width, height }: ChartSize): ChartSize {
  if (kind === 'lying-bars') return { width, height: lyingBarHeight(spec) };
  return { width, height: kind === 'heat-map' ? height + MAP_EXTRA : height };
}

/** chartjs-node-canvas loads Chart.js anew for each of its instances, and keeps it: one for each size. */
const canvases = new Map<string, ChartJSNodeCanvas>();

function canvasOf(size: ChartSize): ChartJSNodeCanvas {
  const key = `${size.width} ${size.height}`;
  const canvas = canvases.get(key) ?? new ChartJSNodeCanvas({ ...size });
  canvases.set(key, canvas);
  return canvas;
}

function png(figure: Figure, size: ChartSize): Buffer {
  const ratio = CHART_DPI / CSS_DPI;
  if (figure.kind !== 'heat-map') {
    return canvasOf(size).renderToBufferSync(configurationOf(figure, size, ratio));
  }
  const canvas = createCanvas(Math.round(size.width * ratio), Math.round(size.height * ratio));
  draw(figure, size, canvas.getContext('2d'), ratio);
  return canvas.toBuffer('image/png');
}

/** @param ratio units of the context for a CSS pixel */
function draw(figure: Figure, size: ChartSize, context: SKRSContext2D, ratio: number): void {
  if (figure.kind === 'heat-map') {
    context.scale(ratio, ratio);
    drawHeatMap(context, figure.spec, size);
    return;
  }
  // Chart.js wants a canvas, which a page of a PDF has not, and sets its size, which would clear that of an SVG.
  const standIn = { ...size, getContext: () => context };
  Object.assign(context, { canvas: standIn });
  new Chart(standIn as unknown as ChartItem, configurationOf(figure, size, ratio)).destroy();
}

function configurationOf(
  figure: Exclude<Figure, { kind: 'heat-map' }>,
  size: ChartSize,
  ratio: number,
): ChartConfiguration {
  const configuration = chartOf(figure, size);
  return { ...configuration, options: { ...configuration.options, devicePixelRatio: ratio } };
}

function chartOf(figure: Exclude<Figure, { kind: 'heat-map' }>, size: ChartSize): ChartConfiguration {
  switch (figure.kind) {
    case 'bars':
      return barConfiguration(figure.spec, size) as ChartConfiguration;
    case 'lying-bars':
      return lyingBarConfiguration(figure.spec) as ChartConfiguration;
    case 'xy':
      return xyConfiguration(figure.spec);
  }
}
