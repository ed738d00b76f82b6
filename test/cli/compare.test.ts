import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { CompareRecord, Comparison } from '../../src/report/compare-record.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, ROOT, useTempFolder } from '../helpers/surroundings.ts';

const F1 = join(CAPTURES, 'f1.pcap.gz');
const F16 = join(CAPTURES, 'f16.pcap.gz');

describe('analyze compare', () => {
  const folder = useTempFolder();
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(join(ROOT, 'schema', 'compare.schema.json'), 'utf8')) as object,
  );
  let [plain, short] = ['', ''];
  before(async () => {
    plain = folder.path('plain/f1');
    short = folder.path('short/f1');
    const report = ['--format', 'json', '-q', '--out'];
    await runCommand([F1, ...report, folder.path('plain')]);
    await runCommand([F1, ...report, folder.path('short'), '--max-aggr', '3']);
  });

  async function compared(...args: string[]): Promise<CompareRecord> {
    const { stdout, stderr, code } = await runCommand(['compare', ...args, '--json']);
    expect(code, stderr).to.equal(0);
    const record = JSON.parse(stdout) as CompareRecord;
    expect(validate(record), JSON.stringify(validate.errors)).to.equal(true);
    return record;
  }

  const row = ({ quantities }: CompareRecord, id: string, configuration: string | null): Comparison =>
    quantities.find((one) => one.id === id && one.configuration === configuration)!;

  it('finds no difference between a result and itself, however it is given', async () => {
    for (const other of [plain, join(plain, 'summary.json'), F1]) {
      const record = await compared(plain, other);
      expect(record.paired).to.equal(true);
      expect(record.settings).to.deep.equal([]);
      expect(record.quantities.map(({ difference }) => difference).filter((one) => one !== 0)).to.deep.equal(
        [],
      );
      const { differenceInterval, a } = row(record, 'lro-rate', 'LRO');
      expect(differenceInterval).to.deep.equal({ low: 0, high: 0 });
      expect(a.interval!.low).to.be.below(a.value!);
      expect(a.interval!.high).to.be.above(a.value!);
    }
  });

  it('names the option that differs, and what that changed beyond variation', async () => {
    const record = await compared(plain, short);
    expect(record.settings).to.deep.equal([{ name: 'maxAggr', a: '64', b: '3' }]);
    const rate = row(record, 'lro-rate', 'LRO');
    expect(rate.difference).to.be.closeTo(rate.b.value! - rate.a.value!, 1e-12);
    expect(rate.relativeDifference).to.be.closeTo(rate.difference! / rate.a.value!, 1e-12);
    expect(rate.differenceInterval!.high).to.be.below(0);
    expect(row(record, 'lro-rate', 'Xen').difference).to.equal(0);
    // A reason that one lacks occurred never, and shares add up.
    expect(row(record, 'reason-max-aggr', 'LRO').a.value).to.equal(0);
    for (const side of ['a', 'b'] as const) {
      const shares = record.quantities.filter(
        ({ id, configuration }) => id.startsWith('reason-') && configuration === 'LRO',
      );
      expect(shares.reduce((sum, one) => sum + one[side].value!, 0)).to.be.closeTo(100, 1e-9);
    }
  });

  it('gives quantiles no interval', async () => {
    const { differenceInterval, a } = row(await compared(plain, short), 'latency-p99', 'LRO');
    expect(a.value).to.be.a('number');
    expect([a.interval, differenceInterval]).to.deep.equal([null, null]);
  });

  it('runs two captures with the options that are given, unpaired', async () => {
    const record = await compared(F1, F16, '--poll', 'batch:8');
    expect(record.paired).to.equal(false);
    expect(record.settings.map(({ name }) => name)).to.include('capture.name');
    expect(row(record, 'latency-mean', 'LRO')).to.equal(undefined);
    const { a, b, differenceInterval } = row(record, 'lro-rate', 'LRO');
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(differenceInterval!)).to.be.above(Math.max(width(a.interval!), width(b.interval!)) * 0.9);
  });

  it('says the sentence, then tables, then what intervals assume', async () => {
    const { stdout } = await runCommand(['compare', plain, short]);
    expect(stdout.replace(/\s+/g, ' ')).to.match(
      /^\S+ \(B\) against \S+ \(A\): LRO rate of LRO 4\.\d+ → 2\.\d+ packets \(-\d+\.\d %, beyond its variation\)/,
    );
    expect(stdout).to.include('maxAggr: 64 → 3').and.include('Xen: no difference.');
    expect(stdout).to.include('stationary');
  });

  it('gives the same numbers as CSV', async () => {
    const { stdout } = await runCommand(['compare', plain, short, '--csv']);
    const record = await compared(plain, short);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).to.have.length(record.quantities.length + 1);
    const rate = row(record, 'lro-rate', 'LRO');
    const cells = lines.find((line) => line.startsWith('LRO,lro-rate,'))!.split(',');
    expect(Number(cells[3])).to.be.closeTo(rate.a.value!, 1e-6);
    expect(Number(cells[9])).to.be.closeTo(rate.difference!, 1e-6);
    expect(Number(cells[10])).to.be.closeTo(rate.differenceInterval!.low, 1e-6);
  });

  it('is without intervals for a result of before slices', async () => {
    const old = JSON.parse(readFileSync(join(plain, 'summary.json'), 'utf8')) as { slices?: unknown };
    delete old.slices;
    const record = await compared(folder.write('old.json', JSON.stringify(old)), short);
    expect(record.a.slices).to.equal(null);
    expect(record.notes[0]).to.match(/^No intervals for .*old\.json/);
    expect(row(record, 'lro-rate', 'LRO').differenceInterval).to.equal(null);
    expect(row(record, 'lro-rate', 'LRO').b.interval).not.to.equal(null);
  });

  const thresholds: readonly (readonly [string, number])[] = [
    ['lro-rate<-5%', 5],
    ['lro-rate@LRO<-5%', 5],
    ['lro-rate@Xen<-5%', 0],
    ['lro-rate@LRO<-60%', 0],
    ['lro-rate@LRO < -1.5', 5],
    ['domain0>2%', 5],
    ['domain0@LRO>10%', 0],
    ['reason-max-aggr@LRO>50', 5],
    // From nothing there is no percentage.
    ['reason-max-aggr@LRO>50%', 5],
    ['lro-rat<-5%', 2],
    ['lro-rate=5', 2],
  ];
  for (const [threshold, expected] of thresholds) {
    it(`--fail-if '${threshold}' ends with ${expected}`, async () => {
      const { code, stderr } = await runCommand(['compare', plain, short, '--fail-if', threshold]);
      expect(code, stderr).to.equal(expected);
      if (expected !== 0) expect(stderr).to.include('--fail-if');
    });
  }

  it('refuses what it cannot compare', async () => {
    const wrong: readonly (readonly [string[], RegExp, number])[] = [
      [[plain, folder.path('.')], /holds no summary\.json/, 2],
      [[plain, folder.write('x.json', '{"a": 1}')], /no result of the main command/, 2],
      [[plain, folder.write('y.json', '{"a": ')], /is no result/, 2],
      [[plain, short, '--mtu', '9000'], /--mtu is for captures that are run/, 2],
      [[plain, folder.path('nothing.pcap')], /nothing\.pcap/, 3],
    ];
    for (const [args, message, expected] of wrong) {
      const { code, stderr } = await runCommand(['compare', ...args]);
      expect(stderr).to.match(message);
      expect(code).to.equal(expected);
    }
  });
});
