/** Points over two axes, each of which may have a name. */
import type { ChartConfiguration } from 'chart.js';
import type { XyAxis } from '../../chart-spec-xy.ts';
import type { PackedXy } from '../page-data.ts';
import { type Ground, groundOf, xyLookOf } from './looks.ts';
import { axisTitle, FONT, STILL, tooltipLook } from './screen-options.ts';

/** With more points than this to a series they are drawn smaller. */
const MANY_POINTS = 100;

type Axis = NonNullable<NonNullable<ChartConfiguration<'scatter'>['options']>['scales']>[string];

export function xyConfiguration(
  { x, y, series }: PackedXy,
  names: readonly string[],
  dark: boolean,
): ChartConfiguration {
  const ground = groundOf(dark);
  const nameOf = (dataset: number, index: number): string =>
    names[series[dataset]?.points[index]?.[2] ?? -1] ?? '';
  const configuration: ChartConfiguration<'scatter'> = {
    type: 'scatter',
    data: {
      datasets: series.map(({ role, label, joined, points }, index) => {
        const { colour, dash, mark, radius, hollow } = xyLookOf(role, dark);
        return {
          label,
          // Chart.js draws the lowest order last; later series belong on top.
          order: -index,
          data: points.map(([left, up]) => ({ x: left, y: up })),
          showLine: joined,
          borderColor: colour,
          borderWidth: 1.5,
          borderDash: [...dash],
          pointStyle: mark,
          pointRadius: radius * (points.length > MANY_POINTS ? 0.7 : 1.5),
          pointHoverRadius: radius * 2,
          pointBackgroundColor: hollow ? ground.card : colour,
          pointBorderColor: colour,
          pointHoverBorderColor: ground.ink,
          clip: false,
        };
      }),
    },
    options: {
      ...STILL,
      interaction: { mode: 'nearest', intersect: false },
      layout: { padding: { top: 8, right: 10 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipLook(ground),
          callbacks: {
            title: (items) => [
              ...new Set(items.map(({ datasetIndex, dataIndex }) => nameOf(datasetIndex, dataIndex))),
            ],
            label: ({ dataset, parsed }) => ` ${dataset.label ?? ''}: ${(parsed.y ?? Number.NaN).toFixed(2)}`,
            footer: () => y.label,
          },
        },
      },
      scales: { x: axis(x, ground), y: axis(y, ground) },
    },
  };
  return configuration as unknown as ChartConfiguration;
}

function axis({ label, scale, ticks, fromZero }: XyAxis, ground: Ground): Axis {
  const common = {
    grid: { color: ground.grid },
    border: { color: ground.soft },
    title: axisTitle(label, ground),
    ticks: {
      font: FONT,
      color: ground.soft,
      maxTicksLimit: ticks?.length ?? 8,
      callback: (value: string | number) =>
        ticks?.find(({ at }) => at === value)?.label ?? Number(value).toLocaleString('en-US'),
    },
    ...(ticks === null ? {} : { afterBuildTicks: placeTicks(ticks.map(({ at }) => at)) }),
  };
  return scale === 'log'
    ? { ...common, type: 'logarithmic' }
    : { ...common, type: 'linear', beginAtZero: fromZero };
}

function placeTicks(places: readonly number[]): (axis: { ticks: { value: number }[] }) => void {
  return (one) => {
    one.ticks = places.map((value) => ({ value }));
  };
}
