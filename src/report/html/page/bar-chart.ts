/** Bars: the series of a specification side by side or stacked, values over them, lines to compare with. */
import type { ChartConfiguration, Chart as ChartType, Plugin } from 'chart.js';
import type { BarChartSpec, ChartSeries } from '../../chart-spec.ts';
import { dashedLine } from './legend.ts';
import { fillOf, type Ground, groundOf, lookOf } from './looks.ts';
import { axisTitle, FONT, STILL, tooltipLook } from './screen-options.ts';

export function barConfiguration(spec: BarChartSpec, dark: boolean): ChartConfiguration {
  const ground = groundOf(dark);
  const stacks = new Set(spec.series.map(({ stack }) => stack)).size;
  const ticks = { font: FONT, color: ground.soft };
  const configuration: ChartConfiguration<'bar', (number | null)[], string> = {
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
      ...STILL,
      interaction: { mode: 'nearest', intersect: true },
      layout: { padding: { top: 18 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipLook(ground),
          callbacks: {
            label: ({ dataset, raw }) =>
              ` ${dataset.label ?? ''}: ${written(raw as number | null, spec.decimals)}`,
            footer: () => spec.axisLabel,
          },
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
          title: axisTitle(spec.axisLabel, ground),
        },
      },
    },
    plugins: [referenceLines(spec, ground), values(spec, ground)],
  };
  return configuration as unknown as ChartConfiguration;
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
