/**
 * Chart specifications as PNG, made for one column of a paper. Loads the chart stack: import it only when a
 * chart is asked for.
 */
import type { ChartConfiguration } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import type { ResultRecord } from '../replay/result.ts';
import {
  background,
  barValues,
  hatching,
  legend,
  legendHeight,
  referenceLines,
  stackLabelHeight,
  stackTexts,
} from './chart-draw.ts';
import { type BarChartSpec, chartSpecs } from './chart-spec.ts';
import {
  CHART_DPI,
  CHART_DPI_RATIO,
  COLUMN_WIDTH,
  FONT_SIZE,
  GRID,
  HEIGHT,
  INK,
  LOOKS,
  OUTLINE_WIDTH,
} from './chart-style.ts';
import { CHART_FONT, registerChartFonts } from './fonts.ts';
import { withResolution } from './png-resolution.ts';

export interface BinaryFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The charts of a record. Throws if the fonts cannot be loaded. */
export function chartFiles(record: ResultRecord): BinaryFile[] {
  const render = createRenderer();
  return chartSpecs(record).map((spec) => ({ name: `${spec.name}.png`, bytes: render(spec) }));
}

export function createRenderer(): (spec: BarChartSpec) => Buffer {
  const render = createChartRenderer();
  return (spec) => render(chartConfiguration(spec) as ChartConfiguration);
}

let shared: ChartJSNodeCanvas | null = null;

/** One canvas for all charts of a thread: chartjs-node-canvas loads Chart.js anew for each of its instances, and keeps it. */
export function createChartRenderer(): (configuration: ChartConfiguration) => Buffer {
  registerChartFonts();
  shared ??= new ChartJSNodeCanvas({ width: COLUMN_WIDTH, height: HEIGHT });
  const canvas = shared;
  return (configuration) => withResolution(canvas.renderToBufferSync(configuration, 'image/png'), CHART_DPI);
}

export function chartConfiguration(spec: BarChartSpec): ChartConfiguration<'bar', (number | null)[], string> {
  const font = { family: CHART_FONT, size: FONT_SIZE };
  const stacks = new Set(spec.series.map(({ stack }) => stack)).size;
  return {
    type: 'bar',
    data: {
      labels: [...spec.labels],
      datasets: spec.series.map((series) => ({
        label: series.label,
        data: [...series.values],
        stack: series.stack,
        backgroundColor: LOOKS[series.role].fill,
        borderColor: INK,
        borderWidth: OUTLINE_WIDTH,
        categoryPercentage: stacks > 2 ? 0.92 : 0.72,
        barPercentage: 0.86,
      })),
    },
    options: {
      devicePixelRatio: CHART_DPI_RATIO,
      responsive: false,
      animation: false,
      locale: 'en-US',
      font,
      color: INK,
      layout: { padding: { top: legendHeight(spec), right: 3, bottom: 1, left: 1 } },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: {
          grid: { display: false, drawTicks: false },
          border: { color: INK, width: 0.8 },
          ticks: { font, color: INK, padding: 3 + stackLabelHeight(spec) },
          // Chart.js keeps room for the padding below the labels, too.
          afterFit: (axis) => {
            axis.height -= stackLabelHeight(spec);
          },
        },
        y: {
          beginAtZero: true,
          grace: '12%',
          suggestedMax: Math.max(0, ...spec.referenceLines.map((line) => line.value)),
          grid: { color: GRID, lineWidth: 0.6, tickLength: 3 },
          border: { color: INK, width: 0.8 },
          ticks: { font, color: INK, maxTicksLimit: 6 },
          title: { display: true, text: spec.axisLabel, font, color: INK, padding: 2 },
        },
      },
    },
    plugins: [
      background,
      hatching(spec),
      referenceLines(spec),
      barValues(spec),
      stackTexts(spec),
      legend(spec),
    ],
  };
}
