/** The arithmetic of the table: medians of whole-process times, their ratio, and the verdict on it. */

/** Of a non-empty list; the mean of the two middle values where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('median of nothing');
  return (lower + upper) / 2;
}

export interface Ratio {
  /** Median time of the subject ÷ median time of the reference. */
  readonly value: number;
  /** Smallest and largest ratio of two times measured in the same round. */
  readonly low: number;
  readonly high: number;
}

/** Times of the same rounds, in order. Throws if there are none or their numbers differ. */
export function ratioOf(subject: readonly number[], reference: readonly number[]): Ratio {
  if (subject.length !== reference.length) throw new Error('times of different rounds');
  const perRound = subject.map((time, round) => time / reference[round]!);
  return {
    value: median(subject) / median(reference),
    low: Math.min(...perRound),
    high: Math.max(...perRound),
  };
}

export type Verdict = 'held' | 'missed' | 'no target';

/** A target is the largest value allowed; it is compared with what was measured, not with what is printed. */
export function verdictOf(measured: number, target: number | null): Verdict {
  if (target === null) return 'no target';
  return measured <= target ? 'held' : 'missed';
}
