import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type CalibrateOptions, calibrate } from '../../src/cost/calibrate.ts';
import { calibratedProfile } from '../../src/cost/calibrated-profile.ts';
import type { CalibrationRecord, DomainCalibration } from '../../src/cost/calibration-record.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { type MeasuredRow, parseMeasured } from '../../src/cost/measured.ts';
import { cyclesPerByteOf, type Observation, scheduleObservation } from '../../src/cost/observation.ts';
import { fittedParameters, ParameterError, parseParameters } from '../../src/cost/parameters.ts';
import { parseProfile } from '../../src/cost/parse-profile.ts';
import { type Coefficient, coefficientsOf, type Domain } from '../../src/cost/profile.ts';
import { STUDY } from '../../src/cost/study.ts';
import type { ReceiveMode } from '../../src/path/netback.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../../src/path/xen-configurations.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, ROOT } from '../helpers/surroundings.ts';

const PROFILE = loadProfile('aizu-2008');
const EXAMPLE = readFileSync(join(ROOT, 'profiles', 'measured', 'aizu-2008.csv'), 'utf8');
const ROWS = parseMeasured(EXAMPLE, 'aizu-2008.csv');
const { lro: LRO, guestSkb: GUEST_SKB } = PROFILE.coefficients as { lro: Coefficient; guestSkb: Coefficient };
const ALL = { Domain0: null, DomainU: null } as const;

function optionsFor(mode: ReceiveMode, more: Partial<CalibrateOptions> = {}): CalibrateOptions {
  return {
    measured: 'aizu-2008.csv',
    counts: 'a schedule',
    profile: PROFILE,
    receiveMode: mode,
    parameters: fittedParameters(PROFILE, mode),
    train: ALL,
    noise: 0.01,
    seed: 1,
    replicates: 1000,
    ...more,
  };
}

function scheduled(rows: readonly MeasuredRow[], mode: ReceiveMode): Observation[] {
  return rows.map((row) => scheduleObservation(row, mode)!);
}

function example(more: Partial<CalibrateOptions> = {}, mode: ReceiveMode = 'flip'): CalibrationRecord {
  return calibrate(scheduled(ROWS, mode), optionsFor(mode, more));
}

function domainOf(record: CalibrationRecord, domain: Domain): DomainCalibration {
  return record.domains.find((one) => one.domain === domain)!;
}

function valuesOf({ coefficients }: DomainCalibration): Partial<Record<string, number | null>> & {
  guestWire?: number | null;
  guestSkb?: number | null;
} {
  return Object.fromEntries(coefficients.map(({ name, value }) => [name, value]));
}

describe('the example, the table of the study', () => {
  it('is the table that aizu-2008 is fitted to', () => {
    const rows = ROWS.map(({ configuration, throughputMbps, lroRate, cyclesPerByte }) => [
      configuration,
      throughputMbps,
      lroRate,
      cyclesPerByte.Domain0,
      cyclesPerByte.DomainU,
    ]);
    expect(rows).to.deep.equal(
      XEN_CONFIGURATIONS.map((name) => {
        const { configuration, throughputMbps, lroRate, domain0CyclesPerByte, domainUCyclesPerByte } =
          STUDY[name];
        return [configuration, throughputMbps, lroRate, domain0CyclesPerByte, domainUCyclesPerByte];
      }),
    );
  });

  it('fits Domain0 exactly, because it has as many unknowns as rows, and says so', () => {
    const domain0 = domainOf(example(), 'Domain0');
    expect([domain0.rows, domain0.equations, domain0.unknowns, domain0.rank]).to.deep.equal([3, 3, 3, 3]);
    expect(domain0.exactByConstruction).to.equal(true);
    expect(domain0.chiSquare).to.equal(null);
    for (const row of domain0.fittedRows) {
      expect(row.fitted?.cyclesPerByte).to.be.closeTo(row.measuredCyclesPerByte, 1e-9);
      expect(row.leftOut).to.equal(null);
    }
  });

  for (const mode of ['flip', 'flip-copy', 'grant-copy'] as const) {
    it(`gives the coefficients of aizu-2008 for Domain0 in ${mode}`, () => {
      const known = coefficientsOf(PROFILE, mode);
      const { coefficients } = domainOf(example({}, mode), 'Domain0');
      expect(coefficients.flatMap(({ ids }) => ids)).to.include.members([
        'wire',
        'skb',
        'linearise',
        'netbackCopy',
      ]);
      for (const { ids, value, state } of coefficients) {
        expect(state).to.equal('identified');
        for (const id of ids) expect(value).to.be.closeTo(known[id]!.value, 1e-4);
      }
    });
  }

  it('predicts the guest of Optimized from Xen and LRO at 7.11, where 7.78 was measured', () => {
    const record = example({ train: { Domain0: null, DomainU: ['Xen', 'LRO'] } });
    const guest = domainOf(record, 'DomainU');
    expect(guest.exactByConstruction).to.equal(true);
    const { guestWire, guestSkb } = valuesOf(guest);
    expect(guestWire?.toFixed(0)).to.equal('8415');
    expect(guestSkb?.toFixed(0)).to.equal('4573');
    const optimized = guest.fittedRows.find((row) => row.configuration === 'Optimized')!;
    expect(optimized.trained).to.equal(false);
    expect(optimized.fitted?.cyclesPerByte.toFixed(2)).to.equal('7.11');
    expect(optimized.measuredCyclesPerByte).to.equal(7.78);
    // Far outside of what noise of 1 % gives.
    expect(optimized.fitted?.interval?.high).to.be.within(7.2, 7.45);
  });

  it('comes to the same number when each row is left out in turn, and does not fit all three', () => {
    const guest = domainOf(example(), 'DomainU');
    expect([guest.equations, guest.unknowns]).to.deep.equal([3, 2]);
    expect(guest.exactByConstruction).to.equal(false);
    const optimized = guest.fittedRows.find((row) => row.configuration === 'Optimized')!;
    expect(optimized.leftOut?.cyclesPerByte.toFixed(2)).to.equal('7.11');
    expect(guest.chiSquare?.freedom).to.equal(1);
    expect(guest.chiSquare?.share).to.equal(0);
  });

  it('cannot tell apart what only two more unknowns would say', () => {
    const parameters = parseParameters('wire,skb,linearise,netbackCopy', PROFILE, 'flip');
    const domain0 = domainOf(example({ parameters }), 'Domain0');
    expect([domain0.rank, domain0.condition]).to.deep.equal([3, null]);
    for (const { name, state, value, interval, with: others } of domain0.coefficients) {
      expect([name, state, value, interval, others.length]).to.deep.equal([name, 'collinear', null, null, 3]);
    }
  });

  it('says what was not counted at all', () => {
    const rows = ROWS.filter((row) => row.configuration === 'Xen');
    const parameters = parseParameters('wire,linearise', PROFILE, 'flip');
    const record = calibrate(scheduled(rows, 'flip'), optionsFor('flip', { parameters }));
    const [wire, linearise] = domainOf(record, 'Domain0').coefficients;
    expect([wire?.state, linearise?.state]).to.deep.equal(['identified', 'absent']);
  });

  it('holds what is not fitted, and clamps at 0 what would be negative', () => {
    const parameters = parseParameters('lro', PROFILE, 'flip');
    const cheap = ROWS.map((row) => ({ ...row, cyclesPerByte: { Domain0: 1, DomainU: null } }));
    const record = calibrate(scheduled(cheap, 'flip'), optionsFor('flip', { parameters }));
    expect(record.domains).to.have.length(1);
    expect(domainOf(record, 'Domain0').coefficients[0]?.value).to.equal(0);
    expect(record.held.map(({ id }) => id)).to.include.members(['wire', 'skb', 'guestWire']);
  });

  it('gives the same intervals for the same seed, wider ones for more noise, none for none', () => {
    const intervalOf = (more: Partial<CalibrateOptions>): number => {
      const interval = domainOf(example(more), 'Domain0').coefficients[0]!.interval!;
      return interval.high - interval.low;
    };
    expect(example()).to.deep.equal(example());
    expect(intervalOf({ seed: 2 })).to.not.equal(intervalOf({ seed: 1 }));
    expect(intervalOf({ noise: 0.02 })).to.be.closeTo(2 * intervalOf({ noise: 0.01 }), 100);
    for (const { interval } of domainOf(example({ noise: 0 }), 'Domain0').coefficients) {
      expect(interval).to.equal(null);
    }
  });
});

describe('calibration', () => {
  it('refuses to fit where there is nothing to fit, or nothing to fit it to', () => {
    expect(() => example({ parameters: [] })).to.throw(ParameterError, /has no fitted coefficient/);
    const noGuest = ROWS.map((row) => ({ ...row, cyclesPerByte: { Domain0: 1, DomainU: null } }));
    const parameters = parseParameters('guestWire', PROFILE, 'flip');
    expect(() => calibrate(scheduled(noGuest, 'flip'), optionsFor('flip', { parameters }))).to.throw(
      ParameterError,
      /no row has cycles of the domain of guestWire/,
    );
    const lro = scheduled(ROWS.slice(0, 1), 'flip');
    expect(() => calibrate(lro, optionsFor('flip', { train: { ...ALL, Domain0: ['LRO'] } }))).to.throw(
      ParameterError,
      /no row is left to fit Domain0 to/,
    );
  });

  const wrong: readonly (readonly [text: string, says: RegExp])[] = [
    ['wires', /'wires' is no coefficient of aizu-2008; there is lro, guestWire/],
    ['', /'' is no coefficient/],
    ['constructor', /'constructor' is no coefficient/],
    ['wire,wire', /'wire' is given twice/],
    ['wire+skb', /'wire\+skb' joins coefficients of different domains or units/],
    ['wire+guestWire', /different domains or units/],
  ];
  for (const [text, says] of wrong) {
    it(`refuses to fit '${text}'`, () => {
      expect(() => parseParameters(text, PROFILE, 'flip')).to.throw(ParameterError, says);
    });
  }

  it('covers the truth in about 95 of 100 measurements with the stated noise', () => {
    const known = Object.values(coefficientsOf(PROFILE, 'flip')).filter((term) => term.domain === 'DomainU');
    const rates: readonly (readonly [XenConfiguration, number])[] = [
      ['Xen', 1],
      ['LRO', 2],
      ['LRO', 4],
      ['LRO', 8],
    ];
    let covered = 0;
    let random = 12345;
    // Sums of uniform numbers from a generator of its own (Park and Miller): near enough to normal.
    const normal = (): number => {
      let sum = -6;
      for (let i = 0; i < 12; i++) {
        random = (random * 48271) % 2147483647;
        sum += random / 2147483647;
      }
      return sum;
    };
    for (let trial = 0; trial < 200; trial++) {
      const observations = rates.map(([configuration, lroRate], index) => {
        const row = rowOf(index + 2, configuration, lroRate);
        const observation = scheduleObservation(row, 'flip')!;
        const DomainU = cyclesPerByteOf(observation, known) * (1 + 0.01 * normal());
        return { ...observation, row: { ...row, cyclesPerByte: { Domain0: null, DomainU } } };
      });
      const record = calibrate(observations, optionsFor('flip', { seed: trial, replicates: 200 }));
      const { interval } = domainOf(record, 'DomainU').coefficients.find(({ name }) => name === 'guestSkb')!;
      const truth = GUEST_SKB.value;
      if (interval !== null && interval.low <= truth && truth <= interval.high) covered++;
    }
    expect(covered).to.be.within(176, 200);
  });
});

function rowOf(line: number, configuration: XenConfiguration, lroRate: number): MeasuredRow {
  return {
    line,
    configuration,
    throughputMbps: null,
    lroRate,
    cyclesPerByte: { Domain0: 1, DomainU: 1 },
  };
}

describe('made-up coefficients on the counts of a real capture', () => {
  const observations: Observation[] = [];

  before(async function () {
    this.timeout(60_000);
    for (const poll of ['batch:2', 'batch:7', 'batch:64']) {
      const args = [join(CAPTURES, 'full-f4.pcap.gz'), '--poll', poll, '--json', '--format', 'none'];
      const { stdout, stderr } = await runCommand(args);
      expect(stdout, stderr).to.not.equal('');
      const record = JSON.parse(stdout) as ResultRecord;
      for (const result of record.configurations) {
        observations.push({
          row: rowOf(observations.length + 2, result.name, 1),
          events: result.events,
          goodputBytes: record.receiver.goodputBytes,
          lroRate: result.lroRate,
          linkShare: 0.94,
        });
      }
    }
  });

  it('are recovered from rows without noise', () => {
    const parameters = fittedParameters(PROFILE, 'flip');
    // Cycles a byte, or a packet or skb.
    const price = (unit: string): fc.Arbitrary<number> =>
      unit === 'cyclesPerByte'
        ? fc.double({ min: 0.1, max: 10, noNaN: true })
        : fc.double({ min: 100, max: 20_000, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(...parameters.map(({ unit }) => price(unit))), (prices) => {
        const priced = parameters.map((parameter, index) => ({ parameter, price: prices[index]! }));
        const rows = observations.map((observation): Observation => {
          const cycles = (domain: Domain): number => {
            const own = priced.filter(({ parameter }) => parameter.domain === domain);
            const terms = own.flatMap(({ parameter, price: value }) =>
              parameter.coefficients.map((term) => ({ ...term, value })),
            );
            const held = domain === 'Domain0' ? [LRO] : [];
            return cyclesPerByteOf(observation, [...terms, ...held]);
          };
          const cyclesPerByte = { Domain0: cycles('Domain0'), DomainU: cycles('DomainU') };
          return { ...observation, row: { ...observation.row, cyclesPerByte } };
        });
        const record = calibrate(rows, optionsFor('flip', { parameters, noise: 0 }));
        for (const { parameter, price: value } of priced) {
          const domain = domainOf(record, parameter.domain);
          expect(domain.exactByConstruction).to.equal(false);
          expect(valuesOf(domain)[parameter.name]).to.be.closeTo(value, 1e-6 * value);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a written profile', () => {
  const train = { Domain0: null, DomainU: ['Xen', 'LRO'] };

  it('is aizu-2008 again where it was trained as that was, and names the table', () => {
    const observations = scheduled(ROWS, 'flip');
    const record = calibrate(observations, optionsFor('flip', { train }));
    const profile = calibratedProfile('mine', PROFILE, record, observations);
    expect(parseProfile(JSON.stringify(profile), 'mine.json')).to.deep.equal(profile);
    const [mine, theirs] = [coefficientsOf(profile, 'flip'), coefficientsOf(PROFILE, 'flip')];
    for (const [id, { value, grade, source }] of Object.entries(mine)) {
      expect(value).to.be.closeTo(theirs[id]!.value, 1e-4);
      expect(grade).to.equal(id === 'lro' ? 'assumed' : 'fitted');
      if (id !== 'lro') expect(source).to.include('aizu-2008.csv').and.include('exact by construction');
    }
    expect(profile.unexplained?.value).to.be.closeTo(PROFILE.unexplained!.value, 1e-3);
    expect(profile.unexplained?.configuration).to.equal('Optimized');
    expect(profile.throughput.laws.serial?.value).to.be.closeTo(4.014597, 1e-6);
    expect(Object.keys(profile.receiveModes)).to.deep.equal(['flip']);
    expect(profile.note).to.include('no evidence for the model');
  });

  it('leaves nothing unexplained where every row was fitted', () => {
    const observations = scheduled(ROWS, 'flip');
    const record = calibrate(observations, optionsFor('flip'));
    expect(calibratedProfile('mine', PROFILE, record, observations).unexplained).to.equal(null);
  });

  it('is refused where a coefficient is not identified', () => {
    const observations = scheduled(ROWS, 'flip');
    const write = (fit: string): unknown => {
      const parameters = parseParameters(fit, PROFILE, 'flip');
      const record = calibrate(observations, optionsFor('flip', { parameters }));
      return calibratedProfile('mine', PROFILE, record, observations);
    };
    expect(() => write('wire,skb,linearise,netbackCopy')).to.throw(
      ParameterError,
      /do not tell wire, skb, linearise, netbackCopy apart: leave one out of --fit/,
    );
  });
});

describe('throughput laws on measured rows', () => {
  it('have the clocks that the study needs, and errors by one rule for all', () => {
    const { laws } = example();
    const [serial, shared, two, constant] = laws;
    expect(laws.map(({ law }) => law)).to.deep.equal(['serial', 'shared-core', 'two-cores', 'constant']);
    expect(serial?.range?.map((ghz) => ghz.toFixed(3))).to.deep.equal(['3.995', '4.043']);
    const errors = (law: typeof serial): (string | undefined)[] =>
      law!.rows.map(({ error }) => (100 * error!).toFixed(2));
    expect(errors(serial)).to.deep.equal(['0.19', '-0.26', '0.08']);
    // Sums of c/B times B/s: 1.558, 1.515 and 1.502 Gcycles/s.
    expect(shared?.parameter).to.be.closeTo((1.558 + 1.515 + 1.502) / 3, 1e-3);
    expect(two?.parameter).to.be.closeTo((0.913 + 0.994 + 0.93) / 3, 1e-3);
    expect(constant?.parameter?.toFixed(0)).to.equal('584');
    expect(constant?.worstError).to.be.below(0.017);
    expect(shared?.worstError).to.be.above(constant!.worstError!);
  });

  it('need throughput and both domains; at line rate no clock of serial will do', () => {
    const [xen] = ROWS;
    const without = { ...xen!, throughputMbps: null };
    expect(calibrate(scheduled([without], 'flip'), optionsFor('flip')).laws).to.deep.equal([]);
    const fast = { ...xen!, throughputMbps: 941.5 };
    const { laws } = calibrate(scheduled([fast], 'flip'), optionsFor('flip'));
    expect(laws.find(({ law }) => law === 'serial')).to.deep.include({ parameter: null, range: null });
    expect(laws.find(({ law }) => law === 'shared-core')?.parameter).to.be.above(0);
  });
});
