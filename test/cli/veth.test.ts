import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';
import { LIVE, liveRuns, skbsOf } from '../helpers/live-runs.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');

const coalesce = (...args: string[]): ReturnType<typeof runCommand> =>
  runCommand(['coalesce', CAPTURE, '--engine', 'linux-gro', ...args]);

/** Wrong options, and what of them the message must name. */
const WRONG: readonly (readonly [options: readonly string[], says: readonly string[]])[] = [
  [
    ['--gro-flush-timeout', '20000'],
    ['--gro-flush-timeout', '--poll veth'],
  ],
  [
    ['--poll', 'napi', '--hz', '250'],
    ['--hz', '--poll veth'],
  ],
  [
    ['--poll', 'veth', '--rx-usecs', '5'],
    ['--rx-usecs', '--poll napi'],
  ],
  [
    ['--poll', 'veth', '--configuration', 'Xen'],
    ['--configuration', '--poll napi'],
  ],
  [
    ['--poll', 'veth', '--gro-flush-timeout', '20us'],
    ['--gro-flush-timeout', "'20us'"],
  ],
  [
    ['--poll', 'veth', '--napi-defer-hard-irqs', '2'],
    ['--napi-defer-hard-irqs', '--gro-flush-timeout'],
  ],
  [
    ['--poll', 'veth', '--hz', '0'],
    ['--hz', "'0'"],
  ],
  [
    ['--poll', 'veth', '--weight', '0'],
    ['--weight', "'0'"],
  ],
  [
    ['--poll', 'veth', '--awake-share', '1.5'],
    ['--awake-share', '1.5'],
  ],
  [
    ['--poll', 'veth', '--timer-latency', '-1'],
    ['--timer-latency', '-1'],
  ],
  [
    ['--poll', 'veth:5'],
    ['--poll', "'veth:5'", "'veth'"],
  ],
  [
    ['--poll', 'veth', '--gro-flush-timeout', '20000', '--polls-out', 'polls'],
    ['--polls-out', '--gro-flush-timeout'],
  ],
];

describe('--poll veth of the command', () => {
  for (const [options, says] of WRONG) {
    it(`refuses ${options.join(' ')}`, async () => {
      const { code, stdout, stderr } = await coalesce(...options);
      expect([code, stdout]).to.deep.equal([2, '']);
      for (const text of says) expect(stderr).to.include(text);
    });
  }

  it('is told of by the main command', async () => {
    const { code, stderr } = await runCommand([CAPTURE, '--poll', 'veth', '--format', 'none']);
    expect(code).to.equal(2);
    expect(stderr).to.include('analyze coalesce');
  });

  it('merges more the later the timer, and nearly as the kernel did', async () => {
    const run = liveRuns().find(({ capture }) => capture.startsWith('f16'))!;
    const deferred = ['--gro-flush-timeout', '125000', '--napi-defer-hard-irqs', '1000', '--hz', '250'];
    const delivered = async (...options: string[]): Promise<number> => {
      const capture = join(LIVE, run.capture);
      const replay = ['--engine', 'linux-gro', '--gro-buckets', '1', '--receiver', 'all', '--poll', 'veth'];
      const { code, stdout } = await runCommand(['coalesce', capture, ...replay, ...options, '--jsonl']);
      expect(code).to.equal(0);
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').stats.delivered as number;
    };
    const [without, short, long] = [
      await delivered(),
      await delivered('--gro-flush-timeout', '5000', '--irq-latency', '1'),
      await delivered(...deferred),
    ];
    expect(without).to.be.above(short);
    expect(short).to.be.above(long);
    expect(long / skbsOf(run).length).to.be.within(0.95, 1.05);
  });

  it('says how long packets were held', async () => {
    const { stdout } = await coalesce('--poll', 'veth', '--gro-flush-timeout', '50000');
    expect(stdout).to.match(/held, p50 \(µs\)\s+[\d.]+\n/);
  });
});
