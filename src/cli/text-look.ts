/** How text to standard output looks: https://no-color.org and https://force-color.org. */
import { NARROWEST, PLAIN, type TextLook } from '../report/text-look.ts';
import { terminalOf } from './terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Colour and the width of the window on a terminal; elsewhere neither, so that a pipe gets the same everywhere. */
export function textLook(
  stream: { readonly isTTY?: boolean; readonly columns?: number } = terminalOf(1),
  env: Environment = process.env,
): TextLook {
  const isTerminal = stream.isTTY === true;
  const columns = stream.columns ?? 0;
  const width = isTerminal && columns > 0 ? Math.max(NARROWEST, columns) : PLAIN.width;
  return { width, colour: isColoured(isTerminal, env) };
}

function isColoured(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && TERM !== 'dumb';
}
