import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { coefficientsOf } from '../../src/cost/profile.ts';
import { fitDomain0 } from '../../src/cost/study-fit.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';

const page = readFileSync(new URL('../../../docs/model.md', import.meta.url), 'utf8');
const profile = loadProfile('aizu-2008');

/** Cells of the first table row that starts with the given cell. */
function row(first: string): readonly string[] {
  const line = page.split('\n').find((text) => text.startsWith(`| ${first} |`)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('docs/model.md', () => {
  const ids = [...new Set(STUDY_RECEIVE_MODES.flatMap((mode) => Object.keys(coefficientsOf(profile, mode))))];
  for (const id of ids) {
    it(`lists ${id} as the profile has it`, () => {
      const values = STUDY_RECEIVE_MODES.map((mode) => {
        const term = coefficientsOf(profile, mode)[id];
        return term?.value.toFixed(term.unit === 'cyclesPerByte' ? 3 : 0) ?? '';
      });
      const terms = STUDY_RECEIVE_MODES.map((mode) => coefficientsOf(profile, mode)[id]).filter(
        (term) => term !== undefined,
      );
      const cells = row(`\`${id}\``);
      expect(cells.slice(4, 7)).to.deep.equal(values);
      for (const term of terms) {
        expect(cells[1]).to.equal(`${term.domain}, ${term.stage}`);
        expect(cells[2]).to.equal(term.event);
        expect(cells[7]?.replaceAll('*', '')).to.equal(term.grade);
      }
    });
  }

  const modern = loadProfile('modern-estimate');
  for (const [id, term] of Object.entries(coefficientsOf(modern, 'modern'))) {
    it(`lists ${id} as modern-estimate has it`, () => {
      const cells = row(`\`${id}\``);
      const unit = term.unit.replace(/^cyclesPer(.*)$/, (_, what: string) => `cycles/${what.toLowerCase()}`);
      expect([cells[1], cells[2], cells[3], cells[4], cells[6]]).to.deep.equal([
        `${term.domain}, ${term.stage}`,
        term.event,
        unit,
        String(term.value),
        term.grade,
      ]);
      const range = cells[5] === '' ? null : cells[5]?.split('–').map(Number);
      if (range !== null) {
        expect(term.value).to.be.within(range![0]!, range![1]!);
        if (term.unit !== 'cyclesPerByte') {
          expect(term.note).to.include(`Plausible: ${range![0]} to ${range![1]}.`);
        }
      }
    });
  }

  it('lists the residual and the clocks as the profile has them', () => {
    expect(row('*unexplained*')[4]).to.equal(profile.unexplained?.value.toFixed(0));
    const clock = (first: string): string | undefined => row(first)[3];
    expect(clock('`serial` (default)')).to.equal(`${profile.throughput.laws.serial?.value} GHz`);
    expect(clock('`shared-core`')).to.equal(`${profile.throughput.laws['shared-core']?.value} GHz`);
    expect(clock('`two-cores`')).to.equal(`${profile.throughput.laws['two-cores']?.value} GHz`);
  });

  it('says how the fit moves with the assumed price of the merge engine', () => {
    const fitted = (mode: (typeof STUDY_RECEIVE_MODES)[number], engine: number): string => {
      const fit = fitDomain0(mode, engine);
      const perByte = fit.copyCyclesPerByte.toFixed(3);
      return `${fit.cyclesPerPacket.toFixed(0)}, ${fit.cyclesPerSkb.toFixed(0)}, ${perByte}`;
    };
    const rows = {
      flip: '`flip`: wire, skb, κ per byte',
      'flip-copy': '`flip-copy`',
      'grant-copy': '`grant-copy`',
    };
    for (const mode of STUDY_RECEIVE_MODES) {
      const start = page.slice(page.indexOf('| mode | `lro` = 300 |'));
      const line = start.split('\n').find((text) => text.startsWith(`| ${rows[mode]} |`));
      expect(line).to.equal(`| ${rows[mode]} | ${fitted(mode, 300)} | ${fitted(mode, 1500)} |`);
    }
  });
});
