import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');

interface Summary {
  configuration: string;
  copiesPerByte: { linearise: number; netback: number; grantCopy: number; domain0: number };
  perSkb: { packets: number; linearBuffers: number; slots: number; pageFlips: number };
  domain0: { cyclesPerByte: number; stages: { stage: string; cyclesPerByte: number }[] };
}

describe('analyze explain --path', function () {
  this.timeout(30_000);

  it('prints copies, allocations, slots and cycles by stage for each configuration', async () => {
    const { code, stdout } = await runCommand(['explain', CAPTURE, '--path', '--poll', 'batch:8']);
    expect(code).to.equal(0);
    for (const line of [
      /^Copies of a payload byte +Xen +LRO +Optimized$/m,
      /^ +linearised between bridge and vif +0\.000 +0\.\d+ +0\.000$/m,
      /^ +ring slots +1\.000 /m,
      /^Domain0, cycles per byte +Xen +LRO +Optimized$/m,
      /^DomainU, cycles per byte +Xen +LRO +Optimized$/m,
    ]) {
      expect(stdout).to.match(line);
    }
  });

  it('--json gives the same numbers, which agree with those of the main command', async () => {
    const options = [CAPTURE, '--poll', 'batch:8', '--receive-mode', 'grant-copy', '--json'];
    const [explained, analyzed] = await Promise.all([
      runCommand(['explain', ...options, '--path']),
      runCommand([...options, '--format', 'none']),
    ]);
    const { path } = JSON.parse(explained.stdout) as { path: Summary[] };
    const { configurations } = JSON.parse(analyzed.stdout) as { configurations: Summary[] };
    expect(path.map((one) => one.configuration)).to.deep.equal(['Xen', 'LRO', 'Optimized']);
    expect(path.map((one) => one.domain0)).to.deep.equal(configurations.map((one) => one.domain0));
    const [xen, lro, optimized] = path;
    expect(xen!.copiesPerByte).to.include({ linearise: 0, netback: 0, grantCopy: 1, domain0: 1 });
    expect(lro!.copiesPerByte.linearise).to.be.above(0);
    expect(optimized!.copiesPerByte).to.include({ linearise: 0, netback: lro!.copiesPerByte.linearise });
    expect(path.map((one) => one.perSkb.pageFlips)).to.deep.equal([0, 0, 0]);
  });

  const wrong: readonly (readonly [name: string, args: readonly string[], code: number, says: RegExp])[] = [
    ['an engine that is not there', [CAPTURE, '--path', '--engine', 'lro'], 2, /--engine: 'lro' is none of/],
    ['no capture', ['--path'], 2, /Not enough/],
    ['a missing file', ['no-such.pcap', '--path'], 3, /no-such\.pcap: no such file/],
    ['an option of another mode', [CAPTURE, '--path', '--fragment-copy', 'direct'], 2, /--fragment-copy/],
  ];
  for (const [name, args, code, says] of wrong) {
    it(`wrong usage: ${name}`, async () => {
      const result = await runCommand(['explain', ...args]);
      expect(result.stderr).to.match(says);
      expect(result.code).to.equal(code);
      expect(result.stdout).to.equal('');
    });
  }
});
