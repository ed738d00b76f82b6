/** Colours of the charts on a screen: those of the pictures, for a dark ground lighter ones of the same hue. */
import { INK, LOOKS, type Look, PAPER, XY_LOOKS, type XyLook } from '../../chart-style.ts';

export interface Ground {
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly card: string;
}

const LIGHT: Ground = { ink: '#1c2126', soft: '#5a646e', grid: '#e4e8eb', card: '#ffffff' };
const DARK: Ground = { ink: '#e4e7ea', soft: '#9aa4ae', grid: '#31373d', card: '#1c2024' };

/** The colours of chart-style.ts that would be lost or glare on a dark ground. */
const ON_DARK: Readonly<Record<string, string>> = {
  [PAPER]: DARK.card,
  [INK]: DARK.ink,
  '#005b8f': '#4a9fd4',
  '#f5c04a': '#e0ac35',
  '#4499cc': '#8cc6ea',
  '#d9e8f2': '#3c5a70',
  '#5e2a00': '#a8622c',
  '#007a59': '#2aa37f',
  '#a5ddcb': '#5f8f80',
  '#f3c3a0': '#7a4a2c',
  '#c07800': '#e0ac35',
  '#6f6f6f': '#9aa4ae',
};

export function groundOf(dark: boolean): Ground {
  return dark ? DARK : LIGHT;
}

export function lookOf(role: keyof typeof LOOKS, dark: boolean): Look {
  const look = LOOKS[role];
  if (!dark) return look;
  const onDark = (colour: string): string => ON_DARK[colour] ?? colour;
  return {
    ...look,
    fill: onDark(look.fill),
    hatch: look.hatch === null ? null : onDark(look.hatch),
    ink: onDark(look.ink),
  };
}

export function xyLookOf(role: keyof typeof XY_LOOKS, dark: boolean): XyLook {
  const look = XY_LOOKS[role];
  return dark ? { ...look, colour: ON_DARK[look.colour] ?? look.colour } : look;
}

const TILE = 8;

/** A plain colour, or diagonal lines over one. */
export function fillOf({ fill, hatch, slope }: Look): string | CanvasPattern {
  if (hatch === null) return fill;
  const tile = document.createElement('canvas');
  tile.width = TILE;
  tile.height = TILE;
  const context = tile.getContext('2d')!;
  context.fillStyle = fill;
  context.fillRect(0, 0, TILE, TILE);
  context.strokeStyle = hatch;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const shift of [-TILE, 0, TILE]) {
    const [from, to] = slope === 'up' ? [TILE, 0] : [0, TILE];
    context.moveTo(shift, from);
    context.lineTo(shift + TILE, to);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? fill;
}
