/** Turns measured times and memory into the tables that are printed. */
import type { InputName } from './inputs.ts';
import { median, ratioOf, verdictOf } from './statistics.ts';
import type { Table } from './table.ts';
import { type Comparison, MEMORY_TARGET_MB, type Side } from './targets.ts';

/** Seconds of each round, or why there are none. */
export type Timing = { readonly seconds: readonly number[] } | { readonly missing: string };

/** Bytes, or why there are none. */
export type Memory = { readonly bytes: number } | { readonly missing: string };

export function sideKey({ command, input }: Side): string {
  return `${command} ${input}`;
}

export function timeTable(comparisons: readonly Comparison[], timings: ReadonlyMap<string, Timing>): Table {
  return {
    head: ['input', 'command', 's', 'against', 's', 'ratio', 'rounds', 'target', 'verdict'],
    align: ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'right', 'left'],
    rows: comparisons.map((comparison) => timeRow(comparison, timings)),
  };
}

function timeRow(
  { subject, reference, target }: Comparison,
  timings: ReadonlyMap<string, Timing>,
): readonly string[] {
  const left = timings.get(sideKey(subject)) ?? { missing: 'not run' };
  const right = timings.get(sideKey(reference)) ?? { missing: 'not run' };
  const measured = 'seconds' in left && 'seconds' in right ? ratioOf(left.seconds, right.seconds) : null;
  const missing = [left, right].flatMap((timing) => ('missing' in timing ? [timing.missing] : []));
  return [
    subject.input,
    subject.command,
    secondsCell(left),
    reference.input === subject.input ? reference.command : `the same, ${reference.input}`,
    secondsCell(right),
    measured === null ? '-' : measured.value.toFixed(2),
    measured === null ? '-' : `${measured.low.toFixed(2)}–${measured.high.toFixed(2)}`,
    target === null ? '-' : `≤ ${target.toFixed(2)}`,
    measured === null ? `skipped: ${missing.join('; ')}` : verdictOf(measured.value, target),
  ];
}

function secondsCell(timing: Timing): string {
  return 'seconds' in timing ? median(timing.seconds).toFixed(3) : '-';
}

export function memoryTable(memory: ReadonlyMap<InputName, Memory>): Table {
  return {
    head: ['input', 'command', 'peak MB', 'target', 'verdict'],
    align: ['left', 'left', 'right', 'right', 'left'],
    rows: [...memory].map(([input, peak]) => [
      input,
      'analyze coalesce',
      'bytes' in peak ? (peak.bytes / 1e6).toFixed(1) : '-',
      `≤ ${MEMORY_TARGET_MB}`,
      'bytes' in peak ? verdictOf(peak.bytes / 1e6, MEMORY_TARGET_MB) : `skipped: ${peak.missing}`,
    ]),
  };
}
