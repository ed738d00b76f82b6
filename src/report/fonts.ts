import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/** The family name that charts ask for. A name of our own: no font of the machine can answer to it. */
export const CHART_FONT = 'Analyze Chart Sans';

const FILES = ['ttf/DejaVuSansCondensed.ttf', 'ttf/DejaVuSansCondensed-Bold.ttf'];

/**
 * Makes the shipped DejaVu fonts known to the canvas; further calls do nothing. Throws if a font is missing:
 * a canvas without fonts draws no text and says nothing about it.
 */
export function registerChartFonts(resolve: (file: string) => string = resolveFont): void {
  if (GlobalFonts.has(CHART_FONT)) return;
  for (const file of FILES) {
    const path = resolve(file);
    if (GlobalFonts.registerFromPath(path, CHART_FONT) === null) {
      throw new Error(`cannot read the chart font ${path}: install the package dejavu-fonts-ttf again`);
    }
  }
  if (!GlobalFonts.has(CHART_FONT)) {
    throw new Error('the canvas did not take the chart fonts: install @napi-rs/canvas again');
  }
}

function resolveFont(file: string): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/${file}`);
}
