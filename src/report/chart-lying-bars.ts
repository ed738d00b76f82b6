/** Draws charts of lying bars with notes beside them. Loads nothing: the chart stack is in chart-render.ts. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { ChartConfiguration, Plugin } from 'chart.js';
import { background, contextOf, legend } from './chart-draw.ts';
import { AXIS_LINE, axisTitle, CANVAS_FONT, FONT, GRID_LINES, STILL } from './chart-options.ts';
import { INK, LOOKS, OUTLINE_WIDTH } from './chart-style.ts';
import type { ExplainChartSpec } from './explain-chart.ts';

const LINE_HEIGHT = 15;
/** Axis with its label, and the row of keys. */
const AXIS_HEIGHT = 36;
const LEGEND_HEIGHT = 20;
const NOTE_WIDTH = 64;
const LABEL_GAP = 4;

/** By the number of lines, whatever the width. */
export function lyingBarHeight(spec: ExplainChartSpec): number {
  return spec.labels.length * LINE_HEIGHT + AXIS_HEIGHT + topOf(spec);
}

/** A single series needs no keys. */
function topOf(spec: ExplainChartSpec): number {
  return spec.series.length > 1 ? LEGEND_HEIGHT : 4;
}

export function lyingBarConfiguration(
  spec: ExplainChartSpec,
): ChartConfiguration<'bar', (number | null)[], string> {
  const weight = ({ index }: { index: number }): 'bold' | 'normal' =>
    spec.headings[index] === true ? 'bold' : 'normal';
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
        borderSkipped: false,
        categoryPercentage: 0.84,
        barPercentage: 0.9,
      })),
    },
    options: {
      indexAxis: 'y',
      ...STILL,
      layout: { padding: { top: topOf(spec), right: NOTE_WIDTH, bottom: 1, left: 1 } },
      scales: {
        x: {
          stacked: true,
          beginAtZero: true,
          ...(spec.axisMax === null ? { grace: '4%' } : { max: spec.axisMax }),
          grid: GRID_LINES,
          border: AXIS_LINE,
          ticks: { font: FONT, color: INK, maxTicksLimit: 6, maxRotation: 0 },
          title: axisTitle(spec.axisLabel),
        },
        y: {
          stacked: true,
          // Chart.js gives labels half of the chart at most, and cuts what is longer.
          afterFit: (axis) => {
            axis.width = Math.max(axis.width, labelWidth(axis.ctx, spec.labels));
          },
          grid: { display: false, drawTicks: false },
          border: AXIS_LINE,
          ticks: {
            font: (context) => ({ ...FONT, weight: weight(context) }),
            color: INK,
            padding: LABEL_GAP,
            autoSkip: false,
          },
        },
      },
    },
    plugins: [background, notes(spec), legend({ ...spec, referenceLines: [], decimals: 0 })],
  };
}

function labelWidth(
  context: Pick<SKRSContext2D, 'save' | 'restore' | 'font' | 'measureText'>,
  labels: readonly string[],
): number {
  context.save();
  context.font = CANVAS_FONT;
  const widest = Math.max(...labels.map((label) => context.measureText(label).width));
  context.restore();
  return Math.ceil(widest) + 2 * LABEL_GAP;
}

/** The column of notes at the right of the plot. */
function notes(spec: ExplainChartSpec): Plugin<'bar'> {
  return {
    id: 'notes',
    afterDraw: (chart) => {
      const { y: axis } = chart.scales;
      if (axis === undefined) throw new Error('the chart has no axis of lines');
      const context = contextOf(chart);
      const right = chart.width - 2;
      context.save();
      context.font = CANVAS_FONT;
      context.fillStyle = INK;
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      spec.notes.forEach((note, line) => {
        const text = spec.headings[line] === true ? spec.noteHeading : note;
        context.fillText(text, right, axis.getPixelForValue(line));
      });
      context.restore();
    },
  };
}
