/** `--fail-if`: thresholds of a comparison, for scripts. */
import { REASONS } from '../coalesce/reason.ts';
import { COMPARED_IDS } from '../report/compare-quantities.ts';
import type { CompareRecord, Comparison } from '../report/compare-record.ts';
import { nearestOf, UsageError } from './usage.ts';

export interface Threshold {
  /** As given. */
  readonly text: string;
  readonly quantity: string;
  /** Null: in any configuration. */
  readonly configuration: string | null;
  readonly below: boolean;
  readonly limit: number;
  /** Of the relative difference, in percent; otherwise of the difference in its unit. */
  readonly isRelative: boolean;
}

const QUANTITY_IDS = [...COMPARED_IDS, ...REASONS.map((reason) => `reason-${reason}`)];

const FORM = /^([a-zA-Z0-9-]+)(?:@(Xen|LRO|Optimized))?\s*([<>])\s*([+-]?\d+(?:\.\d+)?)\s*(%?)$/;

/** Throws a UsageError. */
export function parseThreshold(text: string): Threshold {
  const [, quantity, configuration, sign, limit, percent] = FORM.exec(text.trim()) ?? [];
  if (quantity === undefined) {
    throw new UsageError(
      `--fail-if: '${text}' is not QUANTITY[@CONFIGURATION]<NUMBER[%] (or >), as 'lro-rate@LRO<-5%'`,
    );
  }
  if (!QUANTITY_IDS.includes(quantity)) {
    throw new UsageError(`--fail-if: there is no quantity '${quantity}'${nearestOf(quantity, QUANTITY_IDS)}`);
  }
  return {
    text,
    quantity,
    configuration: configuration ?? null,
    below: sign === '<',
    limit: Number(limit),
    isRelative: percent === '%',
  };
}

/** A line for each quantity that is past the threshold, or that cannot be judged by it. */
export function passedBy(threshold: Threshold, { quantities }: CompareRecord): string[] {
  const { text, quantity, configuration, below, limit, isRelative } = threshold;
  const rows = quantities.filter(
    (row) => row.id === quantity && (configuration === null || row.configuration === configuration),
  );
  if (rows.length === 0) return [`--fail-if ${text}: neither result has it`];
  return rows.flatMap((row) => {
    const value = isRelative ? percentOf(row) : row.difference;
    const where = row.configuration === null ? '' : ` of ${row.configuration}`;
    if (value === null) return [`--fail-if ${text}: the difference${where} cannot be said`];
    if (below ? value >= limit : value <= limit) return [];
    return [`--fail-if ${text}: ${row.name}${where} differs by ${value.toFixed(2)}${isRelative ? ' %' : ''}`];
  });
}

/** Nothing against nothing is no change. */
function percentOf({ difference, relativeDifference }: Comparison): number | null {
  if (difference === 0) return 0;
  return relativeDifference === null ? null : 100 * relativeDifference;
}
