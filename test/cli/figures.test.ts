/** Figures for papers, as a user makes them. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Provenance } from '../../src/report/provenance.ts';
import { runCommand } from '../helpers/command.ts';
import { commentsOf, dataOf } from '../helpers/csv-report.ts';
import { compileTex, documentOf } from '../helpers/latex.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const SMALL = join(CAPTURES, 'full-f4.pcap.gz');
const ALL = 'csv,png,svg,pdf,tex,json';
/** Everything that a file name may hold on this system, and TeX or a shell would mind. */
const NAME = `a_b%c$d#{x}~^\\input{|ls}&'"é.pcap.gz`;

const COMMANDS: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly tables: readonly string[];
  readonly figures: readonly string[];
  readonly json: string;
  readonly provenance: string;
}[] = [
  {
    name: 'analyze',
    args: [],
    tables: ['throughput', 'lro-rate', 'cycles-per-byte', 'cycles-by-stage', 'latency'],
    figures: ['throughput', 'lro-rate', 'cycles-per-byte', 'cycles-by-stage', 'latency'],
    json: 'summary.json',
    provenance: 'provenance.json',
  },
  {
    name: 'sweep',
    args: ['--vary', 'max-aggr=2,8', '--quantity', 'lro-rate'],
    tables: ['sweep-max-aggr'],
    figures: ['sweep-max-aggr-lro-rate'],
    json: 'sweep-max-aggr.json',
    provenance: 'sweep-max-aggr.provenance.json',
  },
  {
    name: 'tune',
    args: ['--vary', 'rx-usecs=10,100'],
    tables: ['tune'],
    figures: ['tune'],
    json: 'tune.json',
    provenance: 'tune.provenance.json',
  },
  {
    name: 'explain',
    args: ['--engine', 'inet_lro,linux-gro'],
    tables: ['explain-reasons', 'explain-flows', 'explain-what-if', 'explain-losses'],
    figures: ['explain-reasons', 'explain-what-if'],
    json: 'explain.json',
    provenance: 'explain.provenance.json',
  },
];

describe('figures for papers', function () {
  this.timeout(120_000);
  const folder = useTempFolder();
  /** A backslash in the name of the capture may have become a folder. */
  const reportOf = (out: string): string => {
    const files = readdirSync(folder.path(out), { recursive: true, encoding: 'utf8' });
    return dirname(join(folder.path(out), files.find((file) => file.endsWith('provenance.json'))!));
  };

  before(() => cpSync(SMALL, folder.path(NAME)));

  for (const { name, args, tables, figures, json, provenance } of COMMANDS) {
    const command = name === 'analyze' ? [] : [name];
    const make = async (out: string, ...more: string[]): Promise<string> => {
      const line = [...command, folder.path(NAME), ...args, '--out', folder.path(out), ...more];
      const { code, stderr } = await runCommand([...line, '--format', ALL, '-q']);
      expect(code, stderr).to.equal(0);
      return reportOf(out);
    };

    it(`${name}: every format of every chart, and where each file comes from`, async () => {
      const report = await make(`${name}-a`);
      const expected = [
        ...tables.map((table) => `${table}.csv`),
        ...figures.flatMap((figure) =>
          ['data.csv', 'pdf', 'png', 'svg', 'tex'].map((format) => `${figure}.${format}`),
        ),
        json,
        provenance,
      ];
      expect(readdirSync(report).sort()).to.deep.equal(expected.sort());

      const { files, capture, options, ...rest } = JSON.parse(
        readFileSync(join(report, provenance), 'utf8'),
      ) as Provenance;
      expect(files.map((file) => file.name).sort()).to.deep.equal(
        expected.filter((file) => file !== provenance),
      );
      for (const file of files) {
        const sha256 = createHash('sha256')
          .update(readFileSync(join(report, file.name)))
          .digest('hex');
        expect(file.sha256, file.name).to.equal(sha256);
      }
      expect(capture!.sha256).to.equal(createHash('sha256').update(readFileSync(SMALL)).digest('hex'));
      expect(options).to.deep.include({ option: 'chart-width', value: 'column', origin: 'default' });
      expect(rest).to.include({ command: name });
      const svg = readFileSync(join(report, `${figures[0]}.svg`), 'utf8');
      expect(svg).to.include(`Capture-SHA-256: ${capture!.sha256}`);
      const tex = readFileSync(join(report, `${figures[0]}.tex`), 'latin1');
      expect(tex).to.include(capture!.sha256!);

      // The same words in each of them, whatever the format.
      const isOfTheRun = new Set([
        'out',
        'format',
        'chart-width',
        'json',
        'quiet',
        'progress',
        'workers',
        'cache',
      ]);
      const told = options.filter(({ option }) => !isOfTheRun.has(option) && option !== 'shard');
      const expectedOptions = told.map(({ option, value, origin }) => [option, value, origin]);
      const [, inSvg] = /Options: (.*)/.exec(svg)!;
      expect(JSON.parse(inSvg!.replaceAll('&quot;', '"'))).to.deep.equal(expectedOptions);
      expect(JSON.parse(/% Options: (.*)/.exec(tex)![1]!)).to.deep.equal(expectedOptions);
      const names = expected.filter((file) => file.endsWith('.csv'));
      expect(names).to.have.length(tables.length + figures.length);
      for (const file of names) {
        const comments = commentsOf(join(report, file));
        expect(comments.get('Capture-SHA-256'), file).to.equal(capture!.sha256);
        expect(comments.get('Software')).to.match(/^analyze \d/);
        expect(JSON.parse(comments.get('Options')!)).to.deep.equal(expectedOptions);
        expect([...comments.keys()]).to.include.members(['Capture', 'Options-SHA-256', 'Command']);
        expect(dataOf(join(report, file))).to.match(/^[A-Za-z]/);
      }
    });

    it(`${name}: the same bytes in another folder, by other words for the same options`, async () => {
      const [one, other] = [reportOf(`${name}-a`), await make(`${name}-b`, '--no-progress')];
      for (const file of readdirSync(one).filter((found) => found !== provenance)) {
        expect(readFileSync(join(other, file)).equals(readFileSync(join(one, file))), file).to.equal(true);
      }
    });

    it(`${name}: LaTeX takes it`, function () {
      const report = reportOf(`${name}-a`);
      const text = compileTex(this, report, documentOf(figures.map((figure) => `${figure}.tex`)));
      expect(text).to.include(`Figure ${figures.length}:`).and.include(`Table ${figures.length}:`);
      expect(text).to.include('b%c$d#');
    });
  }

  it('are a page wide where asked to, also over an earlier report', async () => {
    const args = [SMALL, '--out', folder.path('wide'), '-q', '--format', 'svg,tex'];
    const widthOf = (): string | undefined =>
      /width="(\d+)"/.exec(readFileSync(folder.path('wide/full-f4/lro-rate.svg'), 'utf8'))?.[1];
    expect((await runCommand(['batch', ...args])).code).to.equal(0);
    expect(widthOf()).to.equal('320');
    expect((await runCommand(['batch', ...args, '--chart-width', 'page'])).code).to.equal(0);
    expect(widthOf()).to.equal('672');
    // The data of figures are not the tables of the report, which are still to be written.
    expect((await runCommand(['batch', ...args.slice(0, -1), 'csv'])).code).to.equal(0);
    expect(readdirSync(folder.path('wide/full-f4'))).to.include('lro-rate.csv');
  });

  it('name the command that gives them again', async () => {
    const args = ['--poll', 'window:50', '--set', 'cost.skb.cyclesPerSkb=4000', '--resegment'];
    const run = await runCommand([SMALL, ...args, '--out', folder.path('named'), '--format', 'svg', '-q']);
    expect(run.code, run.stderr).to.equal(0);
    const svg = readFileSync(folder.path('named/full-f4/lro-rate.svg'), 'utf8');
    const [, command] = /Command: analyze (.*)/.exec(svg)!;
    const words = command!.split(' ');
    expect(words[0]).to.equal('full-f4.pcap.gz');
    expect(words.slice(1)).to.include.members([...args]);
    const again = await runCommand([...words, '--out', folder.path('again'), '--format', 'svg', '-q'], {
      cwd: CAPTURES,
    });
    expect(again.code, again.stderr).to.equal(0);
    expect(readFileSync(folder.path('again/full-f4/lro-rate.svg'), 'utf8')).to.equal(svg);
  });

  it('name no hash of a capture that cannot be read again', async () => {
    const capture = folder.path('pipe.pcap');
    expect(spawnSync('mkfifo', [capture]).status).to.equal(0);
    const writer = spawn('sh', ['-c', 'gzip -dc "$1" > "$2"', 'sh', SMALL, capture], { stdio: 'ignore' });
    const { code, stderr } = await runCommand([
      capture,
      ...['--out', folder.path('pipe'), '--format', 'svg', '-q'],
    ]);
    writer.kill();
    expect(code, stderr).to.equal(0);
    const svg = readFileSync(folder.path('pipe/pipe/lro-rate.svg'), 'utf8');
    expect(svg).to.include('Capture-SHA-256: unknown: not read from a file');
  });

  it('of a calibration are tables with intervals', async function () {
    const args = ['calibrate', '--example', '--out', folder.path('fit')];
    expect((await runCommand([...args, '--format', 'csv,tex'])).code).to.equal(0);
    expect(readdirSync(folder.path('fit')).sort()).to.deep.equal([
      'calibrate.provenance.json',
      'coefficients.csv',
      'coefficients.tex',
      'laws.csv',
      'rows.csv',
      'rows.tex',
    ]);
    expect(readFileSync(folder.path('fit/coefficients.tex'), 'utf8')).to.match(/\$\d+ \\pm \d+\$/);
    const refused = await runCommand([...args, '--format', 'png']);
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.include('csv and tex');
    const text = compileTex(this, folder.path('fit'), documentOf(['coefficients.tex', 'rows.tex']));
    expect(text).to.include('14300 ± 1400');
  });
});
