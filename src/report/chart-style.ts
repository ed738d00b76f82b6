/** How charts look: sizes in CSS pixels (1/96 inch), colours of each role. */
import type { SeriesRole } from './chart-spec.ts';
import type { ChartWidth } from './format-names.ts';

export const CSS_DPI = 96;

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** The column (3.33 inches) and the page (7 inches) of a two-column paper (ACM, IEEE). */
export const SIZES: Readonly<Record<ChartWidth, ChartSize>> = {
  column: { width: Math.round(3.33 * CSS_DPI), height: 200 },
  page: { width: 7 * CSS_DPI, height: 260 },
};

/** 8 pt, the smallest size that common paper templates allow in a figure. */
export const FONT_SIZE = (8 / 72) * CSS_DPI;

export const INK = '#1a1a1a';
export const GRID = '#dddddd';
export const PAPER = '#ffffff';

/** Of bars and keys. */
export const OUTLINE_WIDTH = 0.6;

export interface Look {
  readonly fill: string;
  /** Colour of diagonal lines over the fill. */
  readonly hatch: string | null;
  /** How they run, from left to right. */
  readonly slope: 'up' | 'down';
  /** Of text on the fill. */
  readonly ink: string;
}

function plain(fill: string, ink: string): Look {
  return { fill, hatch: null, slope: 'up', ink };
}

function hatched(fill: string, hatch: string, slope: Look['slope'], ink: string): Look {
  return { fill, hatch, slope, ink };
}

const BLUE = '#005b8f';
const ORANGE = '#f5c04a';

/**
 * Blue and orange of the palette of Okabe and Ito (safe for the common colour vision deficiencies), the blue
 * darkened and the orange lightened so that the two also differ in grey: relative luminance 0.09 and 0.58. Stages
 * that touch differ in lightness or hatching.
 */
export const LOOKS: Readonly<Record<SeriesRole, Look>> = {
  value: plain(BLUE, PAPER),
  domain0: plain(BLUE, PAPER),
  domainU: plain(ORANGE, INK),
  unexplained: hatched(PAPER, '#a86f00', 'up', INK),
  delivered: plain(BLUE, PAPER),
  merged: plain(ORANGE, INK),
  mean: plain(BLUE, PAPER),
  p50: hatched(PAPER, BLUE, 'up', INK),
  p99: plain(ORANGE, INK),
  max: plain(PAPER, INK),
  'per-packet': plain(BLUE, PAPER),
  driver: hatched(BLUE, PAPER, 'up', PAPER),
  'merge-engine': plain(ORANGE, INK),
  'per-skb': hatched(PAPER, BLUE, 'down', INK),
  bridge: plain('#4499cc', INK),
  linearise: plain('#d55e00', INK),
  netback: plain('#d9e8f2', INK),
  'netback-copy': hatched('#f3c3a0', '#d55e00', 'down', INK),
  'grant-copy': plain('#5e2a00', PAPER),
  netfront: plain('#007a59', PAPER),
  tcp: plain('#a5ddcb', INK),
  acks: hatched(PAPER, '#808080', 'down', INK),
  'copy-to-user': hatched('#cc79a7', PAPER, 'up', INK),
};

/** Resolution of pictures. */
export const CHART_DPI = 300;
