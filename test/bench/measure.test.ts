import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Command, isInstalled } from '../../bench/commands.ts';
import { peakMemoryBytes, probe, timeInterleaved, timeOnce } from '../../bench/measure.ts';
import { skipWith } from '../helpers/surroundings.ts';

function script(...lines: string[]): Command {
  return { name: 'node -e 0', program: process.execPath, arguments: ['-e', lines.join(';')], forgets: null };
}

describe('bench: running commands', () => {
  it('says why a command cannot be measured', () => {
    expect(probe(script('0'))).to.equal(null);
    expect(probe(script('console.error("first\\nno such flag")', 'process.exit(3)'))).to.equal(
      'exit code 3: no such flag',
    );
    expect(probe({ name: 'tcpdump', program: 'no-such-program', arguments: [], forgets: null })).to.include(
      'ENOENT',
    );
    expect(isInstalled('no-such-program')).to.equal(false);
    expect(isInstalled(process.execPath)).to.equal(true);
  });

  it('does not time a run that fails', () => {
    expect(() => timeOnce(script('process.exit(1)'))).to.throw('failed in a timed run');
  });

  it('takes away what a run would spare the next', () => {
    const folder = mkdtempSync(join(tmpdir(), 'analyze-test-'));
    try {
      const kept = join(folder, 'kept');
      const command = script(`require('fs').mkdirSync(${JSON.stringify(kept)})`);
      timeOnce({ ...command, forgets: kept });
      timeOnce({ ...command, forgets: kept });
      expect(() => timeOnce(command)).to.throw('failed in a timed run');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('runs all commands once a round, in turn', () => {
    const folder = mkdtempSync(join(tmpdir(), 'analyze-test-'));
    try {
      const log = join(folder, 'log');
      const note = (name: string) =>
        script(`require('fs').appendFileSync(${JSON.stringify(log)}, '${name}')`);
      const commands = new Map(['a', 'b'].map((name) => [name, note(name)]));
      const times = timeInterleaved(commands, 3);
      expect(readFileSync(log, 'utf8')).to.equal('ababab');
      expect([...times].map(([name, seconds]) => [name, seconds.length])).to.deep.equal([
        ['a', 3],
        ['b', 3],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('sees memory that a command has used and given back', () => {
    const used = 150e6;
    const plain = peakMemoryBytes(script('0'));
    const big = peakMemoryBytes(script(`Buffer.alloc(${used}, 1)`));
    expect(plain).to.be.within(10e6, 150e6);
    // What a process needs to start varies by tens of megabytes from run to run.
    expect(big - plain).to.be.above(0.5 * used);
  });

  it('does not take the memory of whoever measures for that of the command', function () {
    if (process.platform !== 'linux') skipWith(this, 'only Linux counts the memory of the parent');
    const mine = Buffer.alloc(400e6, 1);
    expect(peakMemoryBytes(script('0'))).to.be.below(150e6);
    expect(mine.length).to.equal(400e6);
  });
});
