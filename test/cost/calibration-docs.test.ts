import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CalibrationRecord } from '../../src/cost/calibration-record.ts';
import { demandOf, HYPOTHESIS_FACTS, studyTraffic } from '../../src/cost/hypotheses.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { HYPOTHESES } from '../../src/path/hypotheses.ts';
import { runCommand } from '../helpers/command.ts';
import { ROOT } from '../helpers/surroundings.ts';

const page = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');

describe('docs/calibration.md', () => {
  it('has the numbers that the example gives', async () => {
    const { stdout, stderr } = await runCommand(['calibrate', '--example', '--json']);
    expect(stdout, stderr).to.not.equal('');
    const { domains, laws } = JSON.parse(stdout) as CalibrationRecord;
    const [domain0, domainU] = domains;
    const text = page('calibration.md');
    for (const { ids, value, interval } of domain0!.coefficients) {
      const number = (one: number): string => (one >= 100 ? one.toFixed(0) : one.toFixed(3));
      const unit = value! >= 100 ? (ids[0] === 'wire' ? 'cycles/packet' : 'cycles/skb') : 'cycles/byte';
      const name = ids.map((id) => `\`${id}\``).join(' = ');
      const range = `${number(interval!.low)}…${number(interval!.high)}`;
      expect(text).to.include(`| ${name} | ${number(value!)} ${unit} | ${range} |`);
    }
    for (const name of ['LRO', 'Optimized']) {
      const { leftOut, measuredCyclesPerByte } = domainU!.fittedRows.find(
        (row) => row.configuration === name,
      )!;
      const range = `${leftOut!.interval!.low.toFixed(2)}…${leftOut!.interval!.high.toFixed(2)}`;
      for (const number of [leftOut!.cyclesPerByte.toFixed(2), range, String(measuredCyclesPerByte)]) {
        expect(text).to.include(number);
      }
    }
    expect(text).to.include(`chi-square ${domainU!.chiSquare!.value.toFixed(0)} with`);
    for (const { law, worstError } of laws.filter((one) => one.law !== 'constant')) {
      expect(text).to.include(`\`${law}\` within ${(Math.ceil(1000 * worstError!) / 10).toFixed(1)} %`);
    }
  });
});

describe('docs/model.md, Unexplained', () => {
  const traffic = studyTraffic();
  const residual = loadProfile('aizu-2008').unexplained!.value;
  for (const [index, name] of HYPOTHESES.entries()) {
    it(`has the numbers of ${name}`, () => {
      const row = page('model.md')
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\` |`))!
        .split('|')
        .map((cell) => cell.trim());
      const demand = demandOf(name, traffic.counts[index]!, traffic.dataSkbs, residual * traffic.dataPackets);
      const { low, high, grade } = HYPOTHESIS_FACTS[name].plausible;
      const perSkb = demand.perDataSkb!;
      expect(row[3]).to.equal(perSkb >= 100 ? perSkb.toFixed(0) : perSkb.toFixed(2));
      expect(row[4]?.split(' ')[0]).to.equal(
        demand.needed! >= 10 ? demand.needed!.toFixed(0) : demand.needed!.toFixed(3),
      );
      expect(row[5]).to.equal(`${low}–${high}`);
      expect(row[6]?.split(',')[0]).to.equal(grade);
    });
  }
});
