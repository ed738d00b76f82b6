/** What is written for LaTeX, and that LaTeX takes it. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { withInterval } from '../../src/report/calibration-tex.ts';
import { dataComments } from '../../src/report/csv-comments.ts';
import { dataFileName, figureData, figureDataCsv } from '../../src/report/figure-data.ts';
import { tex, texColour, texComment } from '../../src/report/tex-escape.ts';
import { texFigure } from '../../src/report/tex-figure.ts';
import { booktabs, tableOf } from '../../src/report/tex-table.ts';
import { compileTex, documentOf } from '../helpers/latex.ts';
import { useTempFolder } from '../helpers/surroundings.ts';
import { HOSTILE, sampleFigures, sampleInput, sampleOrigin } from './figure-samples.ts';

describe('text for TeX', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a_b 50%', 'a\\_b 50\\%'],
    ['\\input{x}', '\\textbackslash{}input\\{x\\}'],
    ['--set a', '-{}-set a'],
    ['x^^41~', 'x\\textasciicircum{}\\textasciicircum{}41\\textasciitilde{}'],
    ['µs ± é', '\\ensuremath{\\mu}s \\ensuremath{\\pm} é'],
    ['記\n', '\\textless{}U+8A18\\textgreater{}\\textless{}U+000A\\textgreater{}'],
  ];
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text)} is escaped`, () => expect(tex(text)).to.equal(expected));
  }

  it('has no special character left, and a comment has one line of ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const commands =
          /\\(?:textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|dots)\{\}|\\ensuremath\{\\(?:mu|pm)\}|\{\\char\d+\}|\\[{}$&#_%]|-\{\}/g;
        expect(tex(text).replace(commands, '')).not.to.match(/[\\{}$&#_%^~<>|"'`]/);
        expect(texComment(text)).to.match(/^% [ -~]*$/);
      }),
    );
  });

  it('gives colours their parts', () => {
    expect(texColour('#005b8f')).to.equal('{rgb,255:red,0;green,91;blue,143}');
  });
});

describe('the data of a figure', () => {
  for (const figure of sampleFigures()) {
    it(`${figure.kind}: CSV holds every number in full, nan where there is none`, () => {
      const { header, rows } = figureData(figure);
      const [names, ...read] = parse(figureDataCsv(figure)) as string[][];
      expect(names).to.deep.equal([...header]);
      const expected = rows.map((row) => row.map((cell) => (cell === null ? 'nan' : String(cell))));
      expect(read).to.deep.equal(expected);
      expect(figureDataCsv(figure)).to.include('nan');
    });

    it(`${figure.kind}: no text can break a reader of it`, () => {
      const hostile = sampleFigures(HOSTILE).find(({ kind }) => kind === figure.kind)!;
      const lines = figureDataCsv(hostile).trimEnd().split('\n');
      const columns = figureData(figure).header.length;
      for (const line of lines) {
        expect(line).to.match(/^[\w .+:/()=<>@?,-]+$/);
        expect(line.split(',')).to.have.length(columns);
        for (const cell of line.split(',')) expect(cell).not.to.match(/^[=+@]/);
      }
    });
  }

  it('follows series with places of their own one after the other', () => {
    const xy = sampleFigures().find((figure) => figure.kind === 'xy')!.spec;
    const series = [
      { ...xy.series[0]!, points: [{ x: 5, y: 1 }] },
      { ...xy.series[1]!, points: [{ x: 6, y: 2 }] },
    ];
    expect(figureData({ kind: 'xy', spec: { ...xy, series } }).rows).to.deep.equal([
      [5, 1, null],
      [6, null, 2],
    ]);
  });
});

describe('tables for LaTeX', () => {
  it('have units in the header and a dash for what is absent', () => {
    const text = booktabs(tableOf(sampleFigures()[0]!)).join('\n');
    expect(text).to.include('\\multicolumn{3}{c}{Cycles per byte inet\\_lro}');
    expect(text).to.include('Xen & 9.50 & 2.25 & -- \\\\');
    for (const rule of ['\\toprule', '\\midrule', '\\bottomrule']) expect(text).to.include(rule);
  });

  const intervals: readonly (readonly [number | null, number, number, string])[] = [
    [14313, 12908, 15700, '$14300 \\pm 1400$'],
    [0.898, 0.528, 1.278, '$0.90^{+0.38}_{-0.37}$'],
    [7.5, 7.5, 7.5, '7.500'],
    [5, 6, 7, '$5.0^{+2.0}_{+1.0}$'],
    [null, 1, 2, '--'],
  ];
  for (const [value, low, high, expected] of intervals) {
    it(`write ${value} in ${low} to ${high} as ${expected}`, () => {
      expect(withInterval(value, { low, high })).to.equal(expected);
    });
  }
});

describe('figures for LaTeX', function () {
  this.timeout(120_000);
  const folder = useTempFolder();

  for (const width of ['column', 'page'] as const) {
    it(`compile, ${width} wide, whatever the capture and all labels are called`, function () {
      const origin = sampleOrigin({
        inputs: [sampleInput(HOSTILE)],
        settings: `--profile ${HOSTILE}`,
        options: [{ option: 'profile', value: `${HOSTILE}{`, origin: 'flag' }],
      });
      const figures = sampleFigures(HOSTILE);
      for (const figure of figures) {
        writeFileSync(folder.path(`${figure.spec.name}.tex`), texFigure(figure, width, origin));
        writeFileSync(folder.path(dataFileName(figure)), figureDataCsv(figure) + dataComments(origin));
      }
      const names = figures.map(({ spec }) => `${spec.name}.tex`);
      const text = compileTex(this, folder.path(''), documentOf(names));
      expect(text).to.include('Figure 4:').and.include('Table 4:').and.include('b%c$d#');
      expect(text).to.include('9.50');
    });
  }

  it('say where they come from in comments and captions, and reach their data elsewhere', () => {
    const [figure] = sampleFigures();
    const text = texFigure(figure!, 'column', sampleOrigin({ seed: '7' }));
    expect(text).to.match(/^% Capture-SHA-256: [0-9a-f]{64}$/m);
    expect(text).to.match(/^% Seed: 7$/m);
    expect(text).to.include('% Options: [["poll",["window:50"],"flag"]]\n');
    expect(text).to.match(/\\caption\{.*trace\.pcap.*12,345 packets.*settings.*analyze 9\.9\.9\.\}/);
    expect(text).to.include('{\\analyzepath cycles-by-stage.data.csv}');
    expect(text).to.include('\\providecommand{\\analyzepath}{}');
  });
});
