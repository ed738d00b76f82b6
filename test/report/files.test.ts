import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { makeFolder, OutputError, reportFolderName, writeFiles } from '../../src/report/files.ts';

describe('reportFolderName', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['gbe-bulk.pcap.gz', 'gbe-bulk'],
    ['trace.PCAPNG.zst', 'trace'],
    ['old.cap', 'old'],
    ['run.3.pcap', 'run.3'],
    ['my capture.ntar', 'my capture'],
    ['user@host+1_a-b.pcap', 'user@host+1_a-b'],
    ['measurement', 'measurement'],
    ['-', 'capture'],
    ['', 'capture'],
    ['..', 'capture'],
    ['.pcap', 'capture'],
    ['.hidden.pcap', 'hidden'],
    ['--out.pcap', 'out'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['a\\b\n\u001b[31m.pcap', 'a_b___31m'],
    ['été.pcap', '_t_'],
    ['NUL.pcap', '_NUL'],
    ['a. .pcap', 'a'],
    [`${'x'.repeat(119)}.y.pcap`, 'x'.repeat(119)],
  ];
  for (const [name, folder] of cases) {
    it(`${JSON.stringify(name)} gives ${folder}`, () => {
      expect(reportFolderName(name)).to.equal(folder);
    });
  }

  const extension = fc.constantFrom('', '.pcap', '.pcap.gz', '.pcapng', '.cap', '.ntar', '.zst');
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('.', '..', '/', '\\', ' ', '-', '\0', 'con'),
  );
  const names = fc
    .tuple(fc.array(part, { maxLength: 12 }), extension)
    .map(([parts, end]) => parts.join('') + end);

  it('is one visible path component that stays in its folder, for any name', () => {
    fc.assert(
      fc.property(names, (name) => {
        const folder = reportFolderName(name);
        expect(folder).to.match(/^[A-Za-z0-9_+@][A-Za-z0-9._+@ -]*$/);
        expect(folder).not.to.match(/[. ]$/);
        expect(folder.length).to.be.within(1, 121);
        expect(basename(folder)).to.equal(folder);
        expect(resolve('reports', folder)).to.equal(`${resolve('reports')}${sep}${folder}`);
      }),
    );
  });

  it('depends on the name alone and gives the same again for its own result', () => {
    fc.assert(
      fc.property(names, (name) => {
        const folder = reportFolderName(name);
        fc.pre(folder.length < 120);
        expect(reportFolderName(folder)).to.equal(folder);
      }),
    );
  });
});

describe('writeFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'analyze-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function failure(action: () => void): OutputError {
    try {
      action();
    } catch (error) {
      if (error instanceof OutputError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  }

  it('makes the folder and writes text and bytes, and nothing else', () => {
    const report = join(folder, 'reports', 'a');
    const bytes = Uint8Array.of(0x89, 0, 255);
    const paths = writeFiles(report, [
      { name: 'throughput.csv', text: 'Größe\n' },
      { name: 'throughput.png', bytes },
    ]);
    expect(paths).to.deep.equal([join(report, 'throughput.csv'), join(report, 'throughput.png')]);
    expect(readFileSync(paths[0]!, 'utf8')).to.equal('Größe\n');
    expect(Uint8Array.from(readFileSync(paths[1]!))).to.deep.equal(bytes);
    expect(readdirSync(report).sort()).to.deep.equal(['throughput.csv', 'throughput.png']);
  });

  it('replaces the files of an earlier run as a whole and leaves others alone', () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFiles(folder, [{ name: 'summary.json', text: 'a long first text' }]);
    writeFiles(folder, [{ name: 'summary.json', text: 'short' }]);
    expect(readFileSync(join(folder, 'summary.json'), 'utf8')).to.equal('short');
    expect(readdirSync(folder).sort()).to.deep.equal(['notes.txt', 'summary.json']);
  });

  it('leaves no temporary file when it fails', () => {
    mkdirSync(join(folder, 'b.csv', 'in the way'), { recursive: true });
    const files = ['a.csv', 'b.csv', 'c.csv'].map((name) => ({ name, text: name }));
    const error = failure(() => writeFiles(folder, files));
    expect(error.path).to.equal(join(folder, 'b.csv'));
    expect(error.message).to.include(join(folder, 'b.csv')).and.to.include('--out');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);
  });

  it('says which folder cannot be made because a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    const inside = failure(() => writeFiles(join(folder, 'file', 'a'), []));
    expect(inside.code).to.equal('ENOTDIR');
    expect(inside.message).to.match(/^cannot write .*file.a: .*is a file, not a folder; .*--out/);
    expect(failure(() => makeFolder(join(folder, 'file'))).code).to.equal('EEXIST');
  });

  it('says so before anything is written where it has no permission', function () {
    if (process.geteuid === undefined || process.seteuid === undefined) return this.skip();
    const user = process.geteuid();
    const locked = join(folder, 'locked');
    mkdirSync(locked, { mode: 0o500 });
    const nobody = 65_534;
    if (user === 0) process.seteuid(nobody);
    try {
      expect(failure(() => makeFolder(locked)).code).to.equal('EACCES');
    } finally {
      if (user === 0) process.seteuid(user);
    }
  });

  it('says that a disk is full, and what to do', function () {
    let cause: unknown;
    try {
      writeFileSync('/dev/full', 'x');
    } catch (error) {
      cause = error;
    }
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) return this.skip();
    expect(new OutputError('reports/a/a.csv', cause).message).to.equal(
      'cannot write reports/a/a.csv: the disk is full; free some space or choose another folder with --out (ENOSPC)',
    );
  });

  it('refuses names that are not plain file names', () => {
    for (const name of ['', '.', '..', '.hidden', '../a.csv', 'a/b.csv', 'a\\b.csv', '-n.csv']) {
      expect(() => writeFiles(folder, [{ name, text: '' }]), name).to.throw(RangeError);
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
