/** What Chart.js is told alike for every chart of a page. */
import type { Ground } from './looks.ts';

export const FONT = {
  family: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  size: 12,
};

/** It stands still, fills its room, and has its key above it (legend.ts). */
export const STILL = {
  responsive: true,
  maintainAspectRatio: false,
  animation: false,
  locale: 'en-US',
} as const;

export function tooltipLook(ground: Ground): {
  readonly backgroundColor: string;
  readonly titleColor: string;
  readonly bodyColor: string;
  readonly footerColor: string;
  readonly multiKeyBackground: string;
  readonly titleFont: typeof FONT;
  readonly bodyFont: typeof FONT;
  readonly footerFont: typeof FONT & { readonly weight: 'normal' };
} {
  return {
    backgroundColor: ground.ink,
    titleColor: ground.card,
    bodyColor: ground.card,
    footerColor: ground.card,
    multiKeyBackground: ground.card,
    titleFont: FONT,
    bodyFont: FONT,
    footerFont: { ...FONT, weight: 'normal' },
  };
}

export function axisTitle(
  text: string,
  ground: Ground,
): { readonly display: true; readonly text: string; readonly font: typeof FONT; readonly color: string } {
  return { display: true, text, font: FONT, color: ground.soft };
}
