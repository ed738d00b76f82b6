/** Draws the chart specifications, the same that the pictures are drawn from, with Chart.js of the page. */
import type { ChartConfiguration, Chart as ChartType } from 'chart.js';
import type { PageChart, PageData } from '../page-data.ts';
import { barConfiguration } from './bar-chart.ts';
import { fillMark, type Key, lineMark, makeLegend, pointMark } from './legend.ts';
import { fillOf, lookOf, xyLookOf } from './looks.ts';
import { xyConfiguration } from './xy-chart.ts';

/** As Chart.js in the page defines it. */
declare const Chart: new (canvas: HTMLCanvasElement, configuration: ChartConfiguration) => ChartType;

export function createCharts({ charts, namesIn }: PageData): { draw(dark: boolean): void } {
  const named = namesIn === null ? [] : document.querySelectorAll(namesIn);
  // Sorting moves them.
  const names = [...named].map(({ textContent }) => textContent ?? '');
  const figures = [...document.querySelectorAll<HTMLElement>('[data-chart]')].map((figure) => ({
    figure,
    what: charts.find(({ spec }) => spec.name === figure.dataset.chart)!,
    hidden: new Set<string>(),
    chart: null as ChartType | null,
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
        const chart = new Chart(canvasOf(one.figure), configurationOf(one.what, names, dark));
        one.chart = chart;
        hideSeries(chart, one.what, one.hidden);
        makeLegend(one.figure.querySelector('.legend')!, keysOf(one.what, dark), one.hidden, () =>
          hideSeries(chart, one.what, one.hidden),
        );
      }
    },
  };
}

function canvasOf(figure: HTMLElement): HTMLCanvasElement {
  return figure.querySelector<HTMLCanvasElement>('.plot canvas')!;
}

function configurationOf(chart: PageChart, names: readonly string[], dark: boolean): ChartConfiguration {
  return chart.kind === 'bars'
    ? barConfiguration(chart.spec, dark)
    : xyConfiguration(chart.spec, names, dark);
}

/** Lines to compare with, then the series, where there are several. */
function keysOf(chart: PageChart, dark: boolean): Key[] {
  const labels = [...new Set(chart.spec.series.map(({ label }) => label))];
  const wanted = labels.length < 2 ? [] : labels;
  if (chart.kind === 'xy') {
    const { series } = chart.spec;
    return wanted.map((label) => {
      const { colour, dash } = xyLookOf(series.find((one) => one.label === label)!.role, dark);
      return { label, mark: pointMark(colour, dash), hides: true };
    });
  }
  const { series, referenceLines, decimals } = chart.spec;
  return [
    ...referenceLines.map(({ label, value }) => ({
      label: `${label} ${value.toFixed(decimals)}`,
      mark: lineMark(dark),
      hides: false,
    })),
    ...wanted.map((label) => {
      const { role } = series.find((one) => one.label === label)!;
      return { label, mark: fillMark(fillOf(lookOf(role, dark)), dark), hides: true };
    }),
  ];
}

function hideSeries(chart: ChartType, { spec }: PageChart, hidden: ReadonlySet<string>): void {
  for (const [at, { label }] of spec.series.entries()) chart.setDatasetVisibility(at, !hidden.has(label));
  chart.update();
}

/** A bar or a point. */
interface Place {
  readonly datasetIndex: number;
  readonly index: number;
}

/** Arrow keys go from value to value, group by group; whether the key meant something. */
function step(chart: ChartType, key: string): boolean {
  const move = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  if (move === 0) {
    if (key !== 'Escape') return false;
    point(chart, null);
    return true;
  }
  const { datasets } = chart.data;
  const groups = Math.max(0, ...datasets.map(({ data }) => data.length));
  const places: Place[] = Array.from({ length: groups }).flatMap((_, index) =>
    datasets.flatMap(({ data }, datasetIndex) =>
      (data[index] ?? null) !== null && chart.isDatasetVisible(datasetIndex) ? [{ datasetIndex, index }] : [],
    ),
  );
  const active = chart.getActiveElements()[0];
  const at = places.findIndex(
    (place) => place.index === active?.index && place.datasetIndex === active.datasetIndex,
  );
  const next = at < 0 && move < 0 ? places.length - 1 : (at + move + places.length) % places.length;
  point(chart, places[next] ?? null);
  return true;
}

function point(chart: ChartType, place: Place | null): void {
  const active = place === null ? [] : [place];
  chart.setActiveElements(active);
  chart.tooltip?.setActiveElements(active, { x: 0, y: 0 });
  chart.update();
}
