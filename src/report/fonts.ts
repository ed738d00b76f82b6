import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/** The family name that charts ask for. A name of our own: no font of the machine can answer to it. */
export const CHART_FONT = 'Analyze Chart Sans';

const FILES = ['ttf/DejaVuSansCondensed.ttf', 'ttf/DejaVuSansCondensed-Bold.ttf'];

/** Makes the shipped DejaVu fonts known to the canvas as CHART_FONT; further calls do nothing. */
export function registerChartFonts(): void {
  if (GlobalFonts.has(CHART_FONT)) return;
  const { resolve } = createRequire(import.meta.url);
  registerFonts(
    CHART_FONT,
    FILES.map((file) => resolve(`dejavu-fonts-ttf/${file}`)),
  );
}

/**
 * Makes font files known to the canvas under one family name; weight and style come from the files. Throws if
 * that fails: a canvas without a font draws no text and says nothing about it.
 */
export function registerFonts(family: string, paths: readonly string[]): void {
  for (const path of paths) {
    if (GlobalFonts.registerFromPath(path, family) === null) {
      throw new Error(`cannot read the chart font ${path}: install the package dejavu-fonts-ttf again`);
    }
  }
  if (!GlobalFonts.has(family)) {
    throw new Error(`the canvas did not take the font ${family}: install @napi-rs/canvas again`);
  }
}
