/** Bars by pgfplots. It has no stacks side by side, so each bar is drawn from the axis, the highest of a stack first. */
import type { BarChartSpec, ChartSeries, SeriesRole } from './chart-spec.ts';
import { INK, LOOKS } from './chart-style.ts';
import type { ExplainChartSpec } from './explain-chart.ts';
import type { ChartWidth } from './format-names.ts';
import { TEX_DATA, type TexKey, texAxis, texNumber, texTicks } from './tex-axis.ts';
import { tex, texColour } from './tex-escape.ts';

/** Columns of the data file before those of the series. */
const FIRST_COLUMN = 2;
/** Shares of the place of a group, and of that of a stack. */
const GROUP = 0.84;
const BAR = 0.9;
const LINE_IN = 0.165;
/** Mean width of a letter of 8 pt, and room for the notes. */
const LETTER_IN = 0.052;
const NOTES_IN = 0.75;

export function standingBars(spec: BarChartSpec, width: ChartWidth, table: string): string[] {
  const last = spec.labels.length - 0.5;
  const { stacks, wide } = placesOf(spec.series);
  const numbers =
    spec.written === 'bars' && stacks.length === spec.series.length && stacks.length <= 2
      ? nodes(spec.decimals)
      : '';
  const bars = stacks.flatMap((stack, index) => {
    const at = texNumber((index - (stacks.length - 1) / 2) * (GROUP / stacks.length));
    return topDown(spec.series, stack).map(({ look, sum }) => {
      return `\\addplot[forget plot, ${look}${numbers}] table [x expr={\\thisrowno{0}+(${at})}, y expr={${sum}}] ${table};`;
    });
  });
  const lines = spec.referenceLines.map(
    ({ value }) =>
      `\\addplot[forget plot, sharp plot, black, densely dashed] coordinates {(-0.5,${texNumber(value)}) (${last},${texNumber(value)})};`,
  );
  const keys = [
    ...keysOf(spec.series),
    ...spec.referenceLines.map(({ label, value }) => ({
      look: 'line legend, black, densely dashed',
      label: `${label} ${value.toFixed(spec.decimals)}`,
    })),
  ];
  const names = spec.stackLabels;
  const inGroups =
    names === null ? null : `in each group: ${stacks.map((stack) => names[stack] ?? stack).join(', ')}`;
  return texAxis({
    width,
    heightIn: width === 'column' ? 2.1 : 2.7,
    keys,
    options: [
      `ybar, bar shift=0pt, /pgf/bar width=${texNumber(wide)}`,
      ...TEX_DATA,
      'ymin=0, enlarge y limits={upper, value=0.12}',
      `xmin=-0.5, xmax=${last}`,
      ...texTicks(
        'x',
        spec.labels.map((label, at) => ({ at, label })),
      ),
      'ymajorgrids, x tick style={draw=none}',
      `ylabel={${tex(spec.axisLabel)}}`,
      ...(inGroups === null ? [] : [`xlabel={${tex(inGroups)}}`]),
    ],
    content: [...bars, ...lines],
  });
}

/** A line for each label, from the top. */
export function lyingBars(spec: ExplainChartSpec, width: ChartWidth, table: string): string[] {
  const last = spec.labels.length - 1;
  const bars = topDown(spec.series, spec.series[0]!.stack).map(
    ({ look, sum }) =>
      `\\addplot[forget plot, ${look}] table [x expr={${sum}}, y expr={-\\thisrowno{0}}] ${table};`,
  );
  const longest = Math.max(...spec.labels.map(({ length }) => length));
  const ticks = spec.labels.map((_, line) => -line);
  const labels = spec.labels.map((label, line) =>
    spec.headings[line] === true ? `{\\bfseries ${tex(label)}}` : `{${tex(label)}}`,
  );
  const notes = spec.notes.map((note, line) => {
    const text = tex(spec.headings[line] === true ? spec.noteHeading : note);
    return `\\node[anchor=east, xshift=${NOTES_IN}in] at ({rel axis cs:1,0} |- {axis cs:0,${-line}}) {${text}};`;
  });
  return texAxis({
    width,
    besideIn: longest * LETTER_IN + 0.15 + NOTES_IN,
    heightIn: spec.labels.length * LINE_IN,
    keys: keysOf(spec.series),
    options: [
      'xbar, bar shift=0pt, /pgf/bar width=0.75',
      ...TEX_DATA,
      'scale only axis, clip=false',
      spec.axisMax === null ? 'xmin=0, enlarge x limits={upper, value=0.04}' : `xmin=0, xmax=${spec.axisMax}`,
      `ymin=${-last - 0.6}, ymax=0.6`,
      `ytick={${ticks.join(',')}}`,
      `yticklabels={${labels.join(',')}}`,
      'xmajorgrids, y tick style={draw=none}',
      `xlabel={${tex(spec.axisLabel)}}`,
    ],
    content: [...bars, ...notes],
  });
}

interface DrawnBar {
  readonly look: string;
  /** Of this series and all below it. */
  readonly sum: string;
}

function topDown(series: readonly ChartSeries[], stack: string): DrawnBar[] {
  const own = [...series.keys()].filter((index) => series[index]!.stack === stack);
  return own
    .map((index, place) => ({
      look: barLook(series[index]!.role),
      sum: own
        .slice(0, place + 1)
        .map((below) => `\\thisrowno{${below + FIRST_COLUMN}}`)
        .join('+'),
    }))
    .reverse();
}

function placesOf(series: readonly ChartSeries[]): { stacks: string[]; wide: number } {
  const stacks = [...new Set(series.map(({ stack }) => stack))];
  return { stacks, wide: (GROUP / stacks.length) * BAR };
}

function barLook(role: SeriesRole): string {
  const { fill, hatch, slope } = LOOKS[role];
  const edge = `draw=${texColour(INK)}, line width=.4pt`;
  if (hatch === null) return `${edge}, fill=${texColour(fill)}`;
  const lines = slope === 'up' ? 'north east lines' : 'north west lines';
  return `${edge}, preaction={fill=${texColour(fill)}}, pattern=${lines}, pattern color=${texColour(hatch)}`;
}

/** Each label once. */
function keysOf(series: readonly ChartSeries[]): TexKey[] {
  return series
    .filter(({ label }, index) => series.findIndex((one) => one.label === label) === index)
    .map(({ role, label }) => ({ look: `area legend, ${barLook(role)}`, label }));
}

function nodes(decimals: number): string {
  const number = `\\pgfmathprintnumber[fixed, fixed zerofill, precision=${decimals}]{\\pgfplotspointmeta}`;
  return `, nodes near coords={${number}}, every node near coord/.append style={black, inner sep=1.5pt}`;
}
