/** A figure as a picture of pgfplots that reads the numbers of its data file. Needs compat=1.16 and the library patterns. */
import type { HeatMapSpec } from './chart-spec-sweep.ts';
import type { XyAxis, XyChartSpec } from './chart-spec-xy.ts';
import { HEAT_SCALE, XY_LOOKS, type XyLook } from './chart-style.ts';
import type { Figure } from './figure.ts';
import { dataFileName, shareX } from './figure-data.ts';
import type { ChartWidth } from './format-names.ts';
import { TEX_DATA, texAxis, texTicks } from './tex-axis.ts';
import { lyingBars, standingBars } from './tex-bars.ts';
import { tex, texColour } from './tex-escape.ts';

/** Lines of TeX. Nothing of the figure that is text reaches them unescaped. */
export function pgfplot(figure: Figure, width: ChartWidth): string[] {
  const table = `{\\analyzepath ${dataFileName(figure)}}`;
  switch (figure.kind) {
    case 'bars':
      return standingBars(figure.spec, width, table);
    case 'lying-bars':
      return lyingBars(figure.spec, width, table);
    case 'xy':
      return lines(figure.spec, width, table);
    case 'heat-map':
      return map(figure.spec, width, table);
  }
}

function lines(spec: XyChartSpec, width: ChartWidth, table: string): string[] {
  const plots = spec.series.map(({ role, joined }, index) => {
    const look = xyLook(XY_LOOKS[role], joined);
    return `\\addplot[forget plot, ${look}] table [x index=0, y index=${index + 1}] ${table};`;
  });
  return texAxis({
    width,
    heightIn: width === 'column' ? 2.1 : 2.7,
    keys: spec.series.map(({ role, label, joined }) => ({ look: xyLook(XY_LOOKS[role], joined), label })),
    options: [
      ...TEX_DATA,
      // A line has a gap where there is no value; points of other series are no gaps.
      `unbounded coords=${shareX(spec.series) ? 'jump' : 'discard'}`,
      ...axis('x', spec.x),
      ...axis('y', spec.y),
      'ymajorgrids, xmajorgrids',
      'clip mode=individual',
    ],
    content: plots,
  });
}

const MARKS = { circle: '*', rect: 'square*', rectRot: 'diamond*', triangle: 'triangle*' } as const;

function xyLook({ colour, dash, mark, radius, hollow }: XyLook, joined: boolean): string {
  const ink = texColour(colour);
  const line = joined ? 'line width=.8pt' : 'only marks';
  const dashed =
    joined && dash.length > 0 ? `, dash pattern=on ${dash[0]}pt off ${dash[1] ?? dash[0]}pt` : '';
  if (radius === 0) return `${line}${dashed}, color=${ink}, no marks`;
  const fill = hollow ? 'white' : ink;
  return `${line}${dashed}, color=${ink}, mark=${MARKS[mark]}, mark size=${Math.max(1, radius * 0.75)}pt, mark options={solid, draw=${ink}, fill=${fill}}`;
}

/** Labels longer than this together stand aslant. */
const MOST_LETTERS = 40;

function axis(name: 'x' | 'y', { label, scale, ticks, fromZero }: XyAxis): string[] {
  const options = [`${name}label={${tex(label)}}`];
  if (scale === 'log') options.push(`${name}mode=log`);
  if (fromZero) options.push(`${name}min=0`, `enlarge ${name} limits={upper, value=0.08}`);
  if (ticks === null) return options;
  const letters = ticks.reduce((sum, tick) => sum + tick.label.length + 1, 0);
  const aslant = `${name}ticklabel style={rotate=40, anchor=east}`;
  return [
    ...options,
    ...texTicks(name, ticks),
    `minor ${name} tick num=0`,
    ...(letters > MOST_LETTERS ? [aslant] : []),
  ];
}

function map(spec: HeatMapSpec, width: ChartWidth, table: string): string[] {
  const { columns, rows, valueLabel } = spec;
  const colours = HEAT_SCALE.map((parts) => `rgb255=(${parts.join(',')})`).join(' ');
  const places = (labels: readonly string[], most: number): { at: number; label: string }[] => {
    const step = Math.ceil(labels.length / most);
    return labels.map((label, at) => ({ at, label })).filter(({ at }) => at % step === 0);
  };
  return texAxis({
    width,
    besideIn: 0.75,
    heightIn: 2.4,
    keys: [],
    options: [
      ...TEX_DATA,
      `colormap={analyze}{${colours}}`,
      'colorbar',
      `colorbar style={ylabel={${tex(valueLabel)}}, width=0.1in}`,
      'unbounded coords=jump',
      `xlabel={${tex(spec.xLabel)}}`,
      `ylabel={${tex(spec.yLabel)}}`,
      ...texTicks('x', places(columns, width === 'column' ? 8 : 16)),
      ...texTicks('y', places(rows, 12)),
      `xmin=-0.5, xmax=${columns.length - 0.5}, ymin=-0.5, ymax=${rows.length - 0.5}`,
    ],
    content: [
      `\\addplot[matrix plot*, mesh/cols=${columns.length}, point meta=\\thisrowno{2}] table [x index=0, y index=1] ${table};`,
    ],
  });
}
