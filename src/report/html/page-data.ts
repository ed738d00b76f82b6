/** What the page's own program reads: JSON in the page. */
import type { BarChartSpec } from '../chart-spec.ts';
import type { Term } from './terms.ts';

export interface PageData {
  readonly charts: readonly BarChartSpec[];
  readonly terms: Readonly<Record<string, Term>>;
}

/** The element that holds it. */
export const PAGE_DATA_ID = 'page-data';
