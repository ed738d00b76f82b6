/** The SHA-256 of a large capture is made once, whichever command reads it, and again as soon as the file is another. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { inputsOf, type Provenance } from '../../src/report/provenance.ts';
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { CAPTURES, filesIn, useTempFolder } from '../helpers/surroundings.ts';

const HEADER_BYTES = 24;
/** From 32 MB on hashes are remembered. */
const LARGE_BYTES = 33e6;
/** A file is trusted when it has been left alone for so long. */
const SETTLED_MS = 2100;
/** The hash of nothing that is here: where it comes out, nothing was hashed. */
const EDITED = 'ab'.repeat(32);

/** Of a file whose time is set. */
const TIME_S = 1_700_000_000;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('hashes of large captures', function () {
  this.timeout(120_000);
  const folder = useTempFolder();
  const capture = (): string => folder.path('large.pcap');
  let bytes = new Uint8Array(0);

  before(async () => {
    const once = gunzipSync(readFileSync(join(CAPTURES, 'f1.pcap.gz')));
    const records = once.subarray(HEADER_BYTES);
    const times = Math.ceil(LARGE_BYTES / records.length);
    bytes = Buffer.concat([once.subarray(0, HEADER_BYTES), ...Array(times).fill(records)]);
    folder.write('large.pcap', bytes);
    mkdirSync(folder.path('several'));
    for (const name of ['a', 'b']) copyFileSync(capture(), folder.path(`several/${name}.pcap`));
    copyFileSync(join(CAPTURES, 'full-f4.pcap.gz'), folder.path('small.pcap.gz'));
    folder.write('m.csv', 'Config,Throughput (Mbps),LRO rate (packets),Domain0,DomainU\nXen,574,1,12.7,9\n');
    await setTimeout(SETTLED_MS);
  });

  async function run(...args: string[]): Promise<CommandResult> {
    const result = await runCommand([...args, '-q'], { cwd: folder.path('.') });
    expect(result.code, result.stderr).to.equal(0);
    return result;
  }

  const analyze = (out: string, ...more: string[]): Promise<CommandResult> =>
    run('large.pcap', '--poll', 'batch:64', '--format', 'csv', '--out', out, ...more);

  const indexOf = (out: string): string => folder.path(join(out, '.results', 'captures.json'));

  const remembered = (out: string): Record<string, { state: string; sha256: string }> =>
    JSON.parse(readFileSync(indexOf(out), 'utf8'));

  /** Says of every capture that is remembered that its hash is another one. */
  function edit(out: string): void {
    const entries = Object.entries(remembered(out));
    expect(entries).not.to.be.empty;
    const edited = entries.map(([path, one]) => [path, { ...one, sha256: EDITED }]);
    writeFileSync(indexOf(out), JSON.stringify(Object.fromEntries(edited)));
  }

  /** Hashes of the captures that the report in this folder is made of. */
  function hashesIn(report: string, name = 'provenance.json'): (string | null)[] {
    const provenance = JSON.parse(readFileSync(folder.path(join(report, name)), 'utf8')) as Provenance;
    return inputsOf(provenance)
      .filter(({ role }) => role !== 'measured')
      .map((input) => input.sha256);
  }

  it('are kept below --out once the report is written, and taken from there', async () => {
    await analyze('kept');
    expect(Object.entries(remembered('kept')).map(([path, one]) => [path, one.sha256])).to.deep.equal([
      [capture(), sha256(bytes)],
    ]);
    expect(hashesIn('kept/large')).to.deep.equal([sha256(bytes)]);
    edit('kept');
    await analyze('kept', '--max-aggr', '4');
    expect(hashesIn('kept/large')).to.deep.equal([EDITED]);
  });

  it('are not believed by verify', async () => {
    await analyze('doubted');
    const same = await runCommand(['verify', folder.path('doubted/large')]);
    expect(same.stdout).to.match(/: the same; /);
    edit('doubted');
    // The report is right, whatever is remembered.
    expect(await runCommand(['verify', folder.path('doubted/large')])).to.include({ code: 0 });
    await analyze('doubted');
    const { code, stdout } = await runCommand(['verify', folder.path('doubted/large')]);
    expect(stdout).to.include('is another capture than that of the report');
    expect(code).to.equal(5);
  });

  const others: readonly { readonly args: readonly string[]; readonly provenance: string }[] = [
    {
      args: ['explain', 'large.pcap', '--poll', 'batch:64', '--what-if', 'none'],
      provenance: 'large/explain.provenance.json',
    },
    {
      args: ['sweep', 'large.pcap', '--poll', 'batch:64', '--vary', 'max-aggr=2,8'],
      provenance: 'large/sweep-max-aggr.provenance.json',
    },
    { args: ['tune', 'large.pcap', '--vary', 'rx-usecs=10,100'], provenance: 'large/tune.provenance.json' },
    {
      args: ['compare', 'several/a.pcap', 'several/b.pcap', '--poll', 'batch:64'],
      provenance: 'compare.provenance.json',
    },
    {
      args: ['calibrate', 'm.csv', '--capture', 'large.pcap', '--poll', 'batch:64', '--fit', 'wire'],
      provenance: 'calibrate.provenance.json',
    },
    {
      args: ['batch', 'several', '--poll', 'batch:64'],
      provenance: 'batch.provenance.json',
    },
  ];
  for (const { args, provenance } of others) {
    it(`are kept and taken by ${args[0]}`, async () => {
      const out = `by-${args[0]}`;
      const all = [...args, '--format', 'csv', '--out', out];
      await run(...all);
      expect(new Set(hashesIn(out, provenance))).to.deep.equal(new Set([sha256(bytes)]));
      edit(out);
      await run(...all);
      expect(new Set(hashesIn(out, provenance))).to.deep.equal(new Set([EDITED]));
    });
  }

  it('are shared by batches and single runs', async () => {
    const one = ['several/a.pcap', '--poll', 'batch:64', '--format', 'csv', '--out', 'shared'];
    await run(...one);
    edit('shared');
    await run('several', ...one.slice(1));
    expect(new Set(hashesIn('shared', 'batch.provenance.json'))).to.deep.equal(
      new Set([EDITED, sha256(bytes)]),
    );
    expect(Object.keys(remembered('shared'))).to.have.length(2);
    edit('shared');
    await run('several/b.pcap', ...one.slice(1));
    expect(hashesIn('shared/b')).to.deep.equal([EDITED]);
  });

  it('are made anew of a file that changed, though its size and time are those of before', async () => {
    const writeOf = (content: Uint8Array): void =>
      utimesSync(folder.write('touched.pcap', content), TIME_S, TIME_S);
    writeOf(bytes);
    const before = statSync(folder.path('touched.pcap'), { bigint: true });
    await setTimeout(SETTLED_MS);
    const args = ['touched.pcap', '--poll', 'batch:64', '--format', 'csv', '--out', 'touched'];
    await run(...args);
    edit('touched');
    const changed = new Uint8Array(bytes);
    changed[changed.length - 1]! ^= 1;
    writeOf(changed);
    const { ino, size, mtimeNs } = statSync(folder.path('touched.pcap'), { bigint: true });
    expect([ino, size, mtimeNs]).to.deep.equal([before.ino, before.size, before.mtimeNs]);
    await run(...args);
    expect(hashesIn('touched/touched')).to.deep.equal([sha256(changed)]);
  });

  it('are not kept of a file that was changed a moment ago', async () => {
    folder.write('young.pcap', bytes);
    const args = ['young.pcap', '--poll', 'batch:64', '--format', 'csv', '--out', 'young'];
    await run(...args);
    expect(hashesIn('young/young')).to.deep.equal([sha256(bytes)]);
    expect(existsSync(folder.path('young/.results'))).to.equal(false);
    await setTimeout(SETTLED_MS);
    await run(...args);
    expect(Object.keys(remembered('young'))).to.deep.equal([folder.path('young.pcap')]);
  });

  it('are neither kept nor taken with --no-cache, without a report, or of small files', async () => {
    await analyze('none', '--no-cache');
    await run('small.pcap.gz', '--format', 'csv', '--out', 'none');
    await run('large.pcap', '--poll', 'batch:64', '--format', 'none', '--out', 'none');
    expect(readdirSync(folder.path('none')).sort()).to.deep.equal(['large', 'small']);
    await analyze('none');
    edit('none');
    await analyze('none', '--no-cache');
    expect(hashesIn('none/large')).to.deep.equal([sha256(bytes)]);
  });

  for (const damaged of ['{', 'null', '[1]', '{"large.pcap": null}', '{"large.pcap": {"state": 1}}']) {
    it(`are made and kept where the file of them says ${damaged}`, async () => {
      const out = `damaged-${damaged.length}`;
      mkdirSync(folder.path(join(out, '.results')), { recursive: true });
      writeFileSync(indexOf(out), damaged.replace('large.pcap', capture()));
      await analyze(out);
      expect(hashesIn(join(out, 'large'))).to.deep.equal([sha256(bytes)]);
      expect(remembered(out)[capture()]!.sha256).to.equal(sha256(bytes));
    });
  }

  it('are made where none can be kept, and nothing is said about it', async () => {
    mkdirSync(folder.path('barred'));
    folder.write('barred/.results', 'no folder');
    expect((await analyze('barred')).stderr).not.to.match(/cannot|\.results/);
    expect(hashesIn('barred/large')).to.deep.equal([sha256(bytes)]);
  });

  it('of runs at the same time leave a file that is whole', async () => {
    const names = ['several/a.pcap', 'several/b.pcap', 'large.pcap'];
    const args = ['--poll', 'batch:64', '--format', 'csv', '--out', 'at-once'];
    await Promise.all(names.map((name) => run(name, ...args)));
    for (const { sha256: one } of Object.values(remembered('at-once'))) expect(one).to.equal(sha256(bytes));
    expect(filesIn(folder.path('at-once/.results'))).to.deep.equal(['captures.json']);
  });
});
