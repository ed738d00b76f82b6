/** Every kind of figure in every format. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadImage } from '@napi-rs/canvas';
import { expect } from 'chai';
import { renderFigure } from '../../src/report/chart-render.ts';
import type { Figure } from '../../src/report/figure.ts';
import { CHART_WIDTHS } from '../../src/report/format-names.ts';
import { needTool, useTempFolder } from '../helpers/surroundings.ts';
import { HOSTILE, sampleFigures, sampleInput, sampleOrigin } from './figure-samples.ts';
import { chunksOf } from './png.ts';

const INCHES = { column: 3.33, page: 7 };
const POINTS_PER_INCH = 72;
const CSS_DPI = 96;

const svgOf = (
  figure: Figure,
  width: (typeof CHART_WIDTHS)[number] = 'column',
  capture = 'trace.pcap',
): string =>
  renderFigure(figure, 'svg', width, sampleOrigin({ inputs: [sampleInput(capture)] })).toString('utf8');

describe('figures as SVG', () => {
  for (const figure of sampleFigures()) {
    for (const width of CHART_WIDTHS) {
      it(`${figure.kind}, ${width}: sized, outlined, again the same bytes`, () => {
        const svg = svgOf(figure, width);
        const [, wide, high] = /<svg [^>]*width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2"/.exec(svg)!;
        expect(Number(wide) / CSS_DPI).to.be.closeTo(INCHES[width], 0.01);
        expect(Number(high)).to.be.above(60);
        expect(svg).not.to.match(/<text|<image|font-family/);
        expect(svg.match(/<path /g), 'glyphs, axes, marks').to.have.length.above(15);
        expect(svgOf(figure, width)).to.equal(svg);
      });
    }

    it(`${figure.kind}: draws what is in the specification, each word of it`, () => {
      const { spec } = figure;
      const wordless = {
        ...figure,
        spec: {
          ...spec,
          ...('xLabel' in spec ? { xLabel: '' } : {}),
          ...('axisLabel' in spec ? { axisLabel: '' } : {}),
          ...('x' in spec ? { x: { ...spec.x, label: '' } } : {}),
        },
      } as Figure;
      expect(svgOf(figure).length).to.be.above(svgOf(wordless).length + 500);
    });
  }

  it('is a picture that a renderer draws', async () => {
    const [figure] = sampleFigures();
    const image = await loadImage(Buffer.from(svgOf(figure!)));
    expect([image.width, image.height]).to.deep.equal([320, 200]);
  });

  it('says where it comes from, whatever the capture is called', () => {
    const [figure] = sampleFigures();
    const svg = svgOf(figure!, 'column', HOSTILE);
    const metadata = /<metadata>([\s\S]*?)<\/metadata>/.exec(svg)![1]!;
    expect(metadata).to.include('Software: analyze 9.9.9').and.include('0123456789abcdef');
    expect(metadata).to.include('Command: analyze trace.pcap --poll window:50');
    expect(metadata).to.include('&lt;/metadata&gt;&lt;script&gt;');
    for (const text of ['<script', '\u0007', '\u202e']) expect(svg).not.to.include(text);
    expect(svg).not.to.match(/20\d\d-\d\d-\d\d/);
  });
});

describe('figures as PDF', () => {
  const folder = useTempFolder();

  for (const figure of sampleFigures()) {
    for (const width of CHART_WIDTHS) {
      it(`${figure.kind}, ${width}: a page of its size, again the same bytes`, () => {
        const pdf = renderFigure(figure, 'pdf', width, sampleOrigin());
        expect(pdf.toString('latin1', 0, 5)).to.equal('%PDF-');
        const [, wide] = /\/MediaBox \[0 0 ([\d.]+) [\d.]+\]/.exec(pdf.toString('latin1'))!;
        expect(Number(wide) / POINTS_PER_INCH).to.be.closeTo(INCHES[width], 0.01);
        expect(pdf.equals(renderFigure(figure, 'pdf', width, sampleOrigin()))).to.equal(true);
        expect(pdf.toString('latin1')).not.to.match(/CreationDate|ModDate/);
      });
    }
  }

  it('embeds its fonts, has its text as text and says where it comes from', function () {
    needTool(this, 'pdffonts', '-v');
    for (const [index, figure] of sampleFigures().entries()) {
      const path = folder.path(`${index}.pdf`);
      writeFileSync(
        path,
        renderFigure(figure, 'pdf', 'column', sampleOrigin({ inputs: [sampleInput(HOSTILE)] })),
      );
      const fonts = run('pdffonts', path).trim().split('\n').slice(2);
      expect(fonts.filter((line) => line.includes('DejaVuSans'))).to.have.length.above(0);
      for (const line of fonts) expect(line, 'emb').to.match(/ yes (yes|no) +(yes|no) +\d+ +\d+$/);
      const info = run('pdfinfo', path);
      expect(info).to.include(`Title:           ${figure.spec.title}`);
      expect(info).to.match(/Subject: +analyze trace\.pcap --poll window:50/);
      expect(info).to.include('Options: [["poll",["window:50"],"flag"]]');
      expect(info).to.match(/Keywords:.*Capture-SHA-256: 0123456789abcdef/);
      expect(run('pdftotext', path, '-')).to.include(figure.kind === 'heat-map' ? 'max-aggr' : 'inet_lro');
    }
  });
});

describe('figures as PNG', () => {
  it('say where they come from, in Latin-1 or UTF-8', () => {
    const [figure] = sampleFigures();
    const png = renderFigure(
      figure!,
      'png',
      'page',
      sampleOrigin({ inputs: [sampleInput('\u8a18\u9332.pcap')] }),
    );
    const texts = new Map(
      chunksOf(png)
        .filter(({ type }) => type === 'tEXt' || type === 'iTXt')
        .map(({ type, data }) => {
          const [key = '', ...rest] = data.toString(type === 'tEXt' ? 'latin1' : 'utf8').split('\0');
          return [key, rest.at(-1)];
        }),
    );
    expect(texts.get('Software')).to.equal('analyze 9.9.9');
    expect(texts.get('Capture')).to.equal('\u8a18\u9332.pcap');
    expect(texts.get('Capture-SHA-256')).to.match(/^[0-9a-f]{64}$/);
    expect(texts.get('Options')).to.equal('[["poll",["window:50"],"flag"]]');
    expect(chunksOf(png)[0]!.data.readUInt32BE(0)).to.equal(2100);
  });
});

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  expect(status, stderr).to.equal(0);
  return stdout;
}
