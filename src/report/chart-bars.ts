/** Draws charts of standing bars. Loads nothing: the chart stack is in chart-render.ts. */
import type { ChartConfiguration } from 'chart.js';
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
import { AXIS_LINE, axisTitle, FONT, GRID_LINES, STILL } from './chart-options.ts';
import type { BarChartSpec } from './chart-spec.ts';
import { type ChartSize, INK, LOOKS, OUTLINE_WIDTH } from './chart-style.ts';

export function barConfiguration(
  spec: BarChartSpec,
  { width }: ChartSize,
): ChartConfiguration<'bar', (number | null)[], string> {
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
      ...STILL,
      layout: { padding: { top: legendHeight(spec, width), right: 3, bottom: 1, left: 1 } },
      scales: {
        x: {
          grid: { display: false, drawTicks: false },
          border: AXIS_LINE,
          ticks: { font: FONT, color: INK, padding: 3 + stackLabelHeight(spec) },
          // Chart.js keeps room for the padding below the labels, too.
          afterFit: (axis) => {
            axis.height -= stackLabelHeight(spec);
          },
        },
        y: {
          beginAtZero: true,
          grace: '12%',
          suggestedMax: Math.max(0, ...spec.referenceLines.map((line) => line.value)),
          grid: GRID_LINES,
          border: AXIS_LINE,
          ticks: { font: FONT, color: INK, maxTicksLimit: 6 },
          title: axisTitle(spec.axisLabel),
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
