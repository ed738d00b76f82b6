import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pcapFile } from '../helpers/capture-files.ts';
import { COMMAND, runCommand } from '../helpers/command.ts';
import { dataOf } from '../helpers/csv-report.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const SMALL = join(CAPTURES, 'full-f4.pcap.gz');

interface Sweep {
  complete: boolean;
  replayedShare: number | null;
  capture: { packets: number };
  parameters: { name: string; values: string[] }[];
  points: {
    values: string[];
    options: Record<string, unknown>;
    configurations: { name: string; lroRate: number }[];
  }[];
  warnings: { code: string; points: number }[];
}

async function sweep(args: readonly string[], input?: Uint8Array): Promise<Sweep> {
  const all = ['sweep', ...args, '--json', '--format', 'none'];
  const { code, stdout, stderr } = await runCommand(all, input === undefined ? {} : { input });
  expect(code, stderr).to.equal(0);
  return JSON.parse(stdout) as Sweep;
}

describe('analyze sweep', function () {
  this.timeout(60_000);
  const folder = useTempFolder();

  const varied: readonly { readonly vary: readonly string[]; readonly base: readonly string[] }[] = [
    { vary: ['rx-usecs=0,20,150'], base: ['--poll', 'napi'] },
    { vary: ['max-aggr=2,5', 'max-desc=1,8'], base: ['--poll', 'batch:16'] },
    { vary: ['engine=none,inet_lro,linux-gro'], base: ['--poll', 'napi'] },
    { vary: ['poll=end,batch:3,window:40:8,napi'], base: [] },
    { vary: ['receive-mode=flip,flip-copy,grant-copy', 'law=serial,two-cores'], base: ['--poll', 'napi'] },
    { vary: ['cpu-ghz=0.8,2.3', 'nic=tg3,e1000-dynamic'], base: ['--poll', 'napi'] },
    { vary: ['lro-mode=skb,frags', 'mtu=576,1500'], base: ['--poll', 'batch:8'] },
    { vary: ['receiver=10.9.0.2,all'], base: ['--poll', 'napi'] },
    { vary: ['pace=capture,cpu,200'], base: ['--poll', 'napi'] },
    { vary: ['verify-checksums=false,true', 'gro-per-bucket=1,8'], base: ['--engine', 'linux-gro'] },
  ];
  for (const { vary, base } of varied) {
    it(`finds at each point of ${vary.join(' and ')} what the main command finds there`, async () => {
      const options = vary.flatMap((text) => ['--vary', text]);
      const { points, parameters, complete, replayedShare } = await sweep([SMALL, ...base, ...options]);
      expect(points).to.have.length(parameters.reduce((product, { values }) => product * values.length, 1));
      expect({ complete, replayedShare }).to.deep.equal({ complete: true, replayedShare: 1 });
      for (const point of points) {
        const own = parameters.flatMap(({ name }, index) => {
          const value = point.values[index]!;
          if (value === 'true') return [`--${name}`];
          return value === 'false' ? [] : [`--${name}`, value];
        });
        const kept = parameters.some(({ name }) => name === 'poll') ? [] : base;
        const { stdout } = await runCommand([SMALL, ...kept, ...own, '--json', '--format', 'none']);
        const record = JSON.parse(stdout) as Sweep['points'][number];
        expect(point.configurations, point.values.join(' ')).to.deep.equal(record.configurations);
        expect(point.options).to.deep.equal(record.options);
      }
    });
  }

  it('writes CSV and charts, and a table whose sentences come first', async () => {
    const args = ['--poll', 'napi', '--vary', 'rx-usecs=0:100:25', '--out', folder.path('one')];
    const { code, stdout, stderr } = await runCommand(['sweep', SMALL, ...args]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(
      /^full-f4\.pcap\.gz, 1,500 packets at 5 points: rx-usecs from 0 to 100\.\nThe LRO rate of LRO goes/,
    );
    const charts = ['lro-rate', 'domain0', 'latency-p99'].map((id) => `sweep-rx-usecs-${id}.png`);
    const out = join(folder.path('one'), 'full-f4');
    expect(readdirSync(out).sort()).to.deep.equal(
      [...charts, 'sweep-rx-usecs.csv', 'sweep-rx-usecs.provenance.json'].sort(),
    );
    const [header, ...rows] = dataOf(join(out, 'sweep-rx-usecs.csv')).trim().split('\n');
    expect(header).to.equal(
      'rx-usecs,Config,Engine,LRO rate (packets),Predicted throughput (Mbps),Domain0 (cycles/byte),DomainU (cycles/byte),Unexplained DomainU (cycles/byte),Latency mean (us),Latency p50 (us),Latency p99 (us),Latency max (us),Polls,Interrupts,Dropped packets',
    );
    expect(rows.map((row) => row.split(',').slice(0, 3).join(' '))).to.deep.equal(
      ['0', '25', '50', '75', '100'].flatMap((value) => [
        `${value} Xen none`,
        `${value} LRO inet_lro`,
        `${value} Optimized inet_lro`,
      ]),
    );
  });

  it('draws a map of two parameters, of the configuration and quantities asked for', async () => {
    const args = [
      '--vary',
      'max-aggr=2,4',
      '--vary',
      'engine=inet_lro,linux-gro',
      '--out',
      folder.path('two'),
    ];
    const only = ['--configuration', 'Optimized', '--quantity', 'polls', '--quantity', 'latency-max'];
    const { code } = await runCommand(['sweep', SMALL, ...args, ...only, '--poll', 'batch:9', '-q']);
    expect(code).to.equal(0);
    // There is no latency without a clock.
    expect(readdirSync(join(folder.path('two'), 'full-f4')).sort()).to.deep.equal([
      'sweep-max-aggr-engine-polls-optimized.png',
      'sweep-max-aggr-engine.csv',
      'sweep-max-aggr-engine.provenance.json',
    ]);
  });

  it('keeps to the configuration asked for where the packets have no times', async () => {
    const bytes = new Uint8Array(60);
    const alike = pcapFile(Array.from({ length: 9 }, () => ({ timeNs: 1n, bytes })));
    const args = [folder.write('alike.pcap', alike), '--receiver', 'all', '--configuration', 'LRO'];
    const { points, warnings } = await sweep([...args, '--vary', 'max-aggr=2,4']);
    expect(warnings.map(({ code }) => code)).to.include('W-NO-CLOCK');
    for (const { configurations } of points) {
      expect(configurations.map(({ name }) => name)).to.deep.equal(['LRO']);
    }
  });

  it('reads standard input once, and says where once is not enough', async () => {
    const input = readFileSync(SMALL);
    const base = ['--poll', 'napi', '--receiver', '10.9.0.2', '--vary', 'rx-usecs=5,50'];
    const fromFile = await sweep([SMALL, ...base]);
    expect((await sweep(['-', ...base], input)).points).to.deep.equal(fromFile.points);
    const { code, stderr } = await runCommand(['sweep', '-', '--vary', 'receiver=all,auto'], { input });
    expect(code).to.equal(2);
    expect(stderr).to.match(/more than once, which stdin does not allow/);
  });

  const wrong: readonly { readonly args: readonly string[]; readonly code: number; readonly says: RegExp }[] =
    [
      { args: [SMALL], code: 2, says: /--vary is missing/ },
      {
        args: [SMALL, '--poll', 'end', '--vary', 'rx-usecs=10'],
        code: 2,
        says: /--rx-usecs counts only with --poll napi \(at rx-usecs=10\)/,
      },
      {
        args: [SMALL, '--vary', 'max-aggr=4,x'],
        code: 2,
        says: /--max-aggr: 'x' is not a whole number.*\(at max-aggr=x\)/,
      },
      { args: [SMALL, '--vary', 'engine=lro'], code: 2, says: /--vary engine: 'lro' is none of/ },
      { args: [SMALL, '--vary', 'mtu=1500', '--quantity', 'speed'], code: 2, says: /quantity/ },
      {
        args: ['no-such.pcap', '--vary', 'mtu=1500', '--format', 'none'],
        code: 3,
        says: /no-such\.pcap: no such file/,
      },
    ];
  for (const { args, code, says } of wrong) {
    it(`wrong usage: ${args.slice(1).join(' ') || 'nothing varies'}`, async () => {
      const result = await runCommand(['sweep', ...args], { cwd: folder.path('.') });
      expect(result.stderr).to.match(says);
      expect(result.code).to.equal(code);
      expect(result.stdout).to.equal('');
    });
  }

  it('interrupted, it keeps what was replayed so far and says how much of the capture that is', async () => {
    const out = folder.path('cut');
    const input = readFileSync(SMALL);
    const args = ['sweep', '-', '--receiver', '10.9.0.2', '--vary', 'max-aggr=2,8', '--out', out, '--json'];
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'pipe', timeout: 20_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // The pipe stays open: without the signal the command would wait for more.
    child.stdin.on('error', () => {});
    child.stdin.write(input.subarray(0, input.length - 5000));
    setTimeout(() => child.kill('SIGINT'), 1500);
    setTimeout(() => child.stdin.end(), 2000);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, stderr).to.equal(130);
    expect(stderr).to.match(/interrupted: all numbers are about the beginning of the capture/);
    const record = JSON.parse(stdout) as Sweep;
    expect(record.complete).to.equal(false);
    expect(record.capture.packets).to.be.within(1, 1500);
    expect(existsSync(join(out, 'stdin', 'sweep-max-aggr.partial.csv'))).to.equal(true);
    expect(existsSync(join(out, 'stdin', 'sweep-max-aggr.csv'))).to.equal(false);
  });
});
