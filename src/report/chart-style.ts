/** How charts look: sizes in CSS pixels (1/96 inch), colours of each role. */
import type { SeriesRole } from './chart-spec.ts';
import type { XyRole } from './chart-spec-xy.ts';
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

export interface XyLook {
  readonly colour: string;
  readonly dash: readonly number[];
  readonly mark: 'circle' | 'rect' | 'triangle' | 'rectRot';
  readonly radius: number;
  readonly hollow: boolean;
}

/** Blue and orange as in the bars; mark and dash differ too, for grey print and for lines on top of each other. */
export const XY_LOOKS: Readonly<Record<XyRole, XyLook>> = {
  Xen: { colour: '#6f6f6f', dash: [1.5, 1.5], mark: 'circle', radius: 1.8, hollow: false },
  LRO: { colour: '#005b8f', dash: [], mark: 'rect', radius: 2.4, hollow: false },
  Optimized: { colour: '#c07800', dash: [5, 3], mark: 'triangle', radius: 2.8, hollow: true },
  candidate: { colour: '#a8a8a8', dash: [], mark: 'circle', radius: 1.3, hollow: false },
  front: { colour: '#005b8f', dash: [], mark: 'rect', radius: 2.2, hollow: false },
  default: { colour: INK, dash: [], mark: 'triangle', radius: 4, hollow: true },
  reference: { colour: INK, dash: [2, 2], mark: 'circle', radius: 0, hollow: false },
  curve1: { colour: '#005b8f', dash: [], mark: 'rect', radius: 2.4, hollow: false },
  curve2: { colour: '#c07800', dash: [5, 3], mark: 'triangle', radius: 2.8, hollow: true },
  curve3: { colour: '#007a59', dash: [], mark: 'rectRot', radius: 2.8, hollow: true },
  curve4: { colour: '#6f6f6f', dash: [1.5, 1.5], mark: 'circle', radius: 1.8, hollow: false },
  advice: { colour: '#c07800', dash: [], mark: 'rectRot', radius: 5, hollow: false },
};

/** From little to much, lightness falling evenly, so that grey print keeps the order; blue for all kinds of eyes. */
export const HEAT_SCALE: readonly (readonly [number, number, number])[] = [
  [247, 251, 255],
  [198, 219, 239],
  [107, 174, 214],
  [33, 113, 181],
  [8, 48, 107],
];
/** Resolution of pictures. */
export const CHART_DPI = 300;
