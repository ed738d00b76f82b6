/** A chart specification of any kind, and how it can be had. */
import type { BarChartSpec } from './chart-spec.ts';
import type { HeatMapSpec } from './chart-spec-sweep.ts';
import type { XyChartSpec } from './chart-spec-xy.ts';
import type { ExplainChartSpec } from './explain-chart.ts';

export type Figure =
  | { readonly kind: 'bars'; readonly spec: BarChartSpec }
  | { readonly kind: 'lying-bars'; readonly spec: ExplainChartSpec }
  | { readonly kind: 'xy'; readonly spec: XyChartSpec }
  | { readonly kind: 'heat-map'; readonly spec: HeatMapSpec };

export const PICTURE_FORMATS = ['png', 'svg', 'pdf'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];
