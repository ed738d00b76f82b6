/** The rules of the source tree, and a checker that works on any set of sources. */
import { posix } from 'node:path';
import { type Import, importsOf, type Token, tokensOf } from './imports.ts';

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

/** What each folder under src may import besides itself. `index` is the one file that stands in src itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  capture: [],
  packet: ['capture'],
  nic: ['packet', 'capture'],
  coalesce: ['packet', 'capture'],
  path: ['packet', 'capture'],
  cost: ['packet', 'capture'],
  replay: ['nic', 'coalesce', 'path', 'cost', 'packet', 'capture'],
  report: [],
  batch: ['report', 'replay', 'nic', 'coalesce', 'path', 'cost', 'packet', 'capture'],
  cli: ['batch', 'report', 'replay', 'nic', 'coalesce', 'path', 'cost', 'packet', 'capture'],
  index: ['batch', 'report', 'replay', 'nic', 'coalesce', 'path', 'cost', 'packet', 'capture'],
};

interface Exception {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

/** Imports against the layers, by folder and file. */
const EXCEPTIONS: readonly Exception[] = [
  // The record that feeds every output.
  { from: 'report', to: 'src/replay/result.ts', typesOnly: true },
  { from: 'report', to: 'src/cost/calibration-record.ts', typesOnly: true },
  { from: 'report', to: 'src/replay/unexplained-record.ts', typesOnly: true },
  { from: 'report', to: 'src/replay/sweep-result.ts', typesOnly: true },
  { from: 'report', to: 'src/replay/tune-result.ts', typesOnly: true },
  // The record of `analyze explain`.
  { from: 'report', to: 'src/replay/explain-result.ts', typesOnly: true },
  // Costs are told in what the path counts: its events, receive modes and configurations.
  { from: 'cost', to: 'src/path/events.ts', typesOnly: false },
  { from: 'cost', to: 'src/path/hypotheses.ts', typesOnly: false },
  { from: 'cost', to: 'src/path/netback.ts', typesOnly: false },
  { from: 'cost', to: 'src/path/xen-configurations.ts', typesOnly: false },
  { from: 'cost', to: 'src/path/xen-path.ts', typesOnly: false },
];

/** Files of src itself that every layer may import; they import nothing of src. */
const SHARED: readonly string[] = ['package-root'];

const MAX_LINES = 350;
/** Data tables, which may be longer. */
const LONG_FILES: readonly string[] = [];

/** Members of `process` that belong to the command line alone. */
const PROCESS_OF_CLI = ['exit', 'exitCode', 'stdout', 'stderr', 'argv'];

/** Every breach of a rule. `sources` maps paths such as `src/nic/poll.ts` to their text. */
export function checkLayout(sources: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, source] of sources) {
    const report = (line: number, rule: string): number => violations.push({ file, line, rule });
    const tokens = tokensOf(source);
    if (!(folderOf(file) in MAY_IMPORT) && !SHARED.includes(folderOf(file)))
      report(1, `stands in no layer: '${folderOf(file)}'`);
    checkTokens(file, tokens, report);
    const lines = source.trimEnd().split('\n').length;
    if (lines > MAX_LINES && !LONG_FILES.includes(file)) {
      report(MAX_LINES + 1, `has ${lines} lines, more than ${MAX_LINES}`);
    }
    const imported: string[] = [];
    for (const found of importsOf(tokens)) {
      const target = checkImport(file, found, sources, report);
      if (target !== null) imported.push(target);
    }
    graph.set(file, imported);
  }
  for (const cycle of cyclesOf(graph)) {
    violations.push({ file: cycle[0] ?? '', line: 1, rule: `imports itself: ${cycle.join(' → ')}` });
  }
  return violations;
}

export function sentenceOf({ file, line, rule }: Violation): string {
  return `${file}:${line} ${rule}`;
}

type Report = (line: number, rule: string) => void;

function checkTokens(file: string, tokens: readonly Token[], report: Report): void {
  tokens.forEach(({ text, line }, i) => {
    const next = tokens[i + 1]?.text ?? '';
    const afterNext = tokens[i + 2]?.text ?? '';
    if ((text === 'export' || text === 'as') && next === 'default') report(line, 'has a default export');
    if (folderOf(file) === 'cli' || tokens[i - 1]?.text === '.') return;
    if (text === 'console' && next === '.') report(line, 'uses console, which only src/cli may');
    if (text === 'process' && next === '.' && PROCESS_OF_CLI.includes(afterNext)) {
      report(line, `uses process.${afterNext}, which only src/cli may`);
    }
  });
}

/** The imported file, null where it is a package or does not exist. */
function checkImport(
  file: string,
  { specifier, line, typeOnly }: Import,
  sources: ReadonlyMap<string, string>,
  report: Report,
): string | null {
  if (specifier === null) {
    report(line, 'imports what is not a plain string, so that no rule can be checked');
    return null;
  }
  if (!specifier.startsWith('.')) return null;
  const target = posix.join(posix.dirname(file), specifier);
  if (!sources.has(target)) {
    report(line, `imports ${target}, which is no module of src`);
    return null;
  }
  const [from, to] = [folderOf(file), folderOf(target)];
  if (from === to || SHARED.includes(to) || MAY_IMPORT[from]?.includes(to)) return target;
  const exception = EXCEPTIONS.find((known) => known.from === from && known.to === target);
  if (exception === undefined) report(line, `imports ${target}: ${from} may not import ${to}`);
  else if (exception.typesOnly && !typeOnly)
    report(line, `imports ${target}: ${from} may import its types only`);
  return target;
}

function folderOf(file: string): string {
  const [, folder, rest] = file.split('/');
  return rest === undefined ? posix.basename(folder ?? '', '.ts') : (folder ?? '');
}

/** Each cycle once, as the path that closes it. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
