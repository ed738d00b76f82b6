/** What a chart of points over two axes shows, as plain data. How it looks is in chart-xy.ts. */

/** What a series stands for; each has a colour, a mark and a line of its own, also told apart in grey. */
export type XyRole =
  | 'Xen'
  | 'LRO'
  | 'Optimized'
  | 'candidate'
  | 'front'
  | 'default'
  | 'advice'
  /** Values to compare with: a line without marks. */
  | 'reference'
  /** One of several curves of one kind. */
  | 'curve1'
  | 'curve2'
  | 'curve3'
  | 'curve4';

export interface XyPoint {
  readonly x: number;
  readonly y: number | null;
  /** What it stands for; shown where it can be pointed at. */
  readonly name?: string;
}

export interface XySeries {
  readonly role: XyRole;
  readonly label: string;
  /** Whether its points are joined by a line, in their order. */
  readonly joined: boolean;
  readonly points: readonly XyPoint[];
}

export interface XyAxis {
  /** Quantity and unit. */
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** Where the axis is labelled; null: at round numbers. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[] | null;
  readonly fromZero: boolean;
}

export interface XyChartSpec {
  /** File name without extension. */
  readonly name: string;
  /** For captions and alternative texts; not drawn. */
  readonly title: string;
  readonly x: XyAxis;
  readonly y: XyAxis;
  readonly series: readonly XySeries[];
}
