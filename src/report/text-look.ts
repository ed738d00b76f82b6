/** How text looks: how wide, and whether in colour. Whoever writes to a terminal says so; a pipe gets PLAIN. */
import { styleText } from 'node:util';

export interface TextLook {
  /** Columns that lines are kept within. */
  readonly width: number;
  readonly colour: boolean;
}

export const PLAIN: TextLook = { width: 100, colour: false };

export const NARROWEST = 60;

const STYLES = { strong: 'bold', heading: 'cyan', faint: 'dim', notice: 'yellow' } as const;

/** Whether there is colour is decided by `look` alone. Each line by itself, so that a pager that shows some of them shows them right. */
export function styled(style: keyof typeof STYLES, text: string, { colour }: TextLook): string {
  if (!colour) return text;
  return text
    .split('\n')
    .map((line) => (line === '' ? line : styleText(STYLES[style], line, { validateStream: false })))
    .join('\n');
}
