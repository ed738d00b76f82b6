/** Where a CSV comes from, as lines behind its data: who reads the header from the first line still finds it there. */
import { type FigureOrigin, originRows } from './figure-origin.ts';

/** `# Name: value`, a line each. */
export function csvComments(origin: FigureOrigin): string {
  return commentLines(origin, oneLine);
}

/** In what pgfplots reads, `\read` of TeX needs balanced braces, and takes some characters together. */
export function dataComments(origin: FigureOrigin): string {
  return commentLines(origin, (text) => oneLine(text).replace(/[^ -~]|[\\{}$&#^~%]/gu, '?'));
}

function commentLines(origin: FigureOrigin, safe: (text: string) => string): string {
  return originRows(origin)
    .map(([name, value]) => `# ${safe(`${name}: ${value}`)}\n`)
    .join('');
}

/** Whatever could end the line for some reader, or hide what stands there, by its number. */
function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
