/** The key of a chart, above it: what hides a series is a button. */
import { type Ground, groundOf } from './looks.ts';

/** One entry; `mark` draws it into a box of 24 × 12. */
export interface Key {
  readonly label: string;
  readonly mark: HTMLCanvasElement;
  /** Whether it stands for series that can be hidden. */
  readonly hides: boolean;
}

export function makeLegend(
  legend: HTMLElement,
  keys: readonly Key[],
  hidden: Set<string>,
  changed: () => void,
): void {
  legend.replaceChildren();
  for (const { label, mark, hides } of keys) {
    if (!hides) {
      const key = document.createElement('span');
      key.className = 'key';
      key.append(mark, label);
      legend.append(key);
      continue;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', String(!hidden.has(label)));
    button.append(mark, label);
    button.addEventListener('click', () => {
      if (!hidden.delete(label)) hidden.add(label);
      button.setAttribute('aria-pressed', String(!hidden.has(label)));
      changed();
    });
    legend.append(button);
  }
}

/** Edged with the colour of the ground, so that it can be seen across dark bars. */
export function dashedLine(
  ctx: CanvasRenderingContext2D,
  left: number,
  right: number,
  y: number,
  ground: Ground,
): void {
  ctx.save();
  for (const [colour, width, dash] of [[ground.card, 3.5, []] as const, [ground.ink, 1.4, [5, 3]] as const]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash([...dash]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
  }
  ctx.restore();
}

export function lineMark(dark: boolean): HTMLCanvasElement {
  const [canvas, context] = box(24);
  dashedLine(context, 0, 24, 6, groundOf(dark));
  return canvas;
}

export function fillMark(fill: string | CanvasPattern, dark: boolean): HTMLCanvasElement {
  const [canvas, context] = box(12);
  context.fillStyle = fill;
  context.fillRect(0, 0, 12, 12);
  context.strokeStyle = groundOf(dark).ink;
  context.strokeRect(0.5, 0.5, 11, 11);
  return canvas;
}

/** The line of a series, with a point on it. */
export function pointMark(colour: string, dash: readonly number[]): HTMLCanvasElement {
  const [canvas, context] = box(24);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  context.setLineDash([...dash]);
  context.beginPath();
  context.moveTo(0, 6);
  context.lineTo(24, 6);
  context.stroke();
  context.beginPath();
  context.arc(12, 6, 3, 0, 2 * Math.PI);
  context.fill();
  return canvas;
}

function box(width: 12 | 24): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  if (width === 24) canvas.className = 'line';
  canvas.width = width;
  canvas.height = 12;
  return [canvas, canvas.getContext('2d')!];
}
