/** Writes into a picture where it comes from. */
import type { PDFMetadata } from '@napi-rs/canvas';
import type { ChartSize } from './chart-style.ts';
import { type FigureOrigin, originRows } from './figure-origin.ts';
import { resolutionChunk, textChunk, withChunks } from './png-chunks.ts';

/** With its resolution, so that a word processor or LaTeX places it at its intended size. */
export function stampedPng(
  png: Buffer,
  dotsPerInch: number,
  title: string,
  origin: FigureOrigin | null,
): Buffer {
  const texts = [['Title', title] as const, ...rowsOf(origin)];
  return withChunks(png, [
    resolutionChunk(dotsPerInch),
    ...texts.map(([key, value]) => textChunk(key, value)),
  ]);
}

function rowsOf(origin: FigureOrigin | null): [string, string][] {
  return origin === null ? [] : originRows(origin);
}

const SVG_START = /^(<\?xml[^>]*>\s*<svg [^>]*?)width="\d+" height="\d+">/;

/** With a viewBox, so that it scales, and a title for those who cannot see it. */
export function stampedSvg(
  svg: Buffer,
  { width, height }: ChartSize,
  { name, title }: Named,
  origin: FigureOrigin | null,
): Buffer {
  const text = svg.toString('utf8');
  if (!SVG_START.test(text)) throw new Error(`the canvas wrote no SVG: ${text.slice(0, 80)}`);
  const rows = rowsOf(origin).map(([key, value]) => `\t\t${xml(`${key}: ${value}`)}\n`);
  const stamp = `<title>${xml(title)}</title>\n\t<metadata>\n${rows.join('')}\t</metadata>`;
  const attributes = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"`;
  return Buffer.from(
    renumbered(text, name).replace(SVG_START, (_, start: string) => `${start}${attributes}>\n\t${stamp}`),
    'utf8',
  );
}

interface Named {
  readonly name: string;
  readonly title: string;
}

/** The canvas counts its ids through all pictures of a process; these are the same each time, and differ by figure. */
function renumbered(svg: string, name: string): string {
  const ids = new Map<string, string>();
  for (const [, id = ''] of svg.matchAll(/\bid="([^"]*)"/g)) ids.set(id, `${name}-${ids.size}`);
  return svg.replace(/(\bid="|url\(#|href="#)([^")]*)/g, (all, before: string, id: string) =>
    ids.has(id) ? `${before}${ids.get(id)}` : all,
  );
}

/** Without dates: the same figure is the same bytes. */
export function pdfMetadata(title: string, origin: FigureOrigin | null): PDFMetadata {
  const rows = rowsOf(origin).filter(([key]) => key !== 'Software');
  return {
    title,
    ...(origin === null ? {} : { creator: origin.tool, subject: wellFormed(origin.command) }),
    keywords: wellFormed(rows.map(([key, value]) => `${key}: ${value}`).join('; ')),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xml(text: string): string {
  return wellFormed(text).replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

/** Characters that XML 1.0 does not have, and those that reorder text, become U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD');
}
