/** A batch that does not come to its end: what was finished stays, and the next run goes on from there. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { COMMAND, runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const NAMES = ['f1', 'f1-bidir', 'f16', 'full-f4', 'loss1-f4-rtt2ms', 'v6-f4', 'web-8thr'];

describe('a batch that is ended early', () => {
  const folder = useTempFolder();
  let captures = '';
  before(() => {
    captures = folder.path('captures');
    mkdirSync(captures);
    // The first is small.
    for (const name of NAMES) cpSync(join(CAPTURES, `${name}.pcap.gz`), join(captures, `${name}.pcap.gz`));
    cpSync(join(CAPTURES, 'full-f4.pcap.gz'), join(captures, 'a.pcap.gz'));
  });

  const argsFor = (out: string, workers: number): string[] => [
    captures,
    ...['--out', folder.path(out), '--format', 'csv,html', '--workers', String(workers)],
  ];

  /** Sends `signal` when the first capture is done. */
  async function runUntil(
    signal: NodeJS.Signals,
    args: readonly string[],
  ): Promise<{ code: number | null; stderr: string }> {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (!child.killed && /wrote \S+\/a \(/.test(stderr)) child.kill(signal);
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stderr };
  }

  const isTemporary = (name: string): boolean => name.endsWith('.tmp');

  const filesIn = (out: string): string[] =>
    existsSync(out) ? readdirSync(out, { recursive: true, encoding: 'utf8' }) : [];

  /** Sends SIGINT as soon as there is a file with a temporary name, for which nothing but looking again and again is fast enough. */
  async function interruptWhenWriting(args: readonly string[], out: string): Promise<number | null> {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!filesIn(out).some((name) => isTemporary(name) || name === 'summary.csv'));
    child.kill('SIGINT');
    return await ended;
  }

  /** Path and content of each file that is the same in every run. */
  function contents(out: string): Map<string, string> {
    const names = readdirSync(folder.path(out), { recursive: true, encoding: 'utf8' });
    const files = names.filter(
      (name) => /\.(csv|html|json)$/.test(name) && !/(provenance|captures)\.json$/.test(name),
    );
    return new Map(files.sort().map((name) => [name, readFileSync(join(folder.path(out), name), 'utf8')]));
  }

  before(async () => {
    expect((await runCommand([...argsFor('whole', 2), '-q'])).code).to.equal(0);
  });

  for (const workers of [1, 2]) {
    it(`by Ctrl-C, with ${workers} at a time: says what is not done, and the next run does that`, async () => {
      const out = `ctrl-c-${workers}`;
      const { code, stderr } = await runUntil('SIGINT', argsFor(out, workers));
      expect(code).to.equal(130);
      const [, done, missing] = /8 captures: (\d) analysed, (\d) not done/.exec(stderr)!.map(Number);
      expect(done! + missing!).to.equal(8);
      expect(readFileSync(folder.path(`${out}/report.html`), 'utf8')).to.include(
        'not analysed: the run was interrupted',
      );
      const verified = await runCommand(['verify', folder.path(out)]);
      expect(verified.stdout)
        .to.match(/batch\.provenance\.json: the same; 3 of 3 files/)
        .and.match(/without a result then, which is taken as recorded: /);
      expect(verified.code, verified.stderr).to.equal(0);
      const again = await runCommand(argsFor(out, workers));
      expect(again.code).to.equal(0);
      const [, unchanged] = /8 captures: (\d) unchanged since an earlier run, \d analysed/
        .exec(again.stderr)!
        .map(Number);
      // A worker may have finished one that was not its turn to be shown.
      expect(unchanged).to.be.at.least(done!);
      expect(contents(out)).to.deep.equal(contents('whole'));
    });
  }

  it('by Ctrl-C while a file is written: leaves no half of one', async () => {
    // One in three times there was one, when threads that write were stopped.
    for (let round = 0; round < 5; round++) {
      const [name, out] = [`writing-${round}`, folder.path(`writing-${round}`)];
      expect(await interruptWhenWriting([...argsFor(name, 2), '-q'], out)).to.equal(130);
      expect(filesIn(out).filter(isTemporary)).to.deep.equal([]);
    }
  });

  it('by SIGKILL: what is half done is done again', async () => {
    const { code } = await runUntil('SIGKILL', argsFor('killed', 2));
    expect(code).to.equal(null);
    expect(existsSync(folder.path('killed/summary.csv'))).to.equal(false);
    const again = await runCommand(argsFor('killed', 2));
    expect(again.stderr).to.match(/8 captures: \d unchanged since an earlier run, \d analysed/);
    expect(again.code).to.equal(0);
    expect(contents('killed')).to.deep.equal(contents('whole'));
  });
});
