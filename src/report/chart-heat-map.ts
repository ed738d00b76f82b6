/**
 * Draws a heat map: a cell for each combination, dark for much. Chart.js has none, so this draws on the canvas itself,
 * in the sizes and fonts of the other charts.
 */
import type { SKRSContext2D } from '@napi-rs/canvas';
import { CANVAS_FONT } from './chart-options.ts';
import type { HeatMapSpec } from './chart-spec-sweep.ts';
import { type ChartSize, FONT_SIZE, HEAT_SCALE, INK, PAPER } from './chart-style.ts';
import { decimalsFor, fixed } from './format.ts';

const BAR_WIDTH = 9;
const GAP = 4;
const TICK = 3;

/** Of cells without a value. */
const ABSENT = '#ffffff';

/** In CSS pixels, on a context that is scaled to its target. */
export function drawHeatMap(context: SKRSContext2D, spec: HeatMapSpec, size: ChartSize): void {
  context.fillStyle = PAPER;
  // A little more than the size, which a whole number of device pixels may go beyond.
  context.fillRect(0, 0, size.width + 1, size.height + 1);
  const { columns, rows, values } = spec;
  context.font = CANVAS_FONT;
  const present = values.flat().filter((value) => value !== null);
  const low = Math.min(...present);
  const high = Math.max(...present);
  const decimals = decimalsFor(low, high, spec.decimals);
  const number = (value: number): string => fixed(value, decimals, '');
  const widest = (texts: readonly string[]): number =>
    Math.max(...texts.map((one) => context.measureText(one).width));

  const left = FONT_SIZE + 2 * GAP + widest(rows) + GAP + TICK;
  const barLabels = [low, high].map(number);
  const right = size.width - (BAR_WIDTH + 3 * GAP + widest(barLabels) + FONT_SIZE + GAP);
  const top = FONT_SIZE * 0.5;
  const bottom = size.height - (2 * FONT_SIZE + 3 * GAP + TICK);
  const width = (right - left) / columns.length;
  const height = (bottom - top) / rows.length;
  const numbersFit = widest(present.map(number)) + 3 <= width && FONT_SIZE + 2 <= height;

  for (const [row, cells] of values.entries()) {
    for (const [column, value] of cells.entries()) {
      const x = left + column * width;
      const y = bottom - (row + 1) * height;
      const share = value === null ? 0 : high > low ? (value - low) / (high - low) : 0.5;
      context.fillStyle = value === null ? ABSENT : colourOf(share);
      // A little over the edge, so that no line of paper shows between cells.
      context.fillRect(x, y, width + 0.2, height + 0.2);
      if (value === null || !numbersFit) continue;
      context.fillStyle = share > 0.62 ? PAPER : INK;
      write(context, number(value), x + width / 2, y + height / 2, 'center');
    }
  }
  frame(context, left, top, right - left, bottom - top);
  context.fillStyle = INK;
  for (const index of shown(columns, width, widest)) {
    const x = left + (index + 0.5) * width;
    tick(context, x, bottom, x, bottom + TICK);
    write(context, columns[index]!, x, bottom + TICK + GAP + FONT_SIZE / 2, 'center');
  }
  for (const index of shown(rows, height, () => FONT_SIZE)) {
    const y = bottom - (index + 0.5) * height;
    tick(context, left - TICK, y, left, y);
    write(context, rows[index]!, left - TICK - GAP, y, 'right');
  }
  write(context, spec.xLabel, (left + right) / 2, size.height - FONT_SIZE / 2 - 2, 'center');
  writeUpwards(context, spec.yLabel, FONT_SIZE / 2 + 1, (top + bottom) / 2);
  colourBar(context, right + 2 * GAP, top, bottom, barLabels, high > low);
  writeUpwards(context, spec.valueLabel, size.width - FONT_SIZE / 2 - 1, (top + bottom) / 2);
}

function colourBar(
  context: SKRSContext2D,
  left: number,
  top: number,
  bottom: number,
  [low = '', high = '']: readonly string[],
  varies: boolean,
): void {
  const gradient = context.createLinearGradient(0, bottom, 0, top);
  for (const [index, [r, g, b]] of HEAT_SCALE.entries()) {
    gradient.addColorStop(index / (HEAT_SCALE.length - 1), `rgb(${r}, ${g}, ${b})`);
  }
  context.fillStyle = varies ? gradient : colourOf(0.5);
  context.fillRect(left, top, BAR_WIDTH, bottom - top);
  frame(context, left, top, BAR_WIDTH, bottom - top);
  context.fillStyle = INK;
  const x = left + BAR_WIDTH + GAP;
  write(context, low, x, varies ? bottom - FONT_SIZE / 2 : (top + bottom) / 2, 'left');
  if (varies) write(context, high, x, top + FONT_SIZE / 2, 'left');
}

/** Every label, or every second, third, …: as many as stand clear of each other. */
function shown(
  labels: readonly string[],
  distance: number,
  size: (texts: readonly string[]) => number,
): number[] {
  const step = Math.max(1, Math.ceil((size(labels) + GAP) / distance));
  return labels.map((_, index) => index).filter((index) => index % step === 0);
}

function colourOf(share: number): string {
  const place = share * (HEAT_SCALE.length - 1);
  const index = Math.min(HEAT_SCALE.length - 2, Math.floor(place));
  const [from, to] = [HEAT_SCALE[index]!, HEAT_SCALE[index + 1]!];
  const parts = from.map((part, at) => Math.round(part + (to[at]! - part) * (place - index)));
  return `rgb(${parts.join(', ')})`;
}

function frame(context: SKRSContext2D, x: number, y: number, width: number, height: number): void {
  context.strokeStyle = INK;
  context.lineWidth = 0.8;
  context.strokeRect(x, y, width, height);
}

function tick(context: SKRSContext2D, x: number, y: number, toX: number, toY: number): void {
  context.strokeStyle = INK;
  context.lineWidth = 0.8;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/** In the current colour; `y` is the middle of the digits. */
function write(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  align: 'left' | 'center' | 'right',
): void {
  context.textAlign = align;
  context.textBaseline = 'alphabetic';
  context.fillText(text, x, y + 0.36 * FONT_SIZE);
}

function writeUpwards(context: SKRSContext2D, text: string, x: number, y: number): void {
  context.save();
  context.fillStyle = INK;
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  write(context, text, 0, 0, 'center');
  context.restore();
}
