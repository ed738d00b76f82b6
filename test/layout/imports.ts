/** Finds the imports of a TypeScript source by its tokens: no compiler, so that nothing can silently see no modules. */

export interface Token {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export interface Import {
  /** As written, without quotes; null where `import(…)` is given anything but a plain string. */
  readonly specifier: string | null;
  readonly line: number;
  /** Gone after compilation: `import type`, or every name in the braces is marked `type`. */
  readonly typeOnly: boolean;
}

/** Comments, then templates and strings as one token each, then words, then single characters. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^\\`])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[\w$]+|\S/g;

/** Comments are left out. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  for (const { 0: text, index } of source.matchAll(TOKEN)) {
    line += source.slice(at, index).split('\n').length - 1;
    at = index;
    if (!text.startsWith('//') && !text.startsWith('/*')) tokens.push({ text, line });
  }
  return tokens;
}

/** Static imports, re-exports, side-effect imports and `import(…)`, in the order of the source. */
export function importsOf(tokens: readonly Token[]): Import[] {
  const imports: Import[] = [];
  tokens.forEach(({ text, line }, i) => {
    const next = tokens[i + 1]?.text ?? '';
    if (text === 'import' && next === '(') {
      imports.push({ specifier: unquoted(tokens[i + 2]?.text), line, typeOnly: false });
    } else if (text === 'import' && unquoted(next) !== null) {
      imports.push({ specifier: unquoted(next), line, typeOnly: false });
    } else if (text === 'from' && unquoted(next) !== null) {
      imports.push({ specifier: unquoted(next), line, typeOnly: isTypeOnly(tokens, i) });
    }
  });
  return imports;
}

/** Looks back from the word `from` to the start of its statement. */
function isTypeOnly(tokens: readonly Token[], from: number): boolean {
  let start = from;
  while (start > 0 && !['import', 'export'].includes(tokens[start]?.text ?? '')) start--;
  const clause = tokens.slice(start + 1, from).map(({ text }) => text);
  if (clause[0] === 'type' && clause.length > 1) return true;
  if (clause[0] !== '{') return false;
  const names = clause.slice(1, -1).join(' ').split(' , ');
  return names.every((name) => name.startsWith('type '));
}

function unquoted(text: string | undefined): string | null {
  return text !== undefined && /^(['"]).*\1$/.test(text) ? text.slice(1, -1) : null;
}
