import type { CompareRecord } from './compare-record.ts';
import { table } from './csv.ts';
import { fixed } from './format.ts';

/** One quantity a row; numbers with six decimals at most, absent ones empty, shares of 1. */
export function comparisonCsv({ quantities }: CompareRecord): string {
  const number = (value: number | null | undefined): string => {
    const text = fixed(value ?? null, 6, '');
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  };
  const rows = quantities.map((row) => [
    row.configuration ?? '',
    row.id,
    row.unit ?? '',
    ...[row.a, row.b].flatMap(({ value, interval }) => [value, interval?.low, interval?.high].map(number)),
    ...[row.difference, row.differenceInterval?.low, row.differenceInterval?.high].map(number),
    number(row.relativeDifference),
  ]);
  const side = (name: string): string[] => [name, `${name} low`, `${name} high`];
  return table(
    ['Config', 'Quantity', 'Unit', ...side('A'), ...side('B'), ...side('Difference'), 'Relative difference'],
    rows,
  );
}
