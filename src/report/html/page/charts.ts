/** Draws the chart specifications of the record, the same that the pictures are drawn from, with Chart.js of the page. */
import type { ChartConfiguration, Chart as ChartType, Plugin } from 'chart.js';
import type { BarChartSpec, ChartSeries } from '../../chart-spec.ts';
import { fillOf, type Ground, groundOf, lookOf } from './looks.ts';

/** As Chart.js in the page defines it. */
declare const Chart: new (
  canvas: HTMLCanvasElement,
  configuration: ChartConfiguration<'bar', (number | null)[], string>,
) => ChartType<'bar', (number | null)[], string>;

type BarChart = InstanceType<typeof Chart>;
type BarConfiguration = ChartConfiguration<'bar', (number | null)[], string>;

const FONT = { family: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif', size: 12 };

export function createCharts(specs: readonly BarChartSpec[]): { draw(dark: boolean): void } {
  const figures = [...document.querySelectorAll<HTMLElement>('[data-chart]')].map((figure) => ({
    figure,
    spec: specs.find(({ name }) => name === figure.dataset.chart)!,
    hidden: new Set<string>(),
    chart: null as BarChart | null,
  }));
  for (const one of figures) {
    const canvas = canvasOf(one.figure);
    canvas.addEventListener('keydown', (event) => {
      if (one.chart !== null && step(one.chart, event.key)) event.preventDefault();
    });
    canvas.addEventListener('blur', () => {
      if (one.chart !== null) point(one.chart, null);
    });
  }
  return {
    draw(dark) {
      for (const one of figures) {
        one.chart?.destroy();
        const chart = new Chart(canvasOf(one.figure), configurationOf(one.spec, dark));
        one.chart = chart;
        hideSeries(chart, one.spec, one.hidden);
        makeLegend(one.figure.querySelector('.legend')!, one.spec, dark, one.hidden, () =>
          hideSeries(chart, one.spec, one.hidden),
        );
      }
    },
  };
}

function canvasOf(figure: HTMLElement): HTMLCanvasElement {
  return figure.querySelector<HTMLCanvasElement>('.plot canvas')!;
}

function configurationOf(spec: BarChartSpec, dark: boolean): BarConfiguration {
  const ground = groundOf(dark);
  const stacks = new Set(spec.series.map(({ stack }) => stack)).size;
  const ticks = { font: FONT, color: ground.soft };
  return {
    type: 'bar',
    data: {
      labels: [...spec.labels],
      datasets: spec.series.map(({ role, label, values, stack }) => ({
        label: nameOf({ label, stack }, spec),
        data: [...values],
        stack,
        backgroundColor: fillOf(lookOf(role, dark)),
        borderColor: ground.ink,
        borderWidth: 0.5,
        categoryPercentage: stacks > 2 ? 0.9 : 0.7,
        barPercentage: 0.9,
        maxBarThickness: 72,
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      locale: 'en-US',
      interaction: { mode: 'nearest', intersect: true },
      layout: { padding: { top: 18 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          backgroundColor: ground.ink,
          titleColor: ground.card,
          bodyColor: ground.card,
          footerColor: ground.card,
          multiKeyBackground: ground.card,
          titleFont: FONT,
          bodyFont: FONT,
          callbacks: {
            label: ({ dataset, raw }) =>
              ` ${dataset.label ?? ''}: ${written(raw as number | null, spec.decimals)}`,
            footer: () => spec.axisLabel,
          },
          footerFont: { ...FONT, weight: 'normal' },
        },
      },
      scales: {
        x: {
          stacked: true,
          grid: { display: false },
          border: { color: ground.soft },
          ticks: { ...ticks, color: ground.ink },
        },
        y: {
          stacked: true,
          beginAtZero: true,
          suggestedMax: Math.max(0, ...spec.referenceLines.map(({ value }) => value)),
          grid: { color: ground.grid },
          border: { display: false },
          ticks: { ...ticks, maxTicksLimit: 6 },
          title: { display: true, text: spec.axisLabel, font: FONT, color: ground.soft },
        },
      },
    },
    plugins: [referenceLines(spec, ground), values(spec, ground)],
  };
}

/** Series of one name in several stacks are told apart by the stack. */
function nameOf(
  { label, stack }: Pick<ChartSeries, 'label' | 'stack'>,
  { stackLabels }: BarChartSpec,
): string {
  const of = stackLabels?.[stack];
  return of === undefined ? label : `${of}, ${label}`;
}

function written(value: number | null, decimals: number): string {
  return value === null ? 'n/a' : value.toFixed(decimals);
}

/** Edged with the colour of the ground, so that it can be seen across dark bars. */
function referenceLines(spec: BarChartSpec, ground: Ground): Plugin<'bar'> {
  return {
    id: 'referenceLines',
    afterDatasetsDraw({ ctx, chartArea: { left, right }, scales }) {
      for (const { value } of spec.referenceLines) {
        dashedLine(ctx, left, right, scales.y!.getPixelForValue(value), ground);
      }
    },
  };
}

function dashedLine(
  ctx: CanvasRenderingContext2D,
  left: number,
  right: number,
  y: number,
  ground: Ground,
): void {
  ctx.save();
  for (const [colour, width, dash] of [[ground.card, 3.5, []] as const, [ground.ink, 1.4, [5, 3]] as const]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash([...dash]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** The value over each bar, or the sum over each stack, where the specification wants numbers. */
function values(spec: BarChartSpec, ground: Ground): Plugin<'bar'> {
  return {
    id: 'values',
    afterDatasetsDraw(chart) {
      if (spec.written === 'nothing') return;
      const { ctx } = chart;
      ctx.save();
      ctx.font = `11px ${FONT.family}`;
      ctx.textAlign = 'center';
      ctx.fillStyle = ground.ink;
      for (const stack of new Set(spec.series.map((series) => series.stack))) {
        const shown = spec.series.flatMap((series, at) =>
          series.stack === stack && chart.isDatasetVisible(at) ? [at] : [],
        );
        for (const [group] of spec.labels.entries()) writeTop(chart, spec, shown, group);
      }
      ctx.restore();
    },
  };
}

/** What a stack adds up to, and its name under that where stacks have names. */
function writeTop(chart: ChartType, spec: BarChartSpec, shown: readonly number[], group: number): void {
  const present = shown.filter((at) => (spec.series[at]!.values[group] ?? null) !== null);
  const last = present.at(-1);
  if (last === undefined) return;
  const total = present.reduce((sum, at) => sum + spec.series[at]!.values[group]!, 0);
  const { x, y } = chart.getDatasetMeta(last).data[group]!;
  const name = spec.stackLabels?.[spec.series[last]!.stack];
  chart.ctx.fillText(`${name === undefined ? '' : `${name} `}${total.toFixed(spec.decimals)}`, x, y - 5);
}

function makeLegend(
  legend: HTMLElement,
  spec: BarChartSpec,
  dark: boolean,
  hidden: Set<string>,
  changed: () => void,
): void {
  const labels = [...new Set(spec.series.map(({ label }) => label))];
  legend.replaceChildren();
  for (const { label, value } of spec.referenceLines) {
    const key = document.createElement('span');
    key.className = 'key';
    key.append(lineKey(groundOf(dark)), `${label} ${value.toFixed(spec.decimals)}`);
    legend.append(key);
  }
  if (labels.length < 2) return;
  for (const label of labels) {
    const { role } = spec.series.find((series) => series.label === label)!;
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', String(!hidden.has(label)));
    button.append(swatch(fillOf(lookOf(role, dark)), groundOf(dark)), label);
    button.addEventListener('click', () => {
      if (!hidden.delete(label)) hidden.add(label);
      button.setAttribute('aria-pressed', String(!hidden.has(label)));
      changed();
    });
    legend.append(button);
  }
}

function lineKey(ground: Ground): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = 'line';
  canvas.width = 24;
  canvas.height = 12;
  dashedLine(canvas.getContext('2d')!, 0, 24, 6, ground);
  return canvas;
}

function swatch(fill: string | CanvasPattern, ground: Ground): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = 12;
  canvas.height = 12;
  const context = canvas.getContext('2d')!;
  context.fillStyle = fill;
  context.fillRect(0, 0, 12, 12);
  context.strokeStyle = ground.ink;
  context.strokeRect(0.5, 0.5, 11, 11);
  return canvas;
}

function hideSeries(chart: BarChart, spec: BarChartSpec, hidden: ReadonlySet<string>): void {
  for (const [at, { label }] of spec.series.entries()) chart.setDatasetVisibility(at, !hidden.has(label));
  chart.update();
}

interface Bar {
  readonly datasetIndex: number;
  readonly index: number;
}

/** Arrow keys go from bar to bar, group by group; whether the key meant something. */
function step(chart: BarChart, key: string): boolean {
  const move = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  if (move === 0) {
    if (key !== 'Escape') return false;
    point(chart, null);
    return true;
  }
  const bars: Bar[] = (chart.data.labels ?? []).flatMap((_, index) =>
    chart.data.datasets.flatMap(({ data }, datasetIndex) =>
      (data[index] ?? null) !== null && chart.isDatasetVisible(datasetIndex) ? [{ datasetIndex, index }] : [],
    ),
  );
  const active = chart.getActiveElements()[0];
  const at = bars.findIndex((bar) => bar.index === active?.index && bar.datasetIndex === active.datasetIndex);
  const next = at < 0 && move < 0 ? bars.length - 1 : (at + move + bars.length) % bars.length;
  point(chart, bars[next] ?? null);
  return true;
}

function point(chart: BarChart, bar: Bar | null): void {
  const active = bar === null ? [] : [bar];
  chart.setActiveElements(active);
  chart.tooltip?.setActiveElements(active, { x: 0, y: 0 });
  chart.update();
}
