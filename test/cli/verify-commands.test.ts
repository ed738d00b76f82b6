/** Each command that writes a report: it can be verified, a changed number is found, other input is refused. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Provenance } from '../../src/report/provenance.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const MEASURED = `Config,Throughput (Mbps),LRO rate (packets),Domain0,DomainU
Xen,574.45,1,12.72,8.97
LRO,581.29,2.51,13.51,7.51
Optimized,591.09,2.51,11.99,7.78
# of a run in "May", by hand
`;

const COMMANDS: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly provenance: string;
  readonly csv: string;
  /** `--capture` of `verify` that names another one. */
  readonly other: readonly string[];
  /** Input that is gone when it has another name, and how it is named then. */
  readonly moved: readonly [file: string, key: string];
}[] = [
  {
    name: 'sweep',
    args: ['x.pcap.gz', '--vary', 'max-aggr=2,8', '--vary', 'engine=inet_lro,linux-gro', '--out', 'sweep'],
    folder: 'sweep/x',
    provenance: 'sweep-max-aggr-engine.provenance.json',
    csv: 'sweep-max-aggr-engine.csv',
    other: ['y.pcap.gz'],
    moved: ['x.pcap.gz', ''],
  },
  {
    name: 'tune',
    args: ['x.pcap.gz', '--vary', 'rx-usecs=10,100', '--interface', 'eth7', '--out', 'tune'],
    folder: 'tune/x',
    provenance: 'tune.provenance.json',
    csv: 'tune.csv',
    other: ['y.pcap.gz'],
    moved: ['x.pcap.gz', ''],
  },
  {
    name: 'explain',
    args: ['x.pcap.gz', '--diff', 'inet_lro', 'linux-gro', '--packet', '17', '--out', 'explain'],
    folder: 'explain/x',
    provenance: 'explain.provenance.json',
    csv: 'explain-reasons.csv',
    other: ['y.pcap.gz'],
    moved: ['x.pcap.gz', ''],
  },
  {
    name: 'compare',
    args: ['x.pcap.gz', 'base/y', '--rx-usecs', '40', '--out', 'compare'],
    folder: 'compare',
    provenance: 'compare.provenance.json',
    csv: 'compare.csv',
    other: ['a=y.pcap.gz'],
    moved: ['x.pcap.gz', 'a='],
  },
  {
    name: 'calibrate',
    args: [
      'm.csv',
      '--capture',
      'x.pcap.gz',
      '--capture',
      'LRO=y.pcap.gz',
      '--seed',
      '7',
      '--out',
      'calibrate',
    ],
    folder: 'calibrate',
    provenance: 'calibrate.provenance.json',
    csv: 'rows.csv',
    other: ['counts-LRO=x.pcap.gz'],
    moved: ['m.csv', 'measured='],
  },
  {
    name: 'batch',
    args: ['x.pcap.gz', 'y.pcap.gz', '--max-aggr', '8', '--format', 'csv,png,json,html', '--out', 'batch'],
    folder: 'batch',
    provenance: 'batch.provenance.json',
    csv: 'summary.csv',
    other: ['x=y.pcap.gz'],
    moved: ['x.pcap.gz', 'x='],
  },
];

describe('reports of every command', function () {
  this.timeout(120_000);
  const folder = useTempFolder();
  const run = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(args, { cwd: folder.path('.') });

  before(async () => {
    cpSync(join(CAPTURES, 'full-f4.pcap.gz'), folder.path('x.pcap.gz'));
    cpSync(join(CAPTURES, 'web-8thr.pcap.gz'), folder.path('y.pcap.gz'));
    folder.write('m.csv', MEASURED);
    await run('y.pcap.gz', '--out', 'base', '--format', 'json', '-q');
  });

  for (const { name, args, folder: report, provenance, csv, other, moved } of COMMANDS) {
    it(`${name}: comes out of its inputs again, which have their hashes`, async () => {
      const made = await run(name, ...args, '-q');
      expect(made.code, made.stderr).to.equal(0);
      const { command, capture, inputs, files } = JSON.parse(
        readFileSync(folder.path(join(report, provenance)), 'utf8'),
      ) as Provenance;
      expect(command).to.equal(name);
      for (const { sha256, path } of capture === null ? inputs : [capture]) {
        expect(sha256).to.match(/^[0-9a-f]{64}$/);
        expect(path).to.match(/^\.\.\//);
      }
      const there = readdirSync(folder.path(report)).filter((file) => /\.(csv|png|json|html)$/.test(file));
      const named = [provenance, ...files.map((file) => file.name)];
      expect(there.sort()).to.deep.equal(named.sort());
      const { code, stdout, stderr } = await run('verify', report);
      const line = stdout.split('\n').find((text) => text.startsWith(`${join(report, provenance)}: `));
      expect(line, stderr).to.match(/: the same; (\d+) of \1 files byte for byte/);
      expect(code).to.equal(0);
    });

    it(`${name}: a number that was changed is found`, async () => {
      const path = folder.path(join(report, csv));
      const before = readFileSync(path, 'utf8');
      writeFileSync(
        path,
        before.replace(/\d(?=\n)/, (digit) => String((Number(digit) + 1) % 10)),
      );
      const { code, stdout } = await run('verify', report, '--json');
      writeFileSync(path, before);
      expect(code).to.equal(5);
      const reports = JSON.parse(stdout) as {
        report: string;
        files: { name: string; status: string; where: string }[];
      }[];
      const bad = reports.flatMap(({ files }) => files.filter(({ status }) => status !== 'same'));
      expect(bad.map(({ name: file, status }) => [file, status])).to.deep.equal([[csv, 'changed']]);
      expect(bad[0]!.where).to.match(/^line \d+: '.*', now '/);
    });

    it(`${name}: other input is refused, and is not run`, async () => {
      // Reports of a batch stand in folders of their own: here only the whole.
      if (name === 'batch') renameSync(folder.path('batch/x'), folder.path('batch-x'));
      if (name === 'batch') renameSync(folder.path('batch/y'), folder.path('batch-y'));
      const { code, stdout } = await run('verify', report, ...other.flatMap((one) => ['--capture', one]));
      expect(stdout).to.match(/: \S+ is another capture than that of the report\n$/);
      expect(code).to.equal(5);
    });

    it(`${name}: input that moved is asked for by its name, and found there`, async () => {
      const [file, key] = moved;
      renameSync(folder.path(file), folder.path(`moved-${file}`));
      const gone = await run('verify', report);
      const found = await run('verify', report, '--capture', `${key}moved-${file}`);
      renameSync(folder.path(`moved-${file}`), folder.path(file));
      expect(gone.code).to.equal(3);
      expect(gone.stderr).to.include(`name it with --capture${key === '' ? '' : ` ${key}FILE`}`);
      expect(found.stdout, found.stderr).to.match(/: the same; /);
      expect(found.code).to.equal(0);
    });
  }

  it('stand in one folder, and are verified one by one', async () => {
    const made = ['explain', 'tune'].map((name) => COMMANDS.find((one) => one.name === name)!);
    for (const { name, args } of made) await run(name, ...args.slice(0, -1), 'shared', '-q');
    await run('x.pcap.gz', '--out', 'shared', '--format', 'csv', '-q');
    folder.write('shared/x/notes.txt', 'mine');
    const { code, stdout } = await run('verify', 'shared');
    expect(code).to.equal(0);
    const titles = [...stdout.matchAll(/^(\S+): the same/gm)].map(([, title]) => title);
    expect(titles).to.deep.equal([
      'shared/x',
      'shared/x/explain.provenance.json',
      'shared/x/tune.provenance.json',
    ]);
    expect(stdout.match(/not compared: notes\.txt\n/g)).to.have.length(1);
  });

  it('of a batch: captures without a result have none again, whatever became of them', async () => {
    mkdirSync(folder.path('some'));
    for (const name of ['x', 'y'])
      cpSync(folder.path(`${name}.pcap.gz`), folder.path(`some/${name}.pcap.gz`));
    folder.write('some/cut.pcap', Buffer.from('d4c3b2a102000400', 'hex'));
    const { code, stderr } = await run('some', '--format', 'csv,html', '--out', 'lacking', '-q');
    expect(code, stderr).to.equal(4);
    const path = folder.path('lacking/batch.provenance.json');
    const text = readFileSync(path, 'utf8');
    const { inputs, missing, files } = JSON.parse(text) as Provenance;
    expect(inputs.map(({ name }) => name)).to.deep.equal(['x', 'y']);
    expect(missing!.map(({ name, file }) => [name, file])).to.deep.equal([['cut', 'cut.pcap']]);
    expect(missing![0]!.reason).to.match(/^the file ends after 8 bytes, inside its header/);
    expect(files.map(({ name }) => name)).to.deep.equal(['summary.csv', 'batch.csv', 'report.html']);
    const isSame =
      /batch\.provenance\.json: the same; 3 of 3 files.*\n {2}without a result then, which is taken as recorded: cut\n/;
    expect((await run('verify', 'lacking')).stdout).to.match(isSame);
    rmSync(folder.path('some/cut.pcap'));
    const gone = await run('verify', 'lacking');
    expect(gone.stdout).to.match(isSame);
    expect(gone.code).to.equal(0);

    writeFileSync(path, text.replace('the file ends', 'the file begins'));
    const changed = await run('verify', 'lacking', '--json');
    expect(changed.code).to.equal(5);
    const reports = JSON.parse(changed.stdout) as { files: { name: string; status: string }[] }[];
    const bad = reports.flatMap((one) => one.files.filter(({ status }) => status !== 'same'));
    expect(bad.map(({ name, status }) => [name, status])).to.deep.equal([
      ['summary.csv', 'differs'],
      ['report.html', 'differs'],
    ]);
    writeFileSync(path, text.replace('"reason"', '"cause"'));
    expect((await run('verify', 'lacking')).stderr).to.match(
      /batch\.provenance\.json: lacks what a run needs/,
    );
  });

  it('of the table that comes with the program need no input', async () => {
    await run('calibrate', '--example', '--out', 'example', '-q');
    const { code, stdout } = await run('verify', 'example');
    expect(stdout).to.match(/: the same; 3 of 3 files byte for byte\n$/);
    expect(code).to.equal(0);
  });

  it('cannot be made again where the capture was a pipe, or the sweep was interrupted', async () => {
    const args = ['sweep', '-', '--vary', 'max-aggr=2,8', '--out', 'piped', '--format', 'csv,json', '-q'];
    const input = readFileSync(folder.path('x.pcap.gz'));
    expect((await runCommand(args, { input, cwd: folder.path('.') })).code).to.equal(0);
    const piped = await run('verify', 'piped');
    expect(piped.code).to.equal(3);
    expect(piped.stderr).to.include('came from standard input: name it with --capture');
    const named = await run('verify', 'piped', '--capture', 'x.pcap.gz');
    expect(named.stdout).to.include(': the same;').and.include('the hash of the capture was not kept');

    const stem = folder.path('piped/stdin/sweep-max-aggr');
    const text = readFileSync(`${stem}.provenance.json`, 'utf8').replaceAll('aggr.csv', 'aggr.partial.csv');
    writeFileSync(`${stem}.provenance.json`, text);
    const partial = await run('verify', 'piped', '--capture', 'x.pcap.gz');
    expect(partial.code).to.equal(3);
    expect(partial.stderr).to.include('interrupted');
  });
});
