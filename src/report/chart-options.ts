/** What Chart.js is told alike for every chart. Loads nothing: the chart stack is in chart-render.ts. */
import { FONT_SIZE, GRID, INK } from './chart-style.ts';
import { CHART_FONT } from './fonts.ts';

/** Of text that is drawn on the canvas, and of text that Chart.js draws. */
export const CANVAS_FONT = `${FONT_SIZE}px "${CHART_FONT}"`;
export const FONT = { family: CHART_FONT, size: FONT_SIZE } as const;

/** Of every chart: it stands still, and draws its own keys. */
export const STILL = {
  responsive: false,
  animation: false,
  locale: 'en-US',
  font: FONT,
  color: INK,
  plugins: { legend: { display: false }, tooltip: { enabled: false } },
} as const;

export const AXIS_LINE = { color: INK, width: 0.8 } as const;
export const GRID_LINES = { color: GRID, lineWidth: 0.6, tickLength: 3 } as const;

export interface AxisTitle {
  readonly display: true;
  readonly text: string;
  readonly font: typeof FONT;
  readonly color: string;
  readonly padding: number;
}

export function axisTitle(text: string): AxisTitle {
  return { display: true, text, font: FONT, color: INK, padding: 2 };
}
