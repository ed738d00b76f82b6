/** What the page's own program reads: JSON in the page. */
import type { BarChartSpec } from '../chart-spec.ts';
import type { XyChartSpec, XySeries } from '../chart-spec-xy.ts';
import type { Term } from './terms.ts';

export type PageChart =
  | { readonly kind: 'bars'; readonly spec: BarChartSpec }
  | { readonly kind: 'xy'; readonly spec: PackedXy };

/** A specification whose points are x, y and the place of their name in `namesIn`: the page holds thousands of them. */
export interface PackedXy extends Omit<XyChartSpec, 'series'> {
  readonly series: readonly (Omit<XySeries, 'points'> & {
    readonly points: readonly (readonly [x: number, y: number, name?: number])[];
  })[];
}

export interface PageData {
  readonly charts: readonly PageChart[];
  readonly terms: Readonly<Record<string, Term>>;
  /** Selects the elements whose texts are the names of points, in the order of the page; null where they have none. */
  readonly namesIn: string | null;
}

/** The element that holds it. */
export const PAGE_DATA_ID = 'page-data';

/** More than can be seen in a chart. */
const DIGITS = 6;

/** Without the points that have no value. */
export function packed(spec: XyChartSpec, placeOf: (name: string) => number | undefined): PackedXy {
  const short = (value: number): number => Number(value.toPrecision(DIGITS));
  return {
    ...spec,
    series: spec.series.map((one) => ({
      ...one,
      points: one.points.flatMap(({ x, y, name }): [number, number, number?][] => {
        if (y === null) return [];
        const place = name === undefined ? undefined : placeOf(name);
        return [place === undefined ? [short(x), short(y)] : [short(x), short(y), place]];
      }),
    })),
  };
}
