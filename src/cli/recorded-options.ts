/** The options of a command as the provenance of a report has them. */
import type { Options } from 'yargs';
import type { Provenance } from '../report/provenance.ts';

const GIVEN = ['flag', 'config file'];

/** As the parser handed them over then; `unknown`: options that this version lacks, or that the report is without. */
export function recordedOptions(
  { options }: Pick<Provenance, 'options'>,
  definitions: Readonly<Record<string, Options>>,
): {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly unrecorded: readonly string[];
} {
  const rowOf = new Map(options.map((row) => [row.option, row]));
  const unrecorded: string[] = [];
  const raw = Object.entries(definitions).map(([name, { default: own }]): [string, unknown] => {
    const row = rowOf.get(name);
    if (row === undefined) {
      unrecorded.push(name);
      return [name, own];
    }
    // What stands there for an option without a default was filled in for readers: it is not the parser's.
    const isOfParser = GIVEN.includes(row.origin) || own !== undefined;
    return [name, isOfParser ? (row.value ?? undefined) : undefined];
  });
  return { raw: Object.fromEntries(raw), unrecorded };
}
