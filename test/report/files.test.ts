import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolder, OutputError, writeFiles } from '../../src/report/files.ts';
import { skipWith } from '../helpers/surroundings.ts';

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
    if (process.geteuid === undefined || process.seteuid === undefined)
      return skipWith(this, 'no POSIX users here');
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
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC'))
      return skipWith(this, 'no /dev/full here');
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
