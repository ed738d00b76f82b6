/** Draws charts of points over two axes. Loads nothing: the chart stack is in chart-render.ts. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { ChartConfiguration, Plugin, ScaleOptionsByType } from 'chart.js';
import { background, contextOf, ON_PAPER, text } from './chart-draw.ts';
import { AXIS_LINE, axisTitle, FONT, GRID_LINES, STILL } from './chart-options.ts';
import type { XyAxis, XyChartSpec, XySeries } from './chart-spec-xy.ts';
import { FONT_SIZE, INK, PAPER, XY_LOOKS, type XyLook } from './chart-style.ts';

type XyPlugin = Plugin<'scatter'>;

const LEGEND_BASELINE = 11;
const KEY_WIDTH = 18;
const KEY_GAP = 4;
const ENTRY_GAP = 11;

export function xyConfiguration(spec: XyChartSpec): ChartConfiguration {
  const configuration: ChartConfiguration<'scatter', ({ x: number; y: number } | null)[]> = {
    type: 'scatter',
    data: {
      datasets: spec.series.map(({ role, label, joined, points }, index) => ({
        label,
        // Chart.js draws the lowest order last; later series belong on top.
        order: -index,
        data: points.map(({ x, y }) => ({ x, y: y ?? Number.NaN })),
        showLine: joined,
        borderColor: XY_LOOKS[role].colour,
        borderWidth: 1.1,
        borderDash: [...XY_LOOKS[role].dash],
        pointStyle: XY_LOOKS[role].mark,
        pointRadius: XY_LOOKS[role].radius,
        pointBackgroundColor: XY_LOOKS[role].hollow ? PAPER : XY_LOOKS[role].colour,
        pointBorderColor: XY_LOOKS[role].colour,
        pointBorderWidth: 1,
        clip: false,
      })),
    },
    options: {
      ...STILL,
      layout: { padding: { top: spec.series.length > 1 ? 20 : 6, right: 8, bottom: 1, left: 1 } },
      scales: { x: axisOptions(spec.x, 8), y: axisOptions(spec.y, 6) },
    },
    plugins: [background as unknown as XyPlugin, legend(spec.series)],
  };
  return configuration as unknown as ChartConfiguration;
}

type AxisOptions = NonNullable<NonNullable<ChartConfiguration<'scatter'>['options']>['scales']>[string];

function axisOptions({ label, scale, ticks, fromZero }: XyAxis, maxTicks: number): AxisOptions {
  const labelOf = (value: number): string =>
    ticks?.find(({ at }) => at === value)?.label ?? value.toLocaleString('en-US');
  const common = {
    grid: GRID_LINES,
    border: AXIS_LINE,
    title: axisTitle(label),
    ticks: {
      font: FONT,
      color: INK,
      padding: 3,
      maxRotation: 0,
      autoSkip: true,
      maxTicksLimit: ticks === null ? maxTicks : ticks.length,
      callback: (value: string | number) => labelOf(Number(value)),
    },
    ...(ticks === null ? {} : { afterBuildTicks: placeTicks(ticks.map(({ at }) => at)) }),
  };
  const options =
    scale === 'log'
      ? { ...common, type: 'logarithmic', ...endsOf(ticks) }
      : { ...common, type: 'linear', beginAtZero: fromZero, ...(fromZero ? { grace: '8%' } : {}) };
  return options as unknown as ScaleOptionsByType<'linear'> as AxisOptions;
}

function endsOf(ticks: XyAxis['ticks']): { min?: number; max?: number } {
  const places = ticks?.map(({ at }) => at) ?? [];
  return places.length === 0 ? {} : { min: Math.min(...places), max: Math.max(...places) };
}

function placeTicks(places: readonly number[]): (axis: { ticks: { value: number }[] }) => void {
  return (axis) => {
    axis.ticks = places.map((value) => ({ value }));
  };
}

/** One row of marks over the plot; a single series needs none. */
function legend(series: readonly XySeries[]): XyPlugin {
  return {
    id: 'legend',
    afterDraw: (chart) => {
      if (series.length < 2) return;
      const context = contextOf(chart as never);
      let x = chart.chartArea.left;
      for (const { role, label, joined } of series) {
        const look = XY_LOOKS[role];
        const width = joined ? KEY_WIDTH : 2 * look.radius + 2;
        key(context, x, width, LEGEND_BASELINE - 0.36 * FONT_SIZE, look, joined);
        const left = x + width + KEY_GAP;
        x = left + text(context, label, left, LEGEND_BASELINE, 'left', ON_PAPER) + ENTRY_GAP;
      }
    },
  };
}

function key(
  context: SKRSContext2D,
  left: number,
  width: number,
  y: number,
  look: XyLook,
  joined: boolean,
): void {
  context.save();
  context.strokeStyle = look.colour;
  context.lineWidth = 1.1;
  if (joined) {
    context.setLineDash([...look.dash]);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + width, y);
    context.stroke();
    context.setLineDash([]);
  }
  context.fillStyle = look.hollow ? PAPER : look.colour;
  context.beginPath();
  outline(context, look, left + width / 2, y);
  context.closePath();
  context.fill();
  context.stroke();
  context.restore();
}

/** The marks as Chart.js draws them. */
function outline(context: SKRSContext2D, { mark, radius }: XyLook, x: number, y: number): void {
  switch (mark) {
    case 'circle':
      context.arc(x, y, radius, 0, 2 * Math.PI);
      break;
    case 'rect': {
      const half = Math.SQRT1_2 * radius;
      context.rect(x - half, y - half, 2 * half, 2 * half);
      break;
    }
    case 'rectRot':
      context.moveTo(x, y - radius);
      context.lineTo(x + radius, y);
      context.lineTo(x, y + radius);
      context.lineTo(x - radius, y);
      break;
    case 'triangle': {
      const half = (Math.sqrt(3) / 2) * radius;
      context.moveTo(x, y - radius);
      context.lineTo(x + half, y + radius / 2);
      context.lineTo(x - half, y + radius / 2);
      break;
    }
  }
}
