/** How charts look: sizes in CSS pixels (1/96 inch), colours of each role. */
import type { SeriesRole } from './chart-spec.ts';

export const CSS_DPI = 96;

/** The column of a two-column paper (ACM, IEEE): 3.33 inches. */
export const COLUMN_WIDTH = Math.round(3.33 * CSS_DPI);
export const HEIGHT = 200;

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
  /** Of text on the fill. */
  readonly ink: string;
}

/**
 * Blue and orange of the palette of Okabe and Ito (safe for the common colour vision deficiencies), the blue
 * darkened and the orange lightened so that the two also differ in grey: relative luminance 0.09 and 0.58.
 */
export const LOOKS: Readonly<Record<SeriesRole, Look>> = {
  value: { fill: '#005b8f', hatch: null, ink: PAPER },
  domain0: { fill: '#005b8f', hatch: null, ink: PAPER },
  domainU: { fill: '#f5c04a', hatch: null, ink: INK },
  delivered: { fill: '#005b8f', hatch: null, ink: PAPER },
  merged: { fill: '#f5c04a', hatch: null, ink: INK },
  unexplained: { fill: PAPER, hatch: '#a86f00', ink: INK },
};
