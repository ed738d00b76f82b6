/** V8's code cache beside the files of the command: taken where it fits, done without where it does not. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Script } from 'node:vm';
import { expect } from 'chai';
import { ROOT, VECTORS } from '../helpers/surroundings.ts';

interface Loader {
  load(name: string): unknown;
  readonly scripts: ReadonlyMap<string, Script>;
}

const CAPTURE = join(VECTORS, 'inet_lro', 'inorder_ts.pcap');

describe('the code cache', function () {
  this.timeout(30_000);
  let folder: string;
  let cacheFiles: string[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'analyze-cache-'));
    for (const part of ['bin', join('dist', 'cli'), join('dist', 'wasm'), 'profiles', 'package.json']) {
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const bundle = join(folder, 'dist', 'cli');
    cacheFiles = readdirSync(bundle)
      .filter((name) => name.endsWith('.cache'))
      .map((name) => join(bundle, name));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(): { status: number | null; stdout: string; stderr: string } {
    const command = [join(folder, 'bin', 'analyze.js'), 'coalesce', CAPTURE, '--jsonl'];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('is there for what the ordinary commands load, and V8 takes it', () => {
    const { createLoader } = createRequire(import.meta.url)('../../../bin/load.js') as {
      createLoader(): Loader;
    };
    const loader = createLoader();
    for (const name of ['analyze.cjs', 'coalesce-command.cjs', 'analyze-command.cjs']) loader.load(name);
    expect(loader.scripts.size).to.be.at.least(3);
    for (const [path, script] of loader.scripts) expect(script.cachedDataRejected, path).to.equal(false);
  });

  it('changes nothing: cut, of another V8, empty or missing, the command says the same', () => {
    expect(cacheFiles).to.have.length.at.least(3);
    const expected = run();
    expect(expected).to.include({ status: 0 });
    expect(expected.stdout).to.include('"stats"');
    const damages: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, bytes.length / 2),
      // The second word is the version of V8.
      (bytes) => Buffer.from(bytes).fill(0x5a, 4, 8),
      () => Buffer.alloc(0),
    ];
    for (const damage of damages) {
      for (const file of cacheFiles) writeFileSync(file, damage(readFileSync(file)));
      expect(run()).to.deep.equal(expected);
    }
    for (const file of cacheFiles) rmSync(file);
    expect(run()).to.deep.equal(expected);
  });
});
