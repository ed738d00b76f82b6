/** `--flows`: how many flows the record tells apart. */
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { Format } from '../report/format-names.ts';
import { wholeNumber } from './usage.ts';

/** With `--format html` or `parquet`, which have a table of them. */
export const DEFAULT_FLOWS = 200;
/** Keeps the page below 1 MB. */
const MOST_FLOWS = 1000;

/** The study with flows where they are asked for; throws a UsageError. */
export function withFlows(
  resolved: ResolvedStudy,
  text: string | undefined,
  formats: readonly Format[],
): ResolvedStudy {
  const usual = formats.includes('html') || formats.includes('parquet') ? DEFAULT_FLOWS : 0;
  const flows = text === undefined ? usual : wholeNumber('--flows', text, 0, MOST_FLOWS);
  return flows === 0 ? resolved : { ...resolved, study: { ...resolved.study, flows } };
}
