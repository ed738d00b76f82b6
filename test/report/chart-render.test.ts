import { join } from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';
import { expect } from 'chai';
import { type BarChartSpec, chartSpecs, type SeriesRole } from '../../src/report/chart-spec.ts';
import { LOOKS } from '../../src/report/chart-style.ts';
import type { ExplainChartSpec } from '../../src/report/explain-chart.ts';
import { studyFigures } from '../../src/report/figures.ts';
import { CHART_FONT, registerChartFonts, registerFonts } from '../../src/report/fonts.ts';
import { ROOT } from '../helpers/surroundings.ts';
import { pngOf } from './figure-samples.ts';
import { chunksOf, countPixels, isDark, type Picture, pictureOf } from './png.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

describe('charts as PNG', () => {
  const chartFiles = (record: ReturnType<typeof sampleRecord>): { name: string; bytes: Buffer }[] =>
    studyFigures(record).map((figure) => ({ name: figure.spec.name, bytes: pngOf(figure) }));
  const files = chartFiles(sampleRecord());
  const [throughput, lroRate, cycles] = chartSpecs(sampleRecord()) as [
    BarChartSpec,
    BarChartSpec,
    BarChartSpec,
  ];
  const draw = (spec: BarChartSpec): Promise<Picture> => pictureOf(pngOf({ kind: 'bars', spec }));

  it('are named after their tables', () => {
    expect(files.map(({ name }) => name)).to.deep.equal([
      'throughput',
      'lro-rate',
      'cycles-per-byte',
      'cycles-by-stage',
      'latency',
    ]);
  });

  for (const { name, bytes } of files) {
    it(`${name} is a column wide at 300 dpi and says so`, () => {
      const chunks = chunksOf(bytes);
      expect(chunks.map(({ type }) => type).slice(0, 2)).to.deep.equal(['IHDR', 'pHYs']);
      const [header, resolution] = chunks;
      const widthPixels = header!.data.readUInt32BE(0);
      const dotsPerMetre = resolution!.data.readUInt32BE(0);
      expect(widthPixels / (dotsPerMetre * 0.0254)).to.be.closeTo(3.33, 0.01);
      expect(resolution!.data.readUInt32BE(4)).to.equal(dotsPerMetre);
      expect(resolution!.data[8], 'unit: metre').to.equal(1);
    });

    it(`${name} has an opaque white ground`, async () => {
      const picture = await pictureOf(bytes);
      expect(countPixels(picture, (_r, _g, _b, alpha) => alpha !== 255)).to.equal(0);
      expect([...picture.data.subarray(0, 3)]).to.deep.equal([255, 255, 255]);
    });
  }

  it('draws the same bytes again', () => {
    for (const [index, file] of chartFiles(sampleRecord()).entries()) {
      expect(file.bytes.equals(files[index]!.bytes), file.name).to.equal(true);
    }
  });

  it('gives lying bars the room that their labels need', async () => {
    const spec: ExplainChartSpec = {
      ...{ name: 'explain-what-if', title: 'What if', axisLabel: 'LRO rate', axisMax: null },
      labels: ['inet_lro', 'without ack-changed, window-changed'],
      headings: [true, false],
      series: [{ role: 'value', label: 'packets per skb', values: [null, 3], stack: 'all' }],
      ...{ notes: ['', '+1.00'], noteHeading: 'gain' },
    };
    const picture = await pictureOf(pngOf({ kind: 'lying-bars', spec }));
    // Text that is too long is cut at the padding of the chart.
    const left = countPixels(picture, isDark, [0, 10]);
    const labels = countPixels(picture, isDark, [10, picture.width / 2]);
    expect({ left, isWritten: labels > 1000 }).to.deep.equal({ left: 0, isWritten: true });
  });

  it('writes text: axis, names and numbers', async () => {
    const dark = async (spec: BarChartSpec): Promise<number> => countPixels(await draw(spec), isDark);
    const all = await dark(lroRate);
    expect(all).to.be.above((await dark({ ...lroRate, axisLabel: '' })) + 300);
    expect(all).to.be.above((await dark({ ...lroRate, labels: ['', '', ''] })) + 300);
    expect(await dark({ ...lroRate, decimals: 6 })).to.be.above(all + 300);
  });

  it('gives the domains different lightness, so that grey print tells them apart', () => {
    const domains = [LOOKS.domain0.fill, LOOKS.domainU.fill].map(luminance) as [number, number];
    const [dark, light] = domains;
    // WCAG 2.1, success criterion 1.4.11: 3:1 between graphical objects that must be told apart.
    expect((light + 0.05) / (dark + 0.05)).to.be.above(3);
  });

  it('hatches the unexplained cycles, over the bar of the guest', async () => {
    const hatch = rgb(LOOKS.unexplained.hatch!);
    const near = (r: number, g: number, b: number): boolean =>
      Math.abs(r - hatch[0]) + Math.abs(g - hatch[1]) + Math.abs(b - hatch[2]) < 24;
    const plot = [500, 1000] as const;
    const without = { ...cycles, series: cycles.series.slice(0, 2) };
    expect(countPixels(await draw(without), near, plot)).to.equal(0);
    const once = countPixels(await draw(cycles), near, plot);
    expect(once).to.be.above(100);
    const [domain0, domainU, unexplained] = cycles.series;
    const twice = {
      ...cycles,
      series: [domain0!, domainU!, { ...unexplained!, values: [null, 0.67, 0.67] }],
    };
    expect(countPixels(await draw(twice), near, plot)).to.be.above(1.5 * once);
  });

  it('gives stages that touch in a stack different lightness or lines, so that grey print tells them apart', () => {
    // The orders in which the built-in profiles stack them, those that may be missing left out or not.
    const stacks: readonly (readonly SeriesRole[])[] = [
      ['per-packet', 'merge-engine', 'per-skb', 'linearise', 'netback-copy', 'grant-copy'],
      ['per-packet', 'per-skb', 'netback-copy'],
      ['per-packet', 'per-skb', 'unexplained'],
      ['driver', 'merge-engine', 'bridge', 'netback', 'grant-copy', 'acks'],
      ['driver', 'bridge'],
      ['netfront', 'tcp', 'acks', 'copy-to-user'],
    ];
    for (const stack of stacks) {
      for (const [below, above] of stack.slice(1).map((role, index) => [stack[index]!, role] as const)) {
        const [one, other] = [LOOKS[below], LOOKS[above]];
        const [dark, light] = [luminance(one.fill), luminance(other.fill)].sort((a, b) => a - b);
        const lines = one.hatch !== other.hatch || one.slope !== other.slope;
        expect(lines || (light! + 0.05) / (dark! + 0.05) > 1.4, `${below}, ${above}`).to.equal(true);
      }
    }
  });

  it('writes the sum of each stack, its name, and each key once', async () => {
    const stages = chartSpecs(sampleRecord())[3]!;
    const dark = async (spec: BarChartSpec): Promise<number> => countPixels(await draw(spec), isDark);
    const all = await dark(stages);
    expect(all).to.be.above((await dark({ ...stages, written: 'nothing' })) + 300);
    expect(all).to.be.above((await dark({ ...stages, stackLabels: { Domain0: '', DomainU: '' } })) + 300);
    // Both domains have the stage per-packet: a second key would be drawn for another label.
    const apart = stages.series.map((series) => ({ ...series, label: `${series.label} ${series.stack}` }));
    expect(await dark({ ...stages, series: apart })).to.be.above(all + 200);
  });

  it('draws the captured goodput even where the bars hide it', async () => {
    const inBar = [450, 640] as const;
    const line = async (value: number | null): Promise<number> => {
      const referenceLines = value === null ? [] : [{ label: '', value }];
      return countPixels(await draw({ ...throughput, referenceLines }), isDark, inBar);
    };
    expect(await line(300)).to.be.above((await line(null)) + 100);
  });

  it('draws charts without values', () => {
    for (const { bytes } of chartFiles(emptyRecord())) expect(chunksOf(bytes)).to.have.length.above(2);
  });
});

describe('chart fonts', () => {
  it('are the regular and the bold one of the package, whatever fonts the machine has', () => {
    registerChartFonts();
    const family = GlobalFonts.families.find(({ family }) => family === CHART_FONT);
    expect(family?.styles.map(({ weight }) => weight).sort()).to.deep.equal([400, 700]);
  });

  it('are refused with the path where a file is missing or no font', () => {
    const missing = join(ROOT, 'no-such-font.ttf');
    expect(() => registerFonts('Missing Font', [missing])).to.throw(missing);
    expect(() => registerFonts('No Font', [join(ROOT, 'package.json')])).to.throw('package.json');
    expect(() => registerFonts('Nothing', [])).to.throw('did not take the font Nothing');
  });
});

function rgb(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Relative luminance of sRGB, 0 to 1 (WCAG 2.1). */
function luminance(colour: string): number {
  const [red, green, blue] = rgb(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
