import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Provenance } from '../../src/report/provenance.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const NAME = 'full-f4.pcap.gz';
const OTHER = join(CAPTURES, 'web-8thr.pcap.gz');

describe('analyze verify', () => {
  const folder = useTempFolder();
  let capture = '';
  let report = '';
  before(async () => {
    capture = folder.path(NAME);
    cpSync(join(CAPTURES, NAME), capture);
    folder.write('analyze.config.json', '{"rx-usecs": 40}');
    const { code } = await runCommand(
      [NAME, '--nic', 'igb', '--poll', 'LRO=window:80', '--set', 'cost.linearise.cyclesPerByte=0.5', '-q'],
      { cwd: folder.path('.') },
    );
    expect(code).to.equal(0);
    report = folder.path('reports/full-f4');
    rmSync(folder.path('analyze.config.json'));
  });

  /** A copy of the report with one file changed. */
  function altered(name: string, file: string, change: (text: string) => string): string {
    const copy = folder.path(join('reports', name));
    cpSync(report, copy, { recursive: true });
    const path = join(copy, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return copy;
  }

  it('finds every file the same, with options of flags, a configuration file that is gone, and presets', async () => {
    const { code, stdout } = await runCommand(['verify', report]);
    expect(stdout).to.match(/: the same; (\d+) of \1 files byte for byte/);
    expect(code).to.equal(0);
  });

  it('knows the path, the command and the hash of every file', () => {
    const provenance = JSON.parse(readFileSync(join(report, 'provenance.json'), 'utf8')) as Provenance;
    expect(provenance.capture!.path).to.equal(`../../${NAME}`);
    expect(provenance.command).to.equal('analyze');
    for (const { sha256 } of provenance.files) expect(sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it('names a file that was changed, and where', async () => {
    const copy = altered('changed', 'lro-rate.csv', (text) => text.replace('Xen,1.00', 'Xen,1.01'));
    const { code, stdout } = await runCommand(['verify', copy]);
    expect(stdout).to.include('NOT the same');
    expect(stdout).to.include(
      "lro-rate.csv was changed after it was written: line 2: 'Xen,1.01', now 'Xen,1.00'",
    );
    expect(code).to.equal(5);
  });

  it('tells what comes out differently from what was changed, and names the key', async () => {
    const copy = altered('options', 'provenance.json', (text) =>
      text.replaceAll('LRO=window:80', 'LRO=window:90'),
    );
    const { code, stdout } = await runCommand(['verify', copy, '--json']);
    expect(code).to.equal(5);
    const [{ files, notes }] = JSON.parse(stdout) as [
      { files: { name: string; status: string; kind: string; where: string }[]; notes: string[] },
    ];
    const of = (name: string): (typeof files)[number] => files.find((file) => file.name === name)!;
    expect(of('summary.json')).to.include({ status: 'differs', kind: 'data' });
    expect(of('summary.json').where).to.match(/LRO=window:80.*now .*LRO=window:90/);
    expect(of('lro-rate.csv').status).to.equal('differs');
    expect(of('lro-rate.png').kind).to.equal('picture');
    expect(notes.join()).to.include('the options come out differently');
  });

  it('does not fail for pictures alone, which another machine draws otherwise', async () => {
    const picture = Buffer.from('drawn elsewhere\0');
    const { createHash } = await import('node:crypto');
    const copy = altered('picture', 'provenance.json', (text) => {
      const provenance = JSON.parse(text) as Provenance;
      const files = provenance.files.map((file) =>
        file.name === 'latency.png'
          ? { ...file, sha256: createHash('sha256').update(picture).digest('hex') }
          : file,
      );
      return JSON.stringify({ ...provenance, files });
    });
    writeFileSync(join(copy, 'latency.png'), picture);
    const { code, stdout } = await runCommand(['verify', copy]);
    expect(stdout)
      .to.include('the same but for pictures')
      .and.include('latency.png comes out differently: byte');
    expect(code).to.equal(0);
    writeFileSync(join(copy, 'latency.png'), 'broken');
    expect((await runCommand(['verify', copy])).code).to.equal(5);
  });

  it('tells other versions, files that are missing, and files that are not of the report', async () => {
    const copy = altered('version', 'provenance.json', (text) =>
      text.replace(/"version": ".*"/, '"version": "0.0.9"'),
    );
    rmSync(join(copy, 'throughput.csv'));
    writeFileSync(join(copy, 'notes.txt'), 'mine');
    const { code, stdout } = await runCommand(['verify', copy]);
    expect(stdout)
      .to.include('written by version 0.0.9')
      .and.include('throughput.csv is missing')
      .and.include('not compared: notes.txt');
    expect(code).to.equal(5);
  });

  it('refuses another capture, and takes the same one under another name and elsewhere', async () => {
    const other = await runCommand(['verify', report, '--capture', OTHER]);
    expect(other.stdout).to.include('is another capture than that of the report');
    expect(other.code).to.equal(5);
    const moved = folder.path('moved.gz');
    cpSync(capture, moved);
    const same = await runCommand(['verify', report, '--capture', moved]);
    expect(same.stdout).to.match(/: the same; /);
    expect(same.code).to.equal(0);
  });

  it('verifies each report of a batch, and says which cannot be', async () => {
    const out = folder.path('batch');
    await runCommand([capture, OTHER, '--out', out, '--format', 'csv', '-q']);
    const all = await runCommand(['verify', out]);
    expect(all.code).to.equal(0);
    expect(all.stdout.match(/: the same; /g)).to.have.length(3);
    writeFileSync(join(out, 'full-f4', 'provenance.json'), '{"files": []}');
    const some = await runCommand(['verify', out]);
    expect(some.stdout.match(/: the same; /g)).to.have.length(2);
    expect(some.stderr).to.include('lacks what a run needs');
    expect(some.code).to.equal(3);
  });

  it('says what it cannot verify: reports without provenance, a capture that is gone or was a pipe', async () => {
    mkdirSync(folder.path('empty'));
    const empty = await runCommand(['verify', folder.path('empty')]);
    expect(empty.code).to.equal(3);
    expect(empty.stderr).to.include('there is no provenance.json');
    const foreign = altered('foreign', 'provenance.json', (text) =>
      text.replace('"command": "analyze"', '"command": "coalesce"'),
    );
    expect((await runCommand(['verify', foreign])).stderr).to.include("no reports of 'coalesce'");

    const gone = altered('gone', 'provenance.json', (text) =>
      text.replace(`../../${NAME}`, '../../gone.pcap'),
    );
    expect((await runCommand(['verify', gone])).stderr).to.match(
      /is not at .*gone\.pcap: name it with --capture/,
    );

    const out = folder.path('piped');
    await runCommand(['-', '--out', out, '--format', 'csv', '-q'], { input: readFileSync(capture) });
    const piped = await runCommand(['verify', join(out, 'stdin')]);
    expect(piped.code).to.equal(3);
    expect(piped.stderr).to.include('standard input');
    const named = await runCommand(['verify', join(out, 'stdin'), '--capture', capture]);
    expect(named.stdout).to.include('the hash of the capture was not kept');
    expect(named.code).to.equal(0);
    const missing = await runCommand(['verify', folder.path('nothing')]);
    expect(missing.stderr).to.include('is no folder');
    expect(missing.code).to.equal(2);
  });
});
