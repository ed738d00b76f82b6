import { expect } from 'chai';
import type { SweepParameter, SweepRecord } from '../../src/replay/sweep-result.ts';
import { sweepLines, sweepMap } from '../../src/report/chart-spec-sweep.ts';
import type { XyChartSpec } from '../../src/report/chart-spec-xy.ts';
import { CHART_DPI } from '../../src/report/chart-style.ts';
import { quantityOf } from '../../src/report/quantities.ts';
import { sweepCsv } from '../../src/report/sweep-csv.ts';
import { pngOf } from './figure-samples.ts';
import { chunksOf, countPixels, isDark, pictureOf } from './png.ts';
import { sampleRecord } from './sample-record.ts';

/** A sweep whose LRO rate at each point is the point's number. */
function sweepOf(parameters: readonly SweepParameter[], rates: readonly (number | null)[]): SweepRecord {
  const { tool, capture, receiver, options, configurations } = sampleRecord();
  const values = parameters.reduce<string[][]>(
    (points, parameter) => points.flatMap((point) => parameter.values.map((value) => [...point, value])),
    [[]],
  );
  return {
    recordVersion: 1,
    tool,
    capture,
    receiver,
    complete: true,
    replayedShare: 1,
    parameters,
    points: values.map((ofPoint, index) => ({
      values: ofPoint,
      options,
      configurations: configurations.map((one) =>
        one.name === 'LRO' ? { ...one, lroRate: rates[index] ?? null } : one,
      ),
    })),
    warnings: [],
  };
}

const RATE = quantityOf('lro-rate');

describe('the lines of a sweep', () => {
  const axes: readonly {
    name: string;
    values: string[];
    scale: string;
    places: number[];
    ticks: string[] | null;
  }[] = [
    { name: 'rx-usecs', values: ['0', '10', '30'], scale: 'linear', places: [0, 10, 30], ticks: null },
    { name: 'max-aggr', values: ['2', '4', '8'], scale: 'log', places: [2, 4, 8], ticks: ['2', '4', '8'] },
    { name: 'ring', values: ['16', '8', '4'], scale: 'linear', places: [0, 1, 2], ticks: ['16', '8', '4'] },
    {
      name: 'engine',
      values: ['none', 'inet_lro', 'linux-gro'],
      scale: 'linear',
      places: [0, 1, 2],
      ticks: ['none', 'inet_lro', 'linux-gro'],
    },
  ];
  for (const { name, values, scale, places, ticks } of axes) {
    it(`stand over ${name} ${values.join(', ')} as they should`, () => {
      const spec = sweepLines(sweepOf([{ name, values }], [1, 2, null]), RATE, 'sweep')!;
      expect(spec.x.scale).to.equal(scale);
      expect(spec.x.ticks?.map(({ label }) => label) ?? null).to.deep.equal(ticks);
      const lro = spec.series.find(({ role }) => role === 'LRO')!;
      expect(lro.points).to.deep.equal(places.map((x, index) => ({ x, y: [1, 2, null][index] })));
      expect(spec.y.label).to.equal('LRO rate (packets)');
    });
  }

  it('name units, and are not there for what nothing has', () => {
    const record = sweepOf([{ name: 'rx-usecs', values: ['0', '1'] }], [1, 2]);
    expect(sweepLines(record, RATE, 'sweep')?.x.label).to.equal('rx-usecs (µs)');
    expect(sweepLines(record, quantityOf('latency-p99'), 'sweep')).to.equal(null);
  });
});

const UP = { name: 'rx-usecs', values: ['0', '10'] };
const RIGHT = { name: 'max-aggr', values: ['2', '4', '8'] };

describe('the map of a sweep', () => {
  const record = sweepOf([UP, RIGHT], [1, 2, 3, 4, null, 6]);
  const spec = sweepMap(record, RATE, 'sweep', 'LRO')!;

  it('has the first parameter upwards, the second to the right', () => {
    expect(spec).to.deep.include({
      rows: UP.values,
      columns: RIGHT.values,
      values: [
        [1, 2, 3],
        [4, null, 6],
      ],
      xLabel: 'max-aggr (packets)',
      yLabel: 'rx-usecs (µs)',
      valueLabel: 'LRO rate (packets), LRO',
    });
    expect(sweepMap(record, quantityOf('latency-max'), 'sweep', 'LRO')).to.equal(null);
  });

  it('is drawn a column wide, opaque, darker where there is more', async () => {
    const png = pngOf({ kind: 'heat-map', spec });
    const header = chunksOf(png)[0]!;
    expect(header.data.readUInt32BE(0) / CHART_DPI).to.be.closeTo(3.33, 0.01);
    const picture = await pictureOf(png);
    expect(countPixels(picture, (_r, _g, _b, alpha) => alpha !== 255)).to.equal(0);
    const darkness = async (values: (number | null)[][]): Promise<number> =>
      countPixels(
        await pictureOf(pngOf({ kind: 'heat-map', spec: { ...spec, values } })),
        (r, _g, b) => r < 16 && b > 96,
      );
    const one = await darkness([
      [0, 0, 0],
      [0, 0, 9],
    ]);
    expect(
      await darkness([
        [0, 9, 9],
        [0, 9, 9],
      ]),
    ).to.be.above(2 * one);
  });

  it('is drawn where all is the same, and with many cells', async () => {
    const same = {
      ...spec,
      values: [
        [2, 2, 2],
        [2, 2, 2],
      ],
    };
    expect(countPixels(await pictureOf(pngOf({ kind: 'heat-map', spec: same })), isDark)).to.be.above(100);
    const labels = Array.from({ length: 64 }, (_, index) => String(index * 1000));
    const many = {
      ...spec,
      columns: labels,
      rows: ['0', '1', '2', '3'],
      values: Array.from({ length: 4 }, () => labels.map(Number)),
    };
    expect(countPixels(await pictureOf(pngOf({ kind: 'heat-map', spec: many })), isDark)).to.be.above(100);
  });

  it('has columns of parameters before those of quantities in its CSV, and nothing for what is absent', () => {
    const lines = sweepCsv(record).split('\n');
    expect(lines[0]).to.match(/^rx-usecs,max-aggr,Config,Engine,LRO rate \(packets\),/);
    expect(lines).to.have.length(1 + 6 * 3 + 1);
    expect(lines.find((line) => line.startsWith('10,4,LRO,'))).to.match(/^10,4,LRO,inet_lro,,/);
  });
});

describe('a chart over two axes', () => {
  const render = (spec: XyChartSpec): Buffer => pngOf({ kind: 'xy', spec });
  const spec: XyChartSpec = {
    name: 'x',
    title: '',
    x: { label: 'x', scale: 'linear', ticks: null, fromZero: true },
    y: { label: 'y', scale: 'linear', ticks: null, fromZero: true },
    series: [
      {
        role: 'LRO',
        label: 'LRO',
        joined: true,
        points: [
          { x: 0, y: 1 },
          { x: 5, y: null },
          { x: 9, y: 3 },
        ],
      },
      { role: 'advice', label: 'knee', joined: false, points: [{ x: 4, y: 2 }] },
    ],
  };
  const blue = (r: number, g: number, b: number): boolean => r < 40 && g > 60 && g < 120 && b > 110;

  it('draws marks, joins them only where asked to, and again the same bytes', async () => {
    const joined = render({
      ...spec,
      series: [
        {
          ...spec.series[0]!,
          points: [
            { x: 0, y: 1 },
            { x: 9, y: 3 },
          ],
        },
      ],
    });
    const gap = render({ ...spec, series: [spec.series[0]!] });
    expect(countPixels(await pictureOf(gap), blue)).to.be.above(20);
    expect(countPixels(await pictureOf(joined), blue)).to.be.above(
      2 * countPixels(await pictureOf(gap), blue),
    );
    expect(render(spec).equals(render(spec))).to.equal(true);
  });

  it('has a legend for two series, none for one', async () => {
    const top = async (one: XyChartSpec): Promise<number> => {
      const { width, data } = await pictureOf(render(one));
      return countPixels({ width, height: 45, data }, isDark);
    };
    const unlabelled = { ...spec, series: spec.series.map((series) => ({ ...series, label: '' })) };
    expect(await top(spec)).to.be.above((await top(unlabelled)) + 100);
  });
});
