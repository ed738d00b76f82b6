import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const SMALL = join(CAPTURES, 'full-f4.pcap.gz');

interface Outcome {
  lroRate: number;
  domain0CyclesPerByte: number;
  latencyP99Us: number;
  predictedThroughputMbps: number;
  interrupts: number;
  droppedShare: number;
}

interface Tune {
  settings: {
    rxUsecs: string | null;
    rxFrames: string | null;
    merging: boolean;
    commands: string[];
    whole: Outcome;
    parts: Outcome[];
    onFront: boolean;
  }[];
  verdict: { knee: number; advice: number | null };
  parts: { fromNs: number; toNs: number; agrees: boolean }[];
  engine: string;
  rules: string[];
  assumptions: string[];
}

async function tune(args: readonly string[]): Promise<Tune> {
  const { code, stdout, stderr } = await runCommand(['tune', SMALL, ...args, '--json', '--format', 'none']);
  expect(code, stderr).to.equal(0);
  return JSON.parse(stdout) as Tune;
}

describe('analyze tune', function () {
  this.timeout(60_000);
  const folder = useTempFolder();

  it('finds for each setting what the main command finds with it', async () => {
    const { settings } = await tune(['--vary', 'rx-usecs=20,80', '--vary', 'rx-frames=0,6']);
    const names = settings.map(({ rxUsecs, rxFrames, merging }) => `${rxUsecs} ${rxFrames} ${merging}`);
    expect(names).to.deep.equal([
      ...['null null', '0 1', '20 0', '20 6', '80 0', '80 6'].map((one) => `${one} true`),
      ...['null null', '0 1', '20 0', '80 0'].map((one) => `${one} false`),
    ]);
    for (const { rxUsecs, rxFrames, merging, whole } of settings) {
      const own = rxUsecs === null ? [] : ['--rx-usecs', rxUsecs, '--rx-frames', rxFrames!];
      const { stdout } = await runCommand([SMALL, '--poll', 'napi', ...own, '--json', '--format', 'none']);
      const record = JSON.parse(stdout) as {
        configurations: {
          name: string;
          lroRate: number;
          domain0: { cyclesPerByte: number };
          latency: { p99Us: number };
          counters: { interrupts: number };
        }[];
      };
      const one = record.configurations.find(({ name }) => name === (merging ? 'LRO' : 'Xen'))!;
      expect(whole).to.include({
        lroRate: one.lroRate,
        domain0CyclesPerByte: one.domain0.cyclesPerByte,
        latencyP99Us: one.latency.p99Us,
        interrupts: one.counters.interrupts,
      });
    }
  });

  it('names the commands, and none where nothing changes', async () => {
    const { settings } = await tune([
      '--interface',
      'enp3s0',
      '--nic',
      'ixgbe',
      '--vary',
      'rx-usecs=50',
      '--vary',
      'rx-frames=0',
    ]);
    expect(settings.map(({ commands }) => commands)).to.deep.equal([
      ['ethtool -K enp3s0 lro on'],
      ['ethtool -C enp3s0 adaptive-rx off rx-usecs 0 rx-frames 1', 'ethtool -K enp3s0 lro on'],
      ['ethtool -C enp3s0 adaptive-rx off rx-usecs 50 rx-frames 0', 'ethtool -K enp3s0 lro on'],
      ['ethtool -K enp3s0 lro off'],
      ['ethtool -C enp3s0 adaptive-rx off rx-usecs 0 rx-frames 1', 'ethtool -K enp3s0 lro off'],
      ['ethtool -C enp3s0 adaptive-rx off rx-usecs 50 rx-frames 0', 'ethtool -K enp3s0 lro off'],
    ]);
    const gro = await tune(['--engine', 'linux-gro', '--configuration', 'Optimized']);
    expect(gro.engine).to.equal('linux-gro');
    expect(gro.settings[1]!.commands).to.deep.equal([
      'ethtool -C eth0 rx-usecs 0 rx-frames 1',
      'ethtool -K eth0 gro on',
      'echo 0 > /sys/class/net/eth0/gro_flush_timeout',
    ]);
  });

  it('advises a knee of the front that is better than the default in something, and tells of each part', async () => {
    const { settings, verdict, parts } = await tune(['--parts', '3']);
    expect(verdict.advice).to.equal(verdict.knee);
    const [base] = settings;
    const advised = settings[verdict.knee]!;
    expect(advised.onFront).to.equal(true);
    expect(advised.whole.lroRate).to.be.above(1.05 * base!.whole.lroRate);
    expect(parts).to.have.length(3);
    expect(advised.parts).to.have.length(3);
    expect(parts[1]!.fromNs).to.equal(parts[0]!.toNs);
    const interrupts = advised.parts.reduce((sum, part) => sum + part.interrupts, 0);
    expect(interrupts).to.be.within(advised.whole.interrupts, advised.whole.interrupts + 3);
  });

  it('says the advice first, then what to run, the front, the parts, rules and assumptions; writes CSV and chart', async () => {
    const { code, stdout, stderr } = await runCommand(['tune', SMALL, '--out', folder.path('out')]);
    expect(code, stderr).to.equal(0);
    const places = [
      /^full-f4\.pcap\.gz on tg3: use rx-usecs \d+/,
      /\nRun\n {2}ethtool -C eth0/,
      /\nThe front, /,
      /\nPart \(default/,
      /\nRules\n/,
      /\nAssumed\n/,
    ].map((pattern) => stdout.search(pattern));
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    expect(places[0]).to.equal(0);
    const out = join(folder.path('out'), 'full-f4');
    expect(readdirSync(out).sort()).to.deep.equal(['tune.csv', 'tune.png', 'tune.provenance.json']);
    const lines = readFileSync(join(out, 'tune.csv'), 'utf8').trim().split('\n');
    expect(lines.filter((line) => line.includes(',advice,'))).to.have.length(1);
    expect(lines[1]).to.match(/^preset,preset,on,default,/);
  });

  it('says so where nothing is worth changing: jumbo frames, which hardly merge', async () => {
    const jumbo = join(CAPTURES, 'mtu9000-f1.pcap.gz');
    const { stdout } = await runCommand(['tune', jumbo, '--mtu', '9000', '--format', 'none', '-q']);
    expect(stdout).to.match(/^mtu9000-f1\.pcap\.gz on tg3: nothing is worth changing\./);
    expect(stdout).not.to.include('\nRun\n');
  });

  it('advises no setting that drops packets', async () => {
    const slow = await tune(['--cpu-ghz', '0.1', '--vary', 'rx-usecs=20']);
    expect(slow.settings.every(({ whole }) => whole.droppedShare > 0.001)).to.equal(true);
    expect(slow.verdict).to.deep.equal({ knee: null, advice: null });
    const roomy = await tune(['--cpu-ghz', '0.1', '--vary', 'rx-usecs=20', '--ring', '4096']);
    expect(roomy.settings.every(({ whole }) => whole.droppedShare === 0)).to.equal(true);
    expect(roomy.verdict.knee).not.to.equal(null);
  });

  it('says so where there is nothing to merge', async () => {
    const { stdout, code } = await runCommand([
      'tune',
      SMALL,
      '--receiver',
      '192.0.2.1',
      '--format',
      'none',
      '-q',
    ]);
    expect(stdout).to.match(/: nothing can be said, because no TCP data reached the receiver/);
    expect(code).to.equal(0);
  });

  const wrong: readonly { readonly args: readonly string[]; readonly says: RegExp }[] = [
    { args: ['-'], says: /tune reads the capture twice/ },
    { args: [SMALL, '--vary', 'mtu=1500'], says: /tune chooses among rx-usecs and rx-frames/ },
    { args: [SMALL, '--poll', 'end'], says: /unknown option --poll/ },
    { args: [SMALL, '--parts', '9'], says: /--parts: '9' is not a whole number from 1 to 8/ },
    { args: [SMALL, '--interface', 'eth0; reboot'], says: /--interface: 'eth0; reboot' is no name/ },
    { args: [SMALL, '--engine', 'none'], says: /there is no merging to tune/ },
    { args: [SMALL, '--vary', 'rx-usecs=1,x'], says: /--rx-usecs: 'x' is not a number/ },
  ];
  for (const { args, says } of wrong) {
    it(`wrong usage: ${args.slice(1).join(' ') || 'stdin'}`, async () => {
      const { code, stderr, stdout } = await runCommand(['tune', ...args], { cwd: folder.path('.') });
      expect(stderr).to.match(says);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    });
  }
});
