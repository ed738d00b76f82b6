import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { COMMAND, runCommand } from '../helpers/command.ts';
import { CAPTURES, filesIn, skipWith, useTempFolder } from '../helpers/surroundings.ts';
import { zstdFrame } from '../helpers/zstd-frames.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');
/** Long enough to be read in several chunks and to fill pipes. */
const LONG = join(CAPTURES, 'f1.pcap.gz');

/** Waits for the end of a child and returns what it wrote to stderr. */
function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

function start(args: readonly string[], stdout: 'pipe' | number): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['ignore', stdout, 'pipe'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
}

describe('the streams of the command', () => {
  const folder = useTempFolder();

  it('stdin gives what the file gives: plain, gzip and zstd, before and after the options', async () => {
    const packed = readFileSync(CAPTURE);
    const plain = gunzipSync(packed);
    const options = ['--jsonl', '--poll', 'window:50'];
    const fromFile = await runCommand(['coalesce', CAPTURE, ...options]);
    expect(fromFile.code).to.equal(0);
    expect(fromFile.stdout.split('\n')).to.have.length.above(100);
    for (const input of [plain, packed, gzipSync(plain, { level: 1 }), zstdFrame(plain)]) {
      expect(await runCommand(['coalesce', '-', ...options], { input })).to.deep.equal(fromFile);
    }
    expect(await runCommand(['coalesce', ...options, '-'], { input: packed })).to.deep.equal(fromFile);
  });

  it('a named pipe gives what the file gives', async function () {
    const pipe = folder.path('pipe');
    if (spawnSync('mkfifo', [pipe]).status !== 0) skipWith(this, 'mkfifo does not work here');
    const expected = await runCommand(['coalesce', LONG, '-q']);
    const writer = spawn('sh', ['-c', `cat "${LONG}" > "${pipe}"`]);
    const result = await runCommand(['coalesce', pipe, '-q']);
    writer.kill();
    expect(result).to.deep.equal(expected);
  });

  it('stdout holds data only, one JSON object a line', async () => {
    const { stdout, stderr } = await runCommand(['coalesce', CAPTURE, '--jsonl']);
    const lines = stdout.trimEnd().split('\n');
    const objects = lines.map((line) => JSON.parse(line) as { packets?: unknown });
    expect(objects.slice(0, -1).every((object) => Array.isArray(object.packets))).to.equal(true);
    expect(Object.keys(objects.at(-1) ?? {})).to.deep.equal(['stats']);
    expect(stderr).to.contain('analyze: receiver: mac 02:00:00:00:00:02');
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('analyze: ')),
    ).to.equal(true);
  });

  it('--quiet keeps the warnings and nothing else', async () => {
    // Taken at one end, the two directions together are not in order of time.
    const { stdout, stderr } = await runCommand(['coalesce', CAPTURE, '--quiet', '--receiver', 'all']);
    expect(stderr).to.match(/^analyze: W-TIME-BACKWARDS: .*\n$/);
    expect(stdout).to.contain('packets received');
  });

  it('a reader that goes away ends the program quietly, and leaves no file behind', async () => {
    const child = start(['coalesce', LONG, '-q', '--jsonl', '-w', folder.path('merged.pcap')], 'pipe');
    const first = new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => {
        child.stdout?.destroy();
        resolve(chunk.toString());
      });
    });
    const { code, stderr } = await ended(child);
    expect(await first).to.match(/^\{"packets":\[0\]/);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    expect(filesIn(folder.path('.')).filter((name) => name.startsWith('merged'))).to.deep.equal([]);
  });

  it('a full disk behind stdout is said, without a stack', async function () {
    if (!existsSync('/dev/full')) skipWith(this, 'there is no /dev/full');
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await ended(start(['coalesce', CAPTURE, '-q'], full));
    closeSync(full);
    expect(stderr).to.contain('analyze: the output cannot be written (ENOSPC)').and.not.contain(' at ');
    expect(code).to.equal(2);
  });

  it('an interrupt ends it with 130, and leaves no file behind', async () => {
    // Reading LONG takes a while; the signal comes as soon as the first lines do.
    const other = start(['coalesce', LONG, '-w', folder.path('interrupted.pcap'), '--jsonl'], 'pipe');
    other.stdout?.once('data', () => other.kill('SIGINT')).resume();
    const { code } = await ended(other);
    expect(code).to.equal(130);
    expect(filesIn(folder.path('.')).filter((name) => name === 'interrupted.pcap')).to.deep.equal([]);
    expect(filesIn(folder.path('.')).filter((name) => name.includes(`partial-${other.pid}`))).to.deep.equal(
      [],
    );
  });
});
