import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CalibrationRecord } from '../../src/cost/calibration-record.ts';
import { readProfile } from '../../src/cost/load-profile.ts';
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { CAPTURES, ROOT, useTempFolder } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');
const EXAMPLE = join(ROOT, 'profiles', 'measured', 'aizu-2008.csv');

const run = (...args: string[]): Promise<CommandResult> => runCommand(['calibrate', ...args]);

/** Words of the output, whatever the line breaks. */
function words(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

describe('analyze calibrate', () => {
  const folder = useTempFolder();

  it('fits the example and says that the exact fit of Domain0 is no evidence', async () => {
    const { code, stdout, stderr } = await run('--example');
    expect(code, stderr).to.equal(0);
    expect(stderr).to.equal('');
    const text = words(stdout);
    expect(text).to.match(/Domain0: 3 unknowns, 3 equations, rank 3, condition \d/);
    expect(text).to.include('exact by construction, whatever was measured, and is no evidence for the model');
    expect(text).to.match(/wire 14313 1\d{4}…1\d{4} cyclesPerPacket 14313/);
    expect(text).to.match(/Optimized 7\.78 7\.41 -4\.77 % 7\.11 -8\.59 %/);
    expect(text).to.match(
      /Optimized is predicted at 7\.11 by the other rows; the 7\.78 measured lie outside of 6\.\d\d…7\.\d\d/,
    );
    expect(text)
      .to.include('run-to-run noise of 1 %')
      .and.include('Held: lro 1000 cyclesPerPacket (assumed)');
    expect(text).to.include('serial 4.015 GHz 3.995…4.043 +0.19 % -0.26 % +0.08 %');
    expect(text).to.match(/No better than one throughput for all rows: shared-core, two-cores/);
  });

  it('takes the same table as a file, and gives the record as JSON, the same each time', async () => {
    const [example, file] = await Promise.all([run('--example', '--json'), run(EXAMPLE, '--json')]);
    expect(file.stdout).to.equal(example.stdout);
    const record = JSON.parse(file.stdout) as CalibrationRecord;
    expect(record.domains.map(({ domain }) => domain)).to.deep.equal(['Domain0', 'DomainU']);
    expect(record.measured).to.equal('aizu-2008.csv');
    const other = await run('--example', '--json', '--seed', '2');
    expect(other.stdout).to.not.equal(example.stdout);
  });

  it('writes a profile that the program reads, and CSV files', async () => {
    const profile = folder.path('mine.json');
    const out = folder.path('out');
    const args = ['--example', '--train', 'DomainU=Xen,LRO', '--write', profile, '--out', out];
    const { code, stderr } = await run(...args);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include(`wrote ${profile}`);
    const read = readProfile(profile);
    expect(read.name).to.equal('mine');
    expect(read.coefficients).to.have.property('guestWire').that.deep.includes({ grade: 'fitted' });
    expect(read.unexplained?.value).to.be.closeTo(968.2488, 1e-3);
    expect(readdirSync(out).sort()).to.deep.equal([
      'calibrate.provenance.json',
      'coefficients.csv',
      'laws.csv',
      'rows.csv',
    ]);
    const csv = (name: string): string => readFileSync(join(out, name), 'utf8');
    expect(csv('coefficients.csv')).to.match(
      /^Coefficient,Domain,Unit,Fitted,.*\nwire,Domain0,cyclesPerPacket,14312\.51/,
    );
    expect(csv('rows.csv')).to.match(/\n4,Optimized,DomainU,no,7\.78,7\.1113/);
    expect(csv('laws.csv')).to.match(/\nserial,4\.0145\d*,GHz,2,Xen,574\.45,575\.53/);
  });

  it('counts in captures, one for all or one for a configuration, and says where the LRO rate differs', async () => {
    const common = await run('--example', '--capture', CAPTURE, '--poll', 'batch:3');
    expect(common.code, common.stderr).to.equal(0);
    expect(words(common.stdout)).to.match(
      /Counts: a replay of full-f4\.pcap\.gz, polls batch:3: a poll ends/,
    );
    expect(words(common.stdout)).to.match(
      /The LRO rate of LRO \(line 3\) was measured as 2\.49, but the counts have \d/,
    );
    const other = join(CAPTURES, 'v6-f4.pcap.gz');
    const own = await run('--example', '--capture', `Xen=${other}`, '--capture', CAPTURE, '--json');
    expect(own.code, own.stderr).to.equal(0);
    const { rows, counts } = JSON.parse(own.stdout) as CalibrationRecord;
    expect(counts).to.include('v6-f4.pcap.gz, full-f4.pcap.gz');
    expect(rows[0]?.goodputBytes).to.not.equal(rows[1]?.goodputBytes);
    expect(rows[1]?.goodputBytes).to.equal(rows[2]?.goodputBytes);
  });

  it('takes the capture from stdin, and polls of napi', async () => {
    const input = readFileSync(CAPTURE);
    const args = ['calibrate', '--example', '--capture', '-', '--poll', 'napi', '--nic', 'e1000', '--json'];
    const { code, stdout, stderr } = await runCommand(args, { input });
    expect(code, stderr).to.equal(0);
    expect((JSON.parse(stdout) as CalibrationRecord).counts).to.include('e1000');
  });

  it('says what a capture that was cut makes of it', async () => {
    const cut = folder.write('cut.pcap.gz', readFileSync(CAPTURE).subarray(0, 20_000));
    const { code, stderr } = await run('--example', '--capture', cut, '--fit', 'wire');
    expect(code, stderr).to.equal(4);
    expect(stderr).to.match(/cut\.pcap\.gz: W-/);
  });

  const measured = 'Config,LRO rate (packets),Domain0\nXen,,12.72\nLRO,,13.51\n';
  const wrong: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
    [[], 2, /give a CSV of measured rows, or --example/],
    [['--example', EXAMPLE], 2, /--example has its own table/],
    [['no-such.csv'], 3, /no-such\.csv: cannot be read \(ENOENT\)/],
    [['BAD'], 3, /bad\.csv, line 3, column 3: '13,51' is not a number; write it as 12\.72/],
    [['--example', '--noise', '1'], 2, /--noise: '1' is not a share from 0% to 50%/],
    [['--example', '--noise', '60%'], 2, /--noise/],
    [['--example', '--seed', '-1'], 2, /--seed: '-1' is not a whole number/],
    [['--example', '--replicates', '10'], 2, /--replicates: '10' is not a whole number from 100/],
    [['--example', '--fit', 'wire,skbs'], 2, /'skbs' is no coefficient of aizu-2008; there is lro/],
    [['--example', '--train', 'GRO'], 2, /--train: 'GRO' is none of Xen, LRO, Optimized/],
    [['--example', '--profile', 'mine'], 2, /--profile: .*no such profile/],
    [['--example', '--poll', 'batch:3'], 2, /--poll counts only with --capture/],
    [['--example', '--rx-usecs', '3'], 2, /--rx-usecs counts only with --poll napi/],
    [['--example', '--capture', `LRO=${CAPTURE}`], 2, /--capture: there is none for Xen/],
    [['--example', '--capture', CAPTURE, '--capture', CAPTURE], 2, /given twice/],
    [['--example', '--capture', 'LRO=-', '--capture', CAPTURE], 2, /can only be the one capture/],
    [['--example', '--capture', 'no-such.pcap'], 3, /no-such\.pcap/],
    [['NORATE'], 2, /line 3 \(LRO\) has no LRO rate to make a schedule of; give it, or --capture/],
    [
      ['--example', '--fit', 'wire,skb,linearise,netbackCopy', '--write', 'WRITE'],
      2,
      /do not tell wire, skb/,
    ],
    [['--example', '--write', 'profile'], 2, /--write: 'profile' must end in a plain file name with \.json/],
  ];
  for (const [args, code, says] of wrong) {
    it(`refuses ${args.map((arg) => arg.replace(CAPTURES, 'captures')).join(' ') || 'nothing'}`, async () => {
      const files: Record<string, string> = {
        BAD: folder.write('bad.csv', 'Config,Domain0,DomainU\nXen,12.72,8.97\nLRO,13.51,"13,51"\n'),
        NORATE: folder.write('norate.csv', measured),
        WRITE: folder.path('refused.json'),
      };
      const { code: got, stdout, stderr } = await run(...args.map((arg) => files[arg] ?? arg));
      expect(got, stderr).to.equal(code);
      expect(stderr).to.match(says);
      expect(stdout).to.equal('');
      expect(existsSync(folder.path('refused.json'))).to.equal(false);
    });
  }
});
