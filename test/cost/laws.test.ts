import { expect } from 'chai';
import fc from 'fast-check';
import type { Cost } from '../../src/cost/cycles.ts';
import { compareLaws } from '../../src/cost/law-comparison.ts';
import { LAWS, type LinkUse, lineRateGoodputMbps, predictGoodput } from '../../src/cost/laws.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { CLOCKED_LAWS, ProfileError } from '../../src/cost/profile.ts';
import { STUDY_LINK_USE } from '../../src/cost/study-fit.ts';

const profile = loadProfile('aizu-2008');

function costPerByte(c0: number | null, cU: number | null, unexplained: number | null = null): Cost {
  return {
    domain0: { cyclesPerByte: c0, stages: [] },
    domainU: { cyclesPerByte: cU, stages: [] },
    unexplainedDomainUCyclesPerByte: unexplained,
    cycles: { domain0: 0, domainU: 0, unexplainedDomainU: null },
  };
}

describe('lineRateGoodputMbps', () => {
  it('is 941.48 for full frames with timestamps on Gigabit Ethernet, 949.28 without', () => {
    expect(lineRateGoodputMbps(1000, STUDY_LINK_USE)?.toFixed(2)).to.equal('941.48');
    const plain: LinkUse = { goodputBytes: 1460, frames: 1, frameBytes: 1514 };
    expect(lineRateGoodputMbps(1000, plain)?.toFixed(2)).to.equal('949.28');
  });

  it('counts every received frame, and only goodput as gain', () => {
    // A full frame, its duplicate, and an ACK of 66 bytes.
    const use: LinkUse = { goodputBytes: 1448, frames: 3, frameBytes: 1514 + 1514 + 66 };
    expect(lineRateGoodputMbps(1000, use)).to.be.closeTo((1000 * 1448) / (1538 + 1538 + 90), 1e-9);
  });

  it('is null without goodput', () => {
    expect(lineRateGoodputMbps(1000, { goodputBytes: 0, frames: 2, frameBytes: 120 })).to.equal(null);
  });
});

describe('predictGoodput', () => {
  it('has the errors on the rows of the study that docs/model.md lists', () => {
    const compared = compareLaws(profile);
    expect(compared.map(({ law }) => law)).to.deep.equal(LAWS);
    const errors = compared.map(({ rows }) =>
      rows.map(({ error }) => (error === null ? undefined : (100 * error).toFixed(2))),
    );
    expect(errors).to.deep.equal([
      ['0.19', '-0.26', '0.08'],
      ['0.00', '2.80', '3.69'],
      ['0.00', '-8.12', '-1.76'],
      [undefined, undefined, undefined],
    ]);
  });

  it('counts unexplained cycles as the guest spent them', () => {
    for (const law of CLOCKED_LAWS) {
      const apart = predictGoodput(law, profile, STUDY_LINK_USE, costPerByte(12.64, 7.11, 0.67));
      const inside = predictGoodput(law, profile, STUDY_LINK_USE, costPerByte(12.64, 7.11 + 0.67));
      expect(apart).to.deep.equal(inside);
    }
    const without = predictGoodput('serial', profile, STUDY_LINK_USE, costPerByte(12.64, 7.11));
    expect(without.mbps?.toFixed(1)).to.equal('596.3');
  });

  it('never exceeds the line, and never gains from more cycles', () => {
    const cycles = fc.double({ min: 1e-6, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...CLOCKED_LAWS), cycles, cycles, cycles, (law, c0, cU, more) => {
        const predict = (a: number, b: number): number =>
          predictGoodput(law, profile, STUDY_LINK_USE, costPerByte(a, b)).mbps ?? Number.NaN;
        const mbps = predict(c0, cU);
        expect(mbps).to.be.above(0);
        expect(mbps).to.be.at.most(lineRateGoodputMbps(1000, STUDY_LINK_USE) ?? 0);
        expect(predict(c0 + more, cU)).to.be.at.most(mbps);
        expect(predict(c0, cU + more)).to.be.at.most(mbps);
      }),
    );
  });

  it('two cores are never slower than one shared core of the same clock', () => {
    const laws = { ...profile.throughput.laws, 'two-cores': profile.throughput.laws['shared-core']! };
    const same = { ...profile, throughput: { ...profile.throughput, laws } };
    const cycles = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(cycles, cycles, (c0, cU) => {
        const cost = costPerByte(c0, cU);
        const two = predictGoodput('two-cores', same, STUDY_LINK_USE, cost).mbps ?? 0;
        expect(two).to.be.at.least(
          predictGoodput('shared-core', same, STUDY_LINK_USE, cost).mbps ?? Number.NaN,
        );
      }),
    );
  });

  it('prints the law, its parameters and their grade', () => {
    const { formula } = predictGoodput('serial', profile, STUDY_LINK_USE, costPerByte(12.72, 8.97));
    expect(formula).to.include('1/T = 1/T_line + (c0 + cU)/F_eff');
    expect(formula)
      .to.match(/T_line = 941\.48 Mbit\/s/)
      .and.match(/F_eff = 4\.01\d* GHz \(fitted\)/);
  });

  it('predicts nothing without goodput, or with the law none', () => {
    const use: LinkUse = { goodputBytes: 0, frames: 1, frameBytes: 60 };
    for (const law of CLOCKED_LAWS) {
      expect(predictGoodput(law, profile, use, costPerByte(null, null)).mbps).to.equal(null);
    }
    expect(predictGoodput('none', profile, STUDY_LINK_USE, costPerByte(1, 1)).mbps).to.equal(null);
  });

  it('names the laws that a profile has a clock for', () => {
    const { serial } = profile.throughput.laws;
    const small = { ...profile, throughput: { ...profile.throughput, laws: { serial: serial! } } };
    expect(() => predictGoodput('two-cores', small, STUDY_LINK_USE, costPerByte(1, 1))).to.throw(
      ProfileError,
      /two-cores: is missing; there is serial, none/,
    );
  });
});
