import { join } from 'node:path';
import { expect } from 'chai';
import type { ResultRecord } from '../../src/replay/result.ts';
import type { UnexplainedRecord } from '../../src/replay/unexplained-record.ts';
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'f1-bidir.pcap.gz');

const run = (...args: string[]): Promise<CommandResult> =>
  runCommand(['explain', CAPTURE, '--unexplained', ...args]);

describe('analyze explain --unexplained', () => {
  it('prints each hypothesis with its price, the plausible range, its source and what tells it apart', async () => {
    const { code, stdout, stderr } = await run();
    expect(code, stderr).to.equal(0);
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).to.include(
      '0.67 cycles per byte (968 a packet) that no counted event of cost profile aizu-2008',
    );
    expect(text).to.match(
      /slot-per-fragment slot 2353 \(inside\) \d+ \((inside|OUTSIDE)\) 1000…2500 assumed/,
    );
    expect(text).to.match(/more-acks ack 4706 \(inside\) \d+ \((inside|OUTSIDE)\) 2500…5000 assumed/);
    expect(text).to.match(/dear-copy byte 0\.669 \(inside\) 0\.\d+ \(inside\) 0…0\.83 measured/);
    expect(text).to.match(/the study \(schedule\) 243 2\.43 7\.11 0\.67/);
    expect(text.match(/To tell: /g)).to.have.length(3);
    expect(text).to.match(/ACKs of the receiver in this capture: [\d,]+ for [\d,]+ data packets/);
    expect(text).to.include('588.94 (+0.1 %) 596.25 (+1.3 %) 588.47');
  });

  it('counts what the main command counts, under the same polls', async () => {
    const polls = ['--poll', 'batch:16'];
    const [own, main] = await Promise.all([
      run(...polls, '--json'),
      runCommand([CAPTURE, ...polls, '--json', '--format', 'none']),
    ]);
    const record = JSON.parse(own.stdout) as UnexplainedRecord;
    const study = JSON.parse(main.stdout) as ResultRecord;
    const optimized = study.configurations.find(({ name }) => name === 'Optimized')!;
    const { counters, domainU, unexplainedDomainUCyclesPerByte } = optimized;
    const { payloadBytes, ringSlots } = optimized.events as { payloadBytes: number; ringSlots: number };
    expect(record.replayed.dataSkbs).to.equal(counters.dataSkbs);
    expect(record.replayed.domainUCyclesPerByte).to.equal(domainU.cyclesPerByte);
    const [slots, acks, copy] = record.hypotheses;
    expect(copy?.capture.count).to.equal(payloadBytes);
    expect(copy?.capture.needed).to.be.closeTo(
      (unexplainedDomainUCyclesPerByte! * study.receiver.goodputBytes) / payloadBytes,
      1e-9,
    );
    // Every full segment in a page of its own: a slot a packet, less those of the packed copies.
    expect(slots?.capture.count).to.equal(counters.packets - ringSlots);
    expect(acks?.capture.count).to.be.within(0, counters.dataSkbs);
    for (const one of record.hypotheses) {
      expect(one.domainUCyclesPerByte).to.be.closeTo(
        domainU.cyclesPerByte! + one.predictedCyclesPerByte!,
        1e-12,
      );
    }
  });

  it('switches on one hypothesis, or some', async () => {
    const one = JSON.parse((await run('--hypothesis', 'more-acks', '--json')).stdout) as UnexplainedRecord;
    expect(one.hypotheses.map(({ name }) => name)).to.deep.equal(['more-acks']);
    const two = await run('--hypothesis', 'dear-copy', '--hypothesis', 'slot-per-fragment', '--json');
    const { hypotheses } = JSON.parse(two.stdout) as UnexplainedRecord;
    expect(hypotheses.map(({ name }) => name)).to.deep.equal(['slot-per-fragment', 'dear-copy']);
  });

  it('has nothing to merge where polls hold one packet: only the copy is left', async () => {
    const { stdout } = await run('--poll', 'batch:1', '--json');
    const record = JSON.parse(stdout) as UnexplainedRecord;
    expect(record.hypotheses.map(({ capture }) => capture.count === 0)).to.deep.equal([true, true, false]);
    expect(record.hypotheses[0]?.capture).to.deep.include({ needed: null, plausible: null });
  });

  const wrong: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
    [
      ['--hypothesis', 'ghosts'],
      2,
      /--hypothesis: 'ghosts' is none of slot-per-fragment, more-acks, dear-copy/,
    ],
    [['--profile', 'none'], 2, /--profile: .*no such profile/],
    [['--poll', 'never'], 2, /--poll: 'never'/],
  ];
  for (const [args, code, says] of wrong) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code: got, stdout, stderr } = await run(...args);
      expect(got, stderr).to.equal(code);
      expect(stderr).to.match(says);
      expect(stdout).to.equal('');
    });
  }

  it('names a capture that is not there', async () => {
    const { code, stderr } = await runCommand(['explain', 'no-such.pcap', '--unexplained']);
    expect(code).to.equal(3);
    expect(stderr).to.include('no-such.pcap');
  });
});
