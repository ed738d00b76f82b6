/** What Chart.js does not draw itself, as plugins of one chart: each draws in CSS pixels on the chart's canvas. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, Plugin, Scale } from 'chart.js';
import type { BarChartSpec } from './chart-spec.ts';
import { FONT_SIZE, INK, LOOKS, type Look, OUTLINE_WIDTH, PAPER } from './chart-style.ts';
import { CHART_FONT } from './fonts.ts';
import { fixed } from './format.ts';

type BarPlugin = Plugin<'bar'>;
type LegendSpec = Pick<BarChartSpec, 'series' | 'referenceLines' | 'decimals'>;

const FONT = `${FONT_SIZE}px "${CHART_FONT}"`;
/** Height of a digit of DejaVu Sans over its font size. */
const CAP_HEIGHT = 0.73 * FONT_SIZE;
const TEXT_GAP = 3;
const LABEL_HEIGHT = CAP_HEIGHT + 2 * TEXT_GAP;
const HATCH_DISTANCE = 4;
const LEGEND_TOP = 3;
const KEY_SIZE = 9;
const LINE_KEY_WIDTH = 18;
const KEY_GAP = 4;
const ENTRY_GAP = 12;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface TextStyle {
  readonly ink: string;
  readonly ground: string;
}

const ON_PAPER: TextStyle = { ink: INK, ground: PAPER };

/** Without it the picture is transparent, which prints black in some viewers. */
export const background: BarPlugin = {
  id: 'background',
  beforeDraw: (chart) => {
    const context = contextOf(chart);
    context.save();
    context.fillStyle = PAPER;
    context.fillRect(0, 0, chart.width, chart.height);
    context.restore();
  },
};

/** Diagonal lines over the bars of hatched series. Drawn as lines, so that they stay sharp at any resolution. */
export function hatching(spec: BarChartSpec): BarPlugin {
  return {
    id: 'hatching',
    afterDatasetsDraw: (chart) => {
      spec.series.forEach((series, index) => {
        for (const box of bars(chart, index)) hatch(contextOf(chart), box, LOOKS[series.role]);
      });
    },
  };
}

export function referenceLines(spec: BarChartSpec): BarPlugin {
  return {
    id: 'referenceLines',
    afterDatasetsDraw: (chart) => {
      const { left, right } = chart.chartArea;
      for (const line of spec.referenceLines) {
        dashedLine(contextOf(chart), left, right, valueAxis(chart).getPixelForValue(line.value));
      }
    },
  };
}

/**
 * Writes each value: over its bar, or inside at the top where another series stands on it or a reference line
 * would cross it out; `n/a` on the axis where there is none. A series that only adds to others is written as
 * such and says nothing where it is absent.
 */
export function barValues(spec: BarChartSpec): BarPlugin {
  return {
    id: 'barValues',
    afterDatasetsDraw: (chart) => {
      const axis = valueAxis(chart);
      const lines = spec.referenceLines.map((line) => axis.getPixelForValue(line.value));
      spec.series.forEach((series, index) => {
        const adds = spec.series.slice(0, index).some((below) => below.stack === series.stack);
        const above = spec.series.slice(index + 1).filter((other) => other.stack === series.stack);
        series.values.forEach((value, group) => {
          if (value === null && adds) return;
          const box = bar(chart, index, group);
          const top = value === null ? axis.bottom : box.top;
          const covered = above.some((other) => (other.values[group] ?? null) !== null);
          const crossed = lines.some((y) => y <= top && y >= top - LABEL_HEIGHT);
          const inside = (covered || crossed) && box.height >= LABEL_HEIGHT;
          if (covered && !inside) return;

          const look = LOOKS[series.role];
          const label = `${adds && (value ?? 0) >= 0 ? '+' : ''}${fixed(value, spec.decimals, 'n/a')}`;
          const style = inside ? { ink: look.ink, ground: look.fill } : ON_PAPER;
          const baseline = inside ? top + TEXT_GAP + CAP_HEIGHT : top - TEXT_GAP;
          text(contextOf(chart), label, box.left + box.width / 2, baseline, 'center', style);
        });
      });
    },
  };
}

/** One row of keys over the plot, for its series and reference lines; a single series needs none. */
export function legend(spec: LegendSpec): BarPlugin {
  return {
    id: 'legend',
    afterDraw: (chart) => {
      if (!hasLegend(spec)) return;
      const context = contextOf(chart);
      const baseline = LEGEND_TOP + KEY_SIZE - (KEY_SIZE - CAP_HEIGHT) / 2;
      let x = chart.chartArea.left;
      const entry = (label: string, keyWidth: number): void => {
        const textLeft = x + keyWidth + KEY_GAP;
        x = textLeft + text(context, label, textLeft, baseline, 'left', ON_PAPER) + ENTRY_GAP;
      };
      for (const { role, label } of spec.series) {
        key(context, { left: x, top: LEGEND_TOP, width: KEY_SIZE, height: KEY_SIZE }, LOOKS[role]);
        entry(label, KEY_SIZE);
      }
      for (const { label, value } of spec.referenceLines) {
        dashedLine(context, x, x + LINE_KEY_WIDTH, LEGEND_TOP + KEY_SIZE / 2);
        entry(`${label} ${fixed(value, spec.decimals, '')}`, LINE_KEY_WIDTH);
      }
    },
  };
}

export function hasLegend(spec: LegendSpec): boolean {
  return spec.series.length + spec.referenceLines.length > 1;
}

function valueAxis(chart: Chart): Scale {
  const { y: axis } = chart.scales;
  if (axis === undefined) throw new Error('the chart has no value axis');
  return axis;
}

/** Chart.js types its context by the DOM, which this program does not have; it is the one of our canvas. */
export function contextOf(chart: Chart): SKRSContext2D {
  return chart.ctx;
}

function bars(chart: Chart, series: number): Box[] {
  return chart.getDatasetMeta(series).data.map((_, group) => bar(chart, series, group));
}

function bar(chart: Chart, series: number, group: number): Box {
  const element = chart.getDatasetMeta(series).data[group]!;
  const { x, y, base, width } = element.getProps(['x', 'y', 'base', 'width'], true);
  return { left: x - width / 2, top: Math.min(y, base), width, height: Math.abs(base - y) };
}

function hatch(context: SKRSContext2D, { left, top, width, height }: Box, look: Look): void {
  if (look.hatch === null || !(height > 0)) return;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = look.hatch;
  context.lineWidth = 1.1;
  context.beginPath();
  for (let x = left - height; x < left + width; x += HATCH_DISTANCE) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

function key(context: SKRSContext2D, box: Box, look: Look): void {
  context.fillStyle = look.fill;
  context.fillRect(box.left, box.top, box.width, box.height);
  hatch(context, box, look);
  context.strokeStyle = INK;
  context.lineWidth = OUTLINE_WIDTH;
  context.strokeRect(box.left, box.top, box.width, box.height);
}

/** Edged with white, so that it can be seen across dark bars. */
function dashedLine(context: SKRSContext2D, left: number, right: number, y: number): void {
  context.save();
  for (const [colour, width] of [[PAPER, 3] as const, [INK, 1.2] as const]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(colour === INK ? [4, 2] : []);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(right, y);
    context.stroke();
  }
  context.restore();
}

/** Text with an edge in the colour of its ground, so that lines behind it do not cross it out. Returns its width. */
function text(
  context: SKRSContext2D,
  value: string,
  x: number,
  y: number,
  align: 'left' | 'center' | 'right',
  style: TextStyle,
): number {
  context.save();
  context.font = FONT;
  context.textAlign = align;
  context.textBaseline = 'alphabetic';
  context.lineJoin = 'round';
  context.lineWidth = 2.5;
  context.strokeStyle = style.ground;
  context.strokeText(value, x, y);
  context.fillStyle = style.ink;
  context.fillText(value, x, y);
  const { width } = context.measureText(value);
  context.restore();
  return width;
}
