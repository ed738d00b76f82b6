/** Text for TeX: everything that comes from a capture, a path or a command line goes through here. */

const COMMANDS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '{\\char34}',
  "'": '{\\char39}',
  '`': '{\\char96}',
  µ: '\\ensuremath{\\mu}',
  '±': '\\ensuremath{\\pm}',
  '…': '\\dots{}',
};

/** Letters of Latin-1 that every encoding of LaTeX composes. */
const COMPOSED = /[ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ]/;

/** As text, in any font, also inside captions. Characters that not every LaTeX has are told by their numbers. */
export function tex(text: string): string {
  // Two of these would become a dash.
  return [...text]
    .map(texCharacter)
    .join('')
    .replace(/-(?=-)/g, '-{}');
}

function texCharacter(character: string): string {
  const command = COMMANDS[character];
  if (command !== undefined) return command;
  if (/[\x20-\x7e]/.test(character) || COMPOSED.test(character)) return character;
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `\\textless{}U+${code}\\textgreater{}`;
}

/** As a comment: one line, whatever is in it. */
export function texComment(text: string): string {
  return `% ${text.replace(/[^\x20-\x7e]/gu, '?')}`;
}

/** A colour `#rrggbb` as pgf takes it without a definition. */
export function texColour(colour: string): string {
  const value = Number.parseInt(colour.slice(1), 16);
  return `{rgb,255:red,${value >> 16};green,${(value >> 8) & 255};blue,${value & 255}}`;
}
