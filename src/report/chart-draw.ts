/** What Chart.js does not draw itself, as plugins of one chart: each draws in CSS pixels on the chart's canvas. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, Plugin, Scale } from 'chart.js';
import { CANVAS_FONT } from './chart-options.ts';
import type { BarChartSpec } from './chart-spec.ts';
import { FONT_SIZE, INK, LOOKS, type Look, OUTLINE_WIDTH, PAPER } from './chart-style.ts';
import { fixed } from './format.ts';

type BarPlugin = Plugin<'bar'>;
type LegendSpec = Pick<BarChartSpec, 'series' | 'referenceLines' | 'decimals'>;

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

export interface TextStyle {
  readonly ink: string;
  readonly ground: string;
}

export const ON_PAPER: TextStyle = { ink: INK, ground: PAPER };

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
        const look = LOOKS[series.role];
        for (const box of bars(chart, index)) {
          hatch(contextOf(chart), box, look);
          if (look.hatch !== null && box.height > 0) outline(contextOf(chart), box);
        }
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
      if (spec.written !== 'bars') return;
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

/** Writes the sum of each stack over it, `n/a` on the axis where it has no value, and its name below the axis. */
export function stackTexts(spec: BarChartSpec): BarPlugin {
  return {
    id: 'stackTexts',
    afterDatasetsDraw: (chart) => {
      const axis = valueAxis(chart);
      for (const { stack, group, series } of stacksOf(spec)) {
        const boxes = series.map((index) => bar(chart, index, group));
        const values = series.map((index) => spec.series[index]!.values[group] ?? null);
        const known = values.filter((value) => value !== null);
        const total = known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
        const centre = boxes[0]!.left + boxes[0]!.width / 2;
        const tops = boxes.filter((_, at) => values[at] !== null).map(({ top }) => top);
        const write = (label: string, baseline: number): number =>
          text(contextOf(chart), label, centre, baseline, 'center', ON_PAPER);
        if (spec.written === 'stacks') {
          write(fixed(total, spec.decimals, 'n/a'), Math.min(axis.bottom, ...tops) - TEXT_GAP);
        }
        const name = spec.stackLabels?.[stack];
        if (name !== undefined) write(name, axis.bottom + TEXT_GAP + CAP_HEIGHT);
      }
    },
  };
}

/** Each stack of each group, with the indices of its series. */
function stacksOf(spec: BarChartSpec): { stack: string; group: number; series: number[] }[] {
  const stacks = [...new Set(spec.series.map(({ stack }) => stack))];
  return stacks.flatMap((stack) => {
    const series = [...spec.series.keys()].filter((index) => spec.series[index]!.stack === stack);
    return spec.labels.map((_, group) => ({ stack, group, series }));
  });
}

/** Room that names of stacks need between the axis and the labels of the groups. */
export function stackLabelHeight(spec: BarChartSpec): number {
  return spec.stackLabels === null ? 0 : LABEL_HEIGHT - TEXT_GAP;
}

/** More keys than `row` stand in columns, in as many rows as they need. */
function keyPlaces(width: number): { readonly row: number; readonly columns: number } {
  return width < 480 ? { row: 4, columns: 3 } : { row: 8, columns: 7 };
}
const ROW_HEIGHT = KEY_SIZE + 4;

/** Keys of the series, each label once, and of the reference lines, over the plot; a single one needs none. */
export function legend(spec: LegendSpec): BarPlugin {
  return {
    id: 'legend',
    afterDraw: (chart) => {
      if (!hasLegend(spec)) return;
      const context = contextOf(chart);
      const { left, right } = chart.chartArea;
      const { row, columns } = keyPlaces(chart.width);
      const inColumns = keysOf(spec).length > row;
      let x = left;
      const entry = (label: string, keyWidth: number, y: number): void => {
        const textLeft = x + keyWidth + KEY_GAP;
        const baseline = y + KEY_SIZE - (KEY_SIZE - CAP_HEIGHT) / 2;
        x = textLeft + text(context, label, textLeft, baseline, 'left', ON_PAPER) + ENTRY_GAP;
      };
      keysOf(spec).forEach(({ role, label }, index) => {
        const y = LEGEND_TOP + (inColumns ? Math.floor(index / columns) * ROW_HEIGHT : 0);
        if (inColumns) x = left + ((index % columns) * (right - left)) / columns;
        key(context, { left: x, top: y, width: KEY_SIZE, height: KEY_SIZE }, LOOKS[role]);
        entry(label, KEY_SIZE, y);
      });
      for (const { label, value } of spec.referenceLines) {
        dashedLine(context, x, x + LINE_KEY_WIDTH, LEGEND_TOP + KEY_SIZE / 2);
        entry(`${label} ${fixed(value, spec.decimals, '')}`, LINE_KEY_WIDTH, LEGEND_TOP);
      }
    },
  };
}

function keysOf({ series }: LegendSpec): readonly LegendSpec['series'][number][] {
  return series.filter(({ label }, index) => series.findIndex((one) => one.label === label) === index);
}

export function hasLegend(spec: LegendSpec): boolean {
  return spec.series.length + spec.referenceLines.length > 1;
}

/** Room over the plot of a chart of this width. */
export function legendHeight(spec: LegendSpec, width: number): number {
  if (!hasLegend(spec)) return 6;
  const keys = keysOf(spec).length;
  const { row, columns } = keyPlaces(width);
  const rows = keys > row ? Math.ceil(keys / columns) : 1;
  return 20 + (rows - 1) * ROW_HEIGHT;
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
  const [from, to] = look.slope === 'up' ? [top + height, top] : [top, top + height];
  for (let x = left - height; x < left + width; x += HATCH_DISTANCE) {
    context.moveTo(x, from);
    context.lineTo(x + height, to);
  }
  context.stroke();
  context.restore();
}

function key(context: SKRSContext2D, box: Box, look: Look): void {
  context.fillStyle = look.fill;
  context.fillRect(box.left, box.top, box.width, box.height);
  hatch(context, box, look);
  outline(context, box);
}

function outline(context: SKRSContext2D, { left, top, width, height }: Box): void {
  context.save();
  context.strokeStyle = INK;
  context.lineWidth = OUTLINE_WIDTH;
  context.strokeRect(left, top, width, height);
  context.restore();
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
export function text(
  context: SKRSContext2D,
  value: string,
  x: number,
  y: number,
  align: 'left' | 'center' | 'right',
  style: TextStyle,
): number {
  context.save();
  context.font = CANVAS_FONT;
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
