import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { REASONS } from '../../src/coalesce/reason.ts';
import { ENGINES } from '../../src/replay/coalesce.ts';
import { type ConformanceCase, conformanceCases, SETS } from './cases.ts';
import { COLUMNS } from './columns.ts';
import { type Outcome, outcomeOf, payloadText, rulesFor } from './compare.ts';
import { conformancePage, PAGE, type Row } from './page.ts';

/** Enough to see what is wrong. */
const SHOWN = 30;

describe('conformance of merge engines', () => {
  let rows: readonly Row[] = [];

  before(async () => {
    rows = (await conformanceCases()).map((testCase) => ({
      testCase,
      outcomes: new Map(COLUMNS.map((column) => [column.engine, outcomeOf(column, testCase)])),
    }));
  });

  const outcomes = (engine: string): [ConformanceCase, Outcome][] =>
    rows.map(({ testCase, outcomes }) => [testCase, outcomes.get(engine)!]);

  it('has cases of every kernel, each with a name of its own', () => {
    const names = rows.map(({ testCase }) => testCase.name);
    expect(new Set(names).size).to.equal(names.length);
    expect(names.filter((name) => name.startsWith('linux-gro/'))).to.have.length(391 + 19);
    expect(names.filter((name) => name.startsWith('inet_lro/'))).to.have.length.above(63);
  });

  it('has a column for every engine that merges', () => {
    const engines = ENGINES.filter((engine) => engine !== 'none');
    expect(COLUMNS.map(({ engine }) => engine)).to.have.members(engines);
  });

  it('has cases whose polls take every packet of theirs', () => {
    for (const { testCase } of rows) {
      const all = testCase.delivered.flat().toSorted((a, b) => a - b);
      expect(all, testCase.name).to.deep.equal(testCase.packets.map((_, i) => i));
    }
  });

  it('without an engine is every packet alone, in order', () => {
    const none = {
      ...COLUMNS[0]!,
      optionsFor: () => ({ ...rows[0]!.testCase.options, engine: 'none' as const }),
    };
    for (const { testCase } of rows) {
      const { delivered } = outcomeOf(none, testCase);
      expect(delivered, testCase.name).to.deep.equal(testCase.packets.map((_, i) => [i]));
    }
  });

  for (const column of COLUMNS) {
    const { engine, differences } = column;

    describe(engine, () => {
      it('delivers what the kernel delivered, or differs as it is written down', () => {
        const wrong = outcomes(engine).flatMap(([{ name }, { agrees, payloads }]) => {
          const listed = rulesFor(column, name).map(({ cases }) => cases[name]);
          if (listed.length > 1) return [`${name} is listed ${listed.length} times`];
          if (agrees) return listed.length === 0 ? [] : [`${name} is listed, but agrees`];
          if (listed.length === 0) return [`${name} differs and is not listed: "${name}": "${payloads}"`];
          return listed[0] === payloads ? [] : [`${name}: expected ${listed[0]}, got ${payloads}`];
        });
        expect(wrong.slice(0, SHOWN), `${wrong.length} cases are wrong`).to.deep.equal([]);
      });

      it('differs by rules that are written down once, with cases that show them', () => {
        const known = new Map(rows.map((row) => [row.testCase.name, row]));
        expect(new Set(differences.map(({ rule }) => rule)).size).to.equal(differences.length);
        for (const { rule, source, shownBy, cases } of differences) {
          expect(rule, 'a rule is a sentence').to.match(/^[A-Z].{20,}\.$/);
          expect(source, rule).to.match(/^docs\/engines\/[\w-]+\.md/);
          expect(REASONS, rule).to.include.members([...shownBy]);
          expect(shownBy, rule).to.have.length.above(0);
          expect(Object.keys(cases), rule).to.have.length.above(0);
          for (const name of Object.keys(cases)) {
            const row = known.get(name);
            expect(row, `${name} is no case`).to.not.equal(undefined);
            const seen = [row!.outcomes.get(engine)!, row!.outcomes.get(row!.testCase.set)!];
            const shown = shownBy.some((reason) => seen.some(({ reasons }) => reasons.has(reason)));
            expect(shown, `${name} shows none of ${shownBy.join(', ')}`).to.equal(true);
          }
        }
      });
    });
  }

  for (const set of SETS) {
    it(`is whole for ${set} itself`, () => {
      const own = outcomes(set).filter(([testCase]) => testCase.set === set);
      expect(own.filter(([, { agrees }]) => !agrees).map(([{ name }]) => name)).to.deep.equal([]);
    });
  }

  it('is what docs/engines/conformance.md says (npm run conformance writes it)', () => {
    expect(readFileSync(PAGE, 'utf8')).to.equal(conformancePage(rows));
  });
});

describe('payloadText', () => {
  it('counts equal skbs in a row, and marks what has no TCP header', () => {
    const packet = (payloadBytes: number): never =>
      ({ tcp: { payloadBytes }, bytes: new Uint8Array() }) as never;
    const other = { tcp: null, bytes: new Uint8Array(60) } as never;
    const text = payloadText([packet(100), packet(100), packet(7), other], [[0], [1], [2], [0, 1], [3]]);
    expect(text).to.equal('100*2 7 200 -');
  });
});
