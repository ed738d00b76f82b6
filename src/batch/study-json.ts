/** A resolved study as JSON and back: it is plain data but for the typed arrays of poll boundaries. */
import type { ResolvedStudy } from '../replay/replay-capture.ts';

const FLOAT64 = 'float64Array';

export function studyToJson(study: ResolvedStudy): string {
  return JSON.stringify(study, (_, value: unknown) =>
    value instanceof Float64Array ? { [FLOAT64]: Array.from(value) } : value,
  );
}

export function studyFromJson(text: string): ResolvedStudy {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && FLOAT64 in value
      ? Float64Array.from(value[FLOAT64] as number[])
      : value,
  ) as ResolvedStudy;
}
