/** What the command line can ask for. Loads nothing: every start of the program reads this. */

export const FORMATS = ['csv', 'png', 'svg', 'pdf', 'tex', 'json', 'html', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export const CHART_WIDTHS = ['column', 'page'] as const;
export type ChartWidth = (typeof CHART_WIDTHS)[number];
