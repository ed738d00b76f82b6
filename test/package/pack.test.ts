/** The package as a user gets it: really packed, really installed into an empty folder, really run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { CAPTURES, ROOT } from '../helpers/surroundings.ts';
import { sampleOrigin } from '../report/figure-samples.ts';
import { chunksOf, countPixels, isDark, pictureOf } from '../report/png.ts';
import { sampleRecord } from '../report/sample-record.ts';
import { schemaErrors } from '../report/validate-record.ts';

type ChartRender = typeof import('../../src/report/chart-render.ts');
type ChartSpec = typeof import('../../src/report/chart-spec.ts');

const TIMEOUT_MS = 180_000;

describe('the packed package in an empty folder', function () {
  this.timeout(TIMEOUT_MS);
  let folder: string;
  let installed: string;
  let said: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'analyze-pack-'));
    npm(ROOT, ['pack', '--ignore-scripts', '--pack-destination', folder]);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    const app = join(folder, 'app');
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{}');
    said = npm(app, ['install', '--prefer-offline', '--no-audit', '--no-fund', join('..', tarball)]);
    installed = join(app, 'node_modules', 'analyze');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('installs without scripts or complaints about them', () => {
    expect(said).to.match(/added \d+ packages/);
    expect(said).not.to.match(/install-scripts|deprecated|ERESOLVE|gyp|prebuild/i);
  });

  it('carries no binary: that of the platform comes from @napi-rs/canvas', () => {
    const bundled = readdirSync(join(installed, 'node_modules'));
    expect(bundled.sort()).to.deep.equal(['canvas', 'chartjs-node-canvas', 'tslib']);
    const binaries = readdirSync(join(installed, 'node_modules'), { recursive: true }).filter((name) =>
      String(name).endsWith('.node'),
    );
    expect(binaries).to.deep.equal([]);
  });

  it('draws a chart with its text', async () => {
    const module = async <T>(name: string): Promise<T> =>
      (await import(pathToFileURL(join(installed, 'dist', 'src', 'report', name)).href)) as T;
    const { renderFigure } = await module<ChartRender>('chart-render.js');
    const { chartSpecs } = await module<ChartSpec>('chart-spec.js');
    const spec = chartSpecs(sampleRecord())[1]!;
    const render = (drawn: typeof spec): Buffer =>
      renderFigure({ kind: 'bars', spec: drawn }, 'png', 'column', sampleOrigin());
    const png = render(spec);
    expect(chunksOf(png).map(({ type }) => type)).to.include.members(['IHDR', 'pHYs', 'IEND']);
    const picture = await pictureOf(png);
    expect([picture.width, picture.height]).to.deep.equal([1000, 625]);
    const wordless = await pictureOf(render({ ...spec, labels: ['', '', ''], axisLabel: '' }));
    expect(countPixels(picture, isDark)).to.be.above(countPixels(wordless, isDark) + 1000);
  });

  it('brings the table of the study along', () => {
    const command = join(folder, 'app', 'node_modules', '.bin', 'analyze');
    const { status, stdout, stderr } = spawnSync(command, ['calibrate', '--example'], { encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).to.include('aizu-2008.csv').and.include('no evidence');
  });

  it('runs its command: a real capture to tables, CSV, charts and the record', () => {
    const capture = join(CAPTURES, 'v6-f4.pcap.gz');
    const app = join(folder, 'app');
    const command = join(app, 'node_modules', '.bin', 'analyze');
    const { status, stdout, stderr } = spawnSync(
      command,
      [capture, '--out', 'reports', '--format', 'csv,png,json,html'],
      {
        cwd: app,
        encoding: 'utf8',
      },
    );
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include('LRO rate (packets)');
    const report = join(app, 'reports', 'v6-f4');
    expect(readdirSync(report).sort()).to.deep.equal([
      'cycles-by-stage.csv',
      'cycles-by-stage.png',
      'cycles-per-byte.csv',
      'cycles-per-byte.png',
      'latency.csv',
      'latency.png',
      'lro-rate.csv',
      'lro-rate.png',
      'provenance.json',
      'report.html',
      'summary.json',
      'throughput.csv',
      'throughput.png',
    ]);
    expect(schemaErrors(JSON.parse(readFileSync(join(report, 'summary.json'), 'utf8')))).to.deep.equal([]);
    expect(chunksOf(readFileSync(join(report, 'throughput.png')))[0]?.type).to.equal('IHDR');
    expect(readFileSync(join(report, 'report.html'), 'utf8'))
      .to.include('Chart.js v4')
      .and.include('v6-f4');
  });
});

/** Runs npm and gives what it says. The settings of an npm that runs these tests are kept from it. */
function npm(cwd: string, args: readonly string[]): string {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?:package|lifecycle|command|config_(?:local_prefix|prefix|global))/.test(name),
  );
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    env: Object.fromEntries(inherited),
  });
  if (status !== 0) throw error ?? new Error(`npm ${args.join(' ')}: ${stderr}`);
  return `${stdout}${stderr}`;
}
