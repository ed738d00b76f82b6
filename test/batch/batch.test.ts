import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Provenance } from '../../src/report/provenance.ts';
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { CAPTURES, FORMATS, useTempFolder } from '../helpers/surroundings.ts';

const NAMES = ['full-f4', 'mtu9000-f1', 'msg1k-nodelay-f4', 'web-8thr'] as const;

describe('a batch', () => {
  const folder = useTempFolder();
  let captures = '';
  before(() => {
    captures = folder.path('captures');
    mkdirSync(join(captures, 'deep'), { recursive: true });
    for (const name of NAMES) cpSync(join(CAPTURES, `${name}.pcap.gz`), join(captures, `${name}.pcap.gz`));
    cpSync(join(CAPTURES, 'full-f4.pcap.gz'), join(captures, 'deep', 'again.pcap.gz'));
  });

  const batch = (out: string, ...more: string[]): Promise<CommandResult> =>
    runCommand([captures, '--out', folder.path(out), '--format', 'csv,json', ...more]);

  /** Path and content of every file below a folder that is the same in every run. */
  function contents(out: string, below = ''): Map<string, string> {
    const files = new Map<string, string>();
    for (const entry of readdirSync(join(folder.path(out), below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (entry.isDirectory()) for (const [name, text] of contents(out, path)) files.set(name, text);
      else if (!entry.name.endsWith('provenance.json') && entry.name !== 'captures.json') {
        files.set(path, readFileSync(join(folder.path(out), path), 'utf8'));
      }
    }
    return files;
  }

  const provenanceOf = (out: string, name: string): Provenance =>
    JSON.parse(readFileSync(folder.path(join(out, name, 'provenance.json')), 'utf8')) as Provenance;

  it('gives the same files and output whatever the number of workers', async () => {
    const one = await batch('one', '--workers', '1');
    expect(one.code).to.equal(0);
    for (const workers of [2, 3]) {
      const other = await batch(`workers${workers}`, '--workers', String(workers));
      expect(other.code).to.equal(0);
      expect(other.stdout).to.equal(one.stdout);
      expect(contents(`workers${workers}`)).to.deep.equal(contents('one'));
    }
    expect([...contents('one').keys()].filter((path) => path.endsWith('lro-rate.csv'))).to.have.length(5);
  });

  it('says at the end what the captures say together, and writes it', async () => {
    const { stdout, stderr } = await runCommand([
      captures,
      ...['--out', folder.path('together'), '--format', 'csv,png', '--quiet'],
    ]);
    expect(stderr).not.to.match(/wrote/);
    expect(stdout).to.match(/\nOver 5 captures +captures +min .*\n {2}LRO rate, LRO \(packets\) +5 +\d/);
    const files = [
      'batch.csv',
      'batch-lro-rate.png',
      'batch-domain0-saved.png',
      'batch-throughput-gained.png',
    ];
    expect(files.filter((name) => !existsSync(folder.path(`together/${name}`)))).to.deep.equal([]);
    const none = await runCommand([captures, '--out', folder.path('none'), '--format', 'none', '--json']);
    expect(none.stdout).not.to.match(/Over 5/);
    expect(existsSync(folder.path('none'))).to.equal(false);
  });

  it('writes one page, the same whatever the number of workers and whether results were there', async () => {
    const page = async (out: string, ...more: string[]): Promise<string> => {
      const args = [captures, '--out', folder.path(out), '--format', 'html', ...more];
      const { code, stderr } = await runCommand(args);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.include(`wrote ${folder.path(out)}/report.html`);
      return readFileSync(folder.path(`${out}/report.html`), 'utf8');
    };
    const first = await page('page1', '--workers', '1');
    expect(first)
      .to.match(/<h1>5 captures: /)
      .and.include('<a href="deep/again/report.html">');
    expect(await page('page3', '--workers', '3')).to.equal(first);
    expect(await page('page3')).to.equal(first);
  });

  it('gives each capture what it gets alone', async () => {
    const alone = await runCommand([join(captures, 'web-8thr.pcap.gz'), '--json', '--format', 'none']);
    expect(readFileSync(folder.path('one/web-8thr/summary.json'), 'utf8')).to.equal(alone.stdout);
  });

  it('does nothing the second time, says so, and prints the same', async () => {
    const before = contents('one');
    const date = provenanceOf('one', 'web-8thr').date;
    const first = await batch('fresh');
    const again = await batch('one');
    expect(again.stderr)
      .to.match(/5 captures: 5 unchanged since an earlier run/)
      .and.not.match(/wrote .*web/);
    expect(again.stdout).to.equal(first.stdout);
    expect(contents('one')).to.deep.equal(before);
    expect(provenanceOf('one', 'web-8thr').date).to.equal(date);
  });

  it('analyses again what an option or a capture changed, and only that', async () => {
    expect((await batch('one', '--max-aggr', '4')).stderr).to.match(/5 captures: 5 analysed/);
    // The results of the options before are still there; only the reports are written again.
    const back = await batch('one');
    expect(back.stderr)
      .to.match(/5 captures: 5 unchanged/)
      .and.match(/wrote .*web-8thr/);
    expect(contents('one').get('web-8thr/summary.json')).to.equal(
      contents('fresh').get('web-8thr/summary.json'),
    );

    const bytes = readFileSync(join(captures, 'full-f4.pcap.gz'));
    writeFileSync(join(captures, 'full-f4.pcap.gz'), readFileSync(join(CAPTURES, 'mtu9000-f1.pcap.gz')));
    const changed = await batch('one');
    expect(changed.stderr).to.match(/5 captures: 4 unchanged since an earlier run, 1 analysed/);
    writeFileSync(join(captures, 'full-f4.pcap.gz'), bytes);
  });

  it('writes a format that was not asked for before from the result that is there', async () => {
    const result = await runCommand([captures, '--out', folder.path('one'), '--format', 'csv,json,png']);
    expect(result.stderr)
      .to.match(/5 unchanged/)
      .and.match(/wrote .*web-8thr/);
    expect(existsSync(folder.path('one/web-8thr/lro-rate.png'))).to.equal(true);
  });

  it('takes no half-written result for a result', async () => {
    await batch('half');
    const store = folder.path('half/.results');
    for (const name of readdirSync(store).filter((one) => one !== 'captures.json')) {
      const text = readFileSync(join(store, name), 'utf8');
      writeFileSync(join(store, name), text.slice(0, text.length / 2));
    }
    const again = await batch('half');
    expect(again.code).to.equal(0);
    expect(again.stderr).to.match(/5 captures: 5 analysed/);
  });

  it('does not look at earlier results with --no-cache', async () => {
    const result = await batch('one', '--no-cache');
    expect(result.stderr).to.match(/5 captures: 5 analysed/);
  });

  it('names a bad capture and goes on', async () => {
    writeFileSync(join(captures, 'bad.pcap'), Buffer.from('d4c3b2a102000400', 'hex'));
    const result = await batch('bad', '--workers', '2');
    expect(result.code).to.equal(4);
    expect(result.stderr)
      .to.match(/bad\.pcap: the file ends after 8 bytes/)
      .and.match(/5 analysed, 1 unreadable/);
    expect(existsSync(folder.path('bad/web-8thr/lro-rate.csv'))).to.equal(true);
    writeFileSync(join(captures, 'bad.pcap'), 'no capture any more');
  });

  it('of more captures than a process has listeners says nothing beside its results', async () => {
    const many = folder.path('many');
    mkdirSync(many);
    for (let i = 0; i < 12; i++) cpSync(join(FORMATS, 'base.pcap.gz'), join(many, `${i}.pcap.gz`));
    const { code, stderr } = await runCommand([many, '--format', 'none', '--workers', '2', '-q']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('keeps its own files and reports of captures with their names apart', async () => {
    const named = folder.path('named');
    mkdirSync(named);
    const names = ['summary.csv', 'batch.csv', 'batch.provenance.json', 'report.html', 'batch-lro-rate.png'];
    for (const name of names) cpSync(join(FORMATS, 'base.pcap.gz'), join(named, `${name}.pcap.gz`));
    const out = folder.path('named-out');
    const args = [named, '--format', 'csv,html,png', '--out', out, '-q'];
    expect(await runCommand(args)).to.include({ code: 0, stderr: '' });
    for (const name of names) {
      expect(statSync(join(out, name)).isFile(), name).to.equal(true);
      expect(existsSync(join(out, `${name}-2`, 'lro-rate.csv')), name).to.equal(true);
    }
  });

  it('shares a batch out: every capture in exactly one shard', async () => {
    const reports = new Set<string>();
    for (const shard of ['1/3', '2/3', '3/3']) {
      const result = await batch('shards', '--shard', shard, '--json');
      expect(result.code).to.equal(0);
      for (const [path] of contents('shards')) if (path.endsWith('lro-rate.csv')) reports.add(path);
    }
    const analysed = [...contents('shards').keys()].filter((path) => path.endsWith('lro-rate.csv'));
    expect(analysed).to.have.length(5);
    expect(reports.size).to.equal(5);
    // But for summaries, all is as on one machine.
    const whole = contents('fresh');
    const shared = [...contents('shards')].filter(([path]) => path.includes('/'));
    expect(shared.filter(([path, text]) => whole.get(path) !== text).map(([path]) => path)).to.deep.equal([]);
    for (const wrong of ['0/3', '4/3', '1', 'a/b']) {
      expect(await batch('shards', '--shard', wrong)).to.include({ code: 2, stdout: '' });
    }
  });

  it('knows where a report comes from', () => {
    const { capture, options, commandLine, task, files, tool } = provenanceOf('one', 'full-f4');
    expect(capture!.name).to.equal('full-f4.pcap.gz');
    // The hash of the table in captures/README.md.
    expect(readFileSync(join(CAPTURES, 'README.md'), 'utf8')).to.include(capture!.sha256);
    expect(task).to.match(/^[0-9a-f]{64}$/);
    expect(tool.name).to.equal('analyze');
    const text = readFileSync(folder.path('one/full-f4/lro-rate.csv'));
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(files).to.deep.include({ name: 'lro-rate.csv', sha256 });
    expect(commandLine).to.include('--no-cache');
    expect(options).to.deep.include({ option: 'cache', value: false, origin: 'flag' });
    expect(options).to.deep.include({ option: 'mtu', value: '1500', origin: 'default' });
  });
});
