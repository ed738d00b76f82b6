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
import type { BarChartSpec } from './chart-spec.ts';
import { type ChartSize, FONT_SIZE, GRID, INK, LOOKS, OUTLINE_WIDTH } from './chart-style.ts';
import { CHART_FONT } from './fonts.ts';

export function barConfiguration(
  spec: BarChartSpec,
  { width }: ChartSize,
): ChartConfiguration<'bar', (number | null)[], string> {
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
      responsive: false,
      animation: false,
      locale: 'en-US',
      font,
      color: INK,
      layout: { padding: { top: legendHeight(spec, width), right: 3, bottom: 1, left: 1 } },
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
