/** Vectors: runs of `analyze coalesce` and the skbs that real code delivered (test/vectors/README.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runCommand } from './command.ts';

export interface VectorRun {
  readonly capture: string;
  readonly options: readonly string[];
  readonly expected: string;
  readonly note?: string;
  /** File that names the case of each range of packets. */
  readonly cases?: string;
}

export interface VectorCase {
  readonly case: string;
  readonly about: string;
  readonly firstPacket: number;
  readonly packets: number;
}

export interface Line {
  readonly packets?: readonly number[];
  readonly stats?: object;
  readonly [key: string]: unknown;
}

export function vectorRuns(folder: string): VectorRun[] {
  return JSON.parse(readText(join(folder, 'manifest.json'))) as VectorRun[];
}

/** Where the command differs from what the run expects: one sentence a line, nothing if all is equal. */
export async function differencesOf(folder: string, run: VectorRun): Promise<string[]> {
  const options = run.options.map((option) =>
    option.startsWith('file:') ? `file:${join(folder, option.slice('file:'.length))}` : option,
  );
  const result = await runCommand(['coalesce', join(folder, run.capture), ...options, '--jsonl', '-q']);
  if (result.code !== 0) return [`exit code ${result.code}: ${result.stderr}`];
  const expected = parseLines(readText(join(folder, run.expected)));
  let got = parseLines(result.stdout);
  // The last line holds the counters, which not every vector has.
  if (expected.at(-1)?.stats === undefined) got = got.slice(0, -1);
  const cases =
    run.cases === undefined ? [] : (JSON.parse(readText(join(folder, run.cases))) as VectorCase[]);
  const differences: string[] = [];
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    const [want, have] = [expected[i] ?? {}, got[i] ?? {}];
    const wrong = Object.keys(want).filter((key) => JSON.stringify(want[key]) !== JSON.stringify(have[key]));
    if (wrong.length === 0 && i < expected.length) continue;
    differences.push(
      `line ${i + 1}${caseOf(cases, want)}: ${wrong.join(', ')}: expected ${JSON.stringify(want)}, got ${JSON.stringify(have)}`,
    );
  }
  return differences;
}

function caseOf(cases: readonly VectorCase[], line: Line): string {
  const first = line.packets?.[0];
  if (first === undefined) return '';
  const found = cases.find(
    ({ firstPacket, packets: count }) => first >= firstPacket && first < firstPacket + count,
  );
  return found === undefined ? '' : ` (${found.case}: ${found.about})`;
}

export function parseLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

export function readText(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
