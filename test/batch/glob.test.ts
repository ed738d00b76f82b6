import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { expandGlob } from '../../src/batch/glob.ts';
import { runCommand } from '../helpers/command.ts';
import { FORMATS, useTempFolder } from '../helpers/surroundings.ts';

describe('a pattern of paths', () => {
  const folder = useTempFolder();
  before(() => {
    for (const path of ['site a/deep/er', 'b', '.hidden']) mkdirSync(folder.path(path), { recursive: true });
    for (const name of ['b/1.pcap', 'b/2.pcap', 'b/10.pcapng', 'b/.h.pcap', 'b/[x].pcap', '.hidden/y.pcap']) {
      folder.write(name, '');
    }
    for (const name of ['site a/1.pcap', 'site a/deep/er/3.pcap']) folder.write(name, '');
    symlinkSync(folder.path('.'), folder.path('site a/round'));
  });

  const cases: readonly (readonly [pattern: string, found: readonly string[]])[] = [
    ['b/1.pcap', ['b/1.pcap']],
    ['b/*.pcap', ['b/1.pcap', 'b/2.pcap', 'b/[x].pcap']],
    ['b/?.pcap*', ['b/1.pcap', 'b/2.pcap']],
    ['b/[1-9]*', ['b/1.pcap', 'b/10.pcapng', 'b/2.pcap']],
    ['b/[!1]*.pcap', ['b/2.pcap', 'b/[x].pcap']],
    ['b/[x].pcap', ['b/[x].pcap']],
    ['b/.*', ['b/.h.pcap']],
    ['*', ['b', 'site a']],
    ['*/1.pcap', ['b/1.pcap', 'site a/1.pcap']],
    ['site?a/**/*.pcap', ['site a/1.pcap', 'site a/deep/er/3.pcap']],
    ['**/3.pcap', ['site a/deep/er/3.pcap']],
    ['b/*.none', ['b/*.none']],
    ['b/[z-a]*', ['b/[z-a]*']],
    ['nowhere/*', ['nowhere/*']],
  ];
  for (const [pattern, found] of cases) {
    it(`${pattern}: ${found.join(', ')}`, () => {
      expect(expandGlob(folder.path(pattern))).to.deep.equal(found.map((one) => folder.path(one)));
    });
  }

  it('is below where the command runs, and makes a batch of what it matches', async () => {
    const captures = folder.path('captures');
    mkdirSync(captures);
    for (const name of ['x1', 'x2', 'y'])
      cpSync(join(FORMATS, 'base.pcap.gz'), join(captures, `${name}.pcap.gz`));
    const run = (pattern: string): ReturnType<typeof runCommand> =>
      runCommand([pattern, '--format', 'csv', '--out', 'out'], { cwd: folder.path('.') });
    const { code, stderr } = await run('captures/x*.pcap.gz');
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/2 captures: 2 analysed/);
    expect(readFileSync(folder.path('out/summary.csv'), 'utf8')).to.match(/\nx1,.*\nx2,/s);
    expect(await run('captures/z*')).to.include({ code: 3, stdout: '' });
  });
});
