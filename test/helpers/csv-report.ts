/** CSV of a report: its data, and the comments behind them. */
import { readFileSync } from 'node:fs';

/** Without the comments. */
export function dataOf(path: string): string {
  return linesOf(path)
    .filter((line) => !line.startsWith('#'))
    .map((line) => `${line}\n`)
    .join('');
}

/** By name. */
export function commentsOf(path: string): ReadonlyMap<string, string> {
  const comments = linesOf(path).filter((line) => line.startsWith('#'));
  return new Map(
    comments.map((line) => {
      const [, name = '', value = ''] = /^# ([\w-]+): (.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
}
