/** A sweep as CSV: a column for each parameter, then the configuration, then every quantity. */
import type { SweepRecord } from '../replay/sweep-result.ts';
import { notAFormula, table } from './csv.ts';
import { fixed } from './format.ts';
import { QUANTITIES, titleOf } from './quantities.ts';

/** Plain ASCII, `us` for µs; a value that is absent is an empty cell. */
export function sweepCsv({ parameters, points }: SweepRecord): string {
  const header = [
    ...parameters.map(({ name }) => name),
    'Config',
    'Engine',
    ...QUANTITIES.map((quantity) => titleOf(quantity).replace('µ', 'u')),
  ];
  const rows = points.flatMap(({ values, configurations }) =>
    configurations.map((one) => [
      ...values.map(notAFormula),
      one.name,
      one.engine,
      ...QUANTITIES.map(({ of, decimals }) => fixed(of(one), decimals, '')),
    ]),
  );
  return table(header, rows);
}
