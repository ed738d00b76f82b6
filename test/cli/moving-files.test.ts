/** Files that are written, replaced or taken away while they are read, and places that nothing can be written to or read from. */
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { ResultRecord } from '../../src/replay/result.ts';
import { COMMAND, type CommandResult, runCommand } from '../helpers/command.ts';
import { CAPTURES, skipWith, useTempFolder } from '../helpers/surroundings.ts';

const REAL = gunzipSync(readFileSync(join(CAPTURES, 'f1.pcap.gz')));
const SMALL = join(CAPTURES, 'full-f4.pcap.gz');
const HEADER_BYTES = 24;
/** The first record, whole. */
const RECORD = REAL.subarray(HEADER_BYTES, HEADER_BYTES + 16 + REAL.readUInt32LE(HEADER_BYTES + 8));

describe('a file that does not stay as it is', () => {
  const folder = useTempFolder();

  /** Runs the command and does `change` again and again until it has ended. */
  async function runWhile(args: readonly string[], change: (times: number) => void): Promise<CommandResult> {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'pipe' });
    let [stdout, stderr, times] = ['', '', 0];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setInterval(() => change(times++), 2);
    try {
      return await new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
      });
    } finally {
      clearInterval(timer);
    }
  }

  const identityIn = (out: string): unknown[] => {
    const { capture, task } = JSON.parse(readFileSync(join(out, 'provenance.json'), 'utf8')) as {
      capture: { sha256: string | null };
      task: string | null;
    };
    return [capture.sha256, task];
  };

  const cases: readonly {
    readonly name: string;
    /** What happens to the capture at `path` each time. */
    readonly change: (path: string, times: number) => void;
  }[] = [
    {
      name: 'that grows, as tcpdump writes it: what was there is analysed',
      change: (path) => appendFileSync(path, RECORD),
    },
    {
      name: 'that another replaces: one of them is analysed',
      change: (path, times) => {
        writeFileSync(`${path}.next`, REAL.subarray(0, REAL.length - times * 1000));
        renameSync(`${path}.next`, path);
      },
    },
  ];
  for (const { name, change } of cases) {
    it(name, async () => {
      const path = folder.write('moving.pcap', REAL);
      const out = folder.path('reports');
      const args = [path, '--json', '--format', 'json', '--out', out];
      const { code, stdout, stderr } = await runWhile(args, (times) => change(path, times));
      const record = JSON.parse(stdout) as ResultRecord;
      const codes = record.warnings.map((warning) => warning.code);
      expect(codes, stderr).to.include('W-CHANGED');
      expect(stderr).to.match(/W-CHANGED: the file changed while it was read/);
      // A record that was being written is cut.
      expect(code).to.equal(codes.includes('W-CUT') ? 4 : 0);
      expect(record.capture.packets).to.be.above(10_000);
      // No hash of what the file is now stands beside results of what it was.
      expect(identityIn(join(out, 'moving'))).to.deep.equal([null, null]);
    });
  }

  it('in a sweep: no hash of what it became stands beside results of what it was', async () => {
    const path = folder.write('swept.pcap', REAL);
    const args = ['sweep', path, '--vary', 'max-aggr=2,8', '--format', 'csv', '--out', folder.path('swept')];
    const { stderr } = await runWhile(args, () => appendFileSync(path, RECORD));
    expect(stderr).to.match(/wrote .*sweep-max-aggr\.csv/);
    const provenance = folder.path('swept/swept/sweep-max-aggr.provenance.json');
    const { capture } = JSON.parse(readFileSync(provenance, 'utf8')) as {
      capture: { sha256: string | null };
    };
    expect(capture.sha256).to.equal(null);
  });

  it('in a batch: its result is not kept, those of others are', async () => {
    const captures = folder.path('batch');
    mkdirSync(captures);
    const path = join(captures, 'growing.pcap');
    writeFileSync(path, REAL);
    copyFileSync(SMALL, join(captures, 'still.pcap.gz'));
    const args = [captures, '--format', 'json', '--out', folder.path('kept')];
    const first = await runWhile(args, () => appendFileSync(path, RECORD));
    expect(first.stderr).to.match(/W-CHANGED/);
    const { stderr, code } = await runCommand(args);
    expect(stderr).to.match(/2 captures: 1 unchanged since an earlier run, 1 analysed/);
    expect([0, 4]).to.include(code);
  });

  it('that is taken away while a batch waits to read it: it fails alone', async () => {
    const captures = folder.path('vanishing');
    mkdirSync(captures);
    writeFileSync(join(captures, 'a.pcap'), REAL);
    const last = join(captures, 'b.pcap.gz');
    copyFileSync(SMALL, last);
    const args = [captures, '--format', 'json', '--workers', '1', '--out', folder.path('left')];
    const report = folder.path('left/b');
    const { code, stderr } = await runWhile(args, () => {
      // Its folder is made when it has been found.
      if (existsSync(report)) rmSync(last, { force: true });
    });
    expect(stderr)
      .to.match(/b\.pcap\.gz: .*(no such file|ENOENT)/)
      .and.match(/1 analysed, 1 unreadable/);
    expect(code).to.equal(4);
  });
});

describe('a full disk', () => {
  let disk = '';
  // Before that of the folder, which could not be removed otherwise.
  after(() => {
    spawnSync('umount', [disk]);
  });
  const folder = useTempFolder();
  before(function () {
    disk = folder.path('disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40k', 'tmpfs', disk]);
    if (mounted.status !== 0) skipWith(this, 'a small file system cannot be mounted here');
  });

  /** Files that do not belong there. */
  const leftovers = (): string[] =>
    readdirSync(disk, { recursive: true })
      .map(String)
      .filter((name) => /\.tmp|partial/.test(name));

  it('leaves an earlier report as it was', async () => {
    const once = [SMALL, '--out', disk, '-q'];
    expect(await runCommand([...once, '--format', 'csv'])).to.include({ code: 0, stderr: '' });
    const path = join(disk, 'full-f4', 'lro-rate.csv');
    const before = readFileSync(path, 'utf8');
    const { code, stderr } = await runCommand([...once, '--format', 'csv,png', '--max-aggr', '4']);
    expect(stderr).to.match(/^analyze: cannot write \S+: the disk is full; free some space or .*ENOSPC\)\n$/);
    expect(code).to.equal(2);
    expect(readFileSync(path, 'utf8')).to.equal(before);
    expect(leftovers()).to.deep.equal([]);
  });

  for (const workers of ['1', '2']) {
    it(`ends a batch of ${workers} at a time, says so and nothing else`, async () => {
      const captures = ['full-f4', 'mtu9000-f1'].map((name) => join(CAPTURES, `${name}.pcap.gz`));
      const { code, stderr } = await runCommand([...captures, '--out', disk, '--workers', workers, '-q']);
      expect(stderr).to.match(/^analyze: cannot write \S+: the disk is full; .*ENOSPC\)\n$/);
      expect(code).to.equal(2);
      expect(leftovers()).to.deep.equal([]);
    });
  }

  it('behind -w leaves no half-written capture', async () => {
    const { code, stderr } = await runCommand(['coalesce', SMALL, '-q', '-w', join(disk, 'merged.pcap')]);
    expect(stderr).to.match(/-w: \S+merged\.pcap cannot be written \(ENOSPC\)/);
    expect(code).to.equal(2);
    expect(readdirSync(disk)).not.to.include('merged.pcap');
    expect(leftovers()).to.deep.equal([]);
  });
});

describe('-w to what is no file', () => {
  const folder = useTempFolder();

  it('writes to a pipe, and leaves it one', async function () {
    const [pipe, copy] = [folder.path('pipe'), folder.path('copy.pcap')];
    if (spawnSync('mkfifo', [pipe]).status !== 0) skipWith(this, 'there is no mkfifo');
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    reader.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const done = new Promise((resolve) => reader.on('close', resolve));
    expect((await runCommand(['coalesce', SMALL, '-q', '-w', pipe])).code).to.equal(0);
    await done;
    expect(statSync(pipe).isFIFO()).to.equal(true);
    expect((await runCommand(['coalesce', SMALL, '-q', '-w', copy])).code).to.equal(0);
    expect(Buffer.concat(chunks).equals(readFileSync(copy))).to.equal(true);
  });
});

describe('what may not be read or written', () => {
  after(() => chmodSync(join(captures, 'closed'), 0o755));
  const folder = useTempFolder();
  let uid: number | undefined;
  let captures = '';
  before(async function () {
    captures = folder.path('captures');
    mkdirSync(join(captures, 'closed'), { recursive: true });
    copyFileSync(SMALL, join(captures, 'open.pcap.gz'));
    copyFileSync(SMALL, join(captures, 'secret.pcap.gz'));
    mkdirSync(folder.path('out'));
    chmodSync(folder.path('out'), 0o777);
    mkdirSync(folder.path('locked'));
    chmodSync(folder.path('locked'), 0o555);
    chmodSync(join(captures, 'closed'), 0o000);
    chmodSync(join(captures, 'secret.pcap.gz'), 0o000);
    // Root may do everything: runs as nobody instead, who must then be able to run the command.
    uid = process.getuid?.() === 0 ? 65_534 : undefined;
    if (uid === undefined) return;
    chmodSync(folder.path('.'), 0o755);
    const { code } = await runCommand(['--version'], { uid });
    if (code !== 0) skipWith(this, 'another user cannot run the command here');
  });

  const run = (...args: string[]): Promise<CommandResult> =>
    runCommand(args, uid === undefined ? {} : { uid });

  it('a folder and a file in a batch: named, the others are analysed', async () => {
    const { code, stderr } = await run(captures, '--out', folder.path('out'), '--format', 'json');
    expect(stderr)
      .to.match(/closed: cannot be read \(EACCES\)/)
      .and.match(/secret\.pcap\.gz: cannot be read \(EACCES\)/)
      .and.match(/3 captures: 1 analysed, 2 unreadable/)
      .and.not.match(/ at /);
    expect(code).to.equal(4);
  });

  it('a folder alone', async () => {
    const { code, stdout, stderr } = await run(join(captures, 'closed'), '--out', folder.path('out'));
    expect(stderr).to.match(/closed: cannot be read \(EACCES\). Check the file and its permissions/);
    expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' });
  });

  it('an output folder', async () => {
    const { code, stdout, stderr } = await run(
      join(captures, 'open.pcap.gz'),
      '--out',
      folder.path('locked'),
    );
    expect(stderr).to.match(/^analyze: cannot write .*no permission; change the permissions or choose .*\n$/);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
  });
});
