/** docs/engines/conformance.md, made of the cases, the outcomes and the written differences. */
import { join } from 'node:path';
import { CATALOG } from '../../src/coalesce/catalog.ts';
import { ROOT } from '../helpers/surroundings.ts';
import { type ConformanceCase, SETS } from './cases.ts';
import { COLUMNS, type Column } from './columns.ts';
import { type Outcome, payloadText, rulesFor } from './compare.ts';

export const PAGE = join(ROOT, 'docs', 'engines', 'conformance.md');

export interface Row {
  readonly testCase: ConformanceCase;
  /** By name of the engine. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** A cell gets no longer than this. */
const CELL_CHARACTERS = 48;

const INTRODUCTION = `# Conformance of the merge engines

Written by \`npm run conformance\`; a test keeps it in step. Every case is a few packets whose fate a real kernel decided: those of \`test/vectors/linux-gro\` a running Linux 6.18,
those of \`test/vectors/inet_lro\` the compiled \`inet_lro.c\`. Each engine is run on each case, with the polls of the case, IPv4 and TCP checksums verified where that kernel did,
and VLAN tags left in the frames. An engine **agrees** if it delivers the same packets in the same skbs in the same order; where it does not, the rule that makes it differ is named.
A case that differs and is not listed fails the test, and so does a listed one that does not differ.

Payloads are bytes of TCP payload of each skb in order of delivery; \`1448*3\` are three skbs in a row, \`-\` has no TCP header to find.
`;

export function conformancePage(rows: readonly Row[]): string {
  const parts = [INTRODUCTION, '## Summary\n', summary(rows)];
  for (const column of COLUMNS) parts.push(`\n## Where ${column.engine} differs\n`, ruleList(column));
  for (const set of SETS) parts.push(`\n## Cases of ${set}\n`, caseTable(rows, set));
  return `${parts.join('\n')}\n`;
}

function summary(rows: readonly Row[]): string {
  const heads = SETS.map((set) => `agrees, of ${countOf(rows, set)} of ${set}`);
  const lines = COLUMNS.map(({ engine, differences }) => {
    const agreeing = SETS.map((set) =>
      String(rows.filter((row) => row.testCase.set === set && row.outcomes.get(engine)?.agrees).length),
    );
    return line([`\`${engine}\``, CATALOG[engine].verified, ...agreeing, String(differences.length)]);
  });
  const head = ['engine', 'verified by', ...heads, 'rules that make it differ'];
  return [line(head), line(head.map((_, i) => (i < 2 ? '---' : '--:'))), ...lines].join('\n');
}

function countOf(rows: readonly Row[], set: string): number {
  return rows.filter(({ testCase }) => testCase.set === set).length;
}

function ruleList({ differences }: Column): string {
  const rules = differences.map(({ rule, source, cases }, i) =>
    line([String(i + 1), rule, source, String(Object.keys(cases).length)]),
  );
  return [line(['', 'rule', 'source', 'cases']), line(['--:', '---', '---', '--:']), ...rules].join('\n');
}

function caseTable(rows: readonly Row[], set: string): string {
  const head = ['case', 'what arrives', `${set} delivers`, ...otherColumns(set).map(({ engine }) => engine)];
  const lines = rows
    .filter(({ testCase }) => testCase.set === set)
    .map(({ testCase, outcomes }) => {
      const cells = otherColumns(set).map((column) => cell(column, testCase, outcomes.get(column.engine)!));
      const payloads = short(payloadText(testCase.packets, testCase.delivered));
      return line([testCase.name.slice(set.length + 1), testCase.about, payloads, ...cells]);
    });
  const note = `\`=\`: the same. Else what it delivers, and the number of its rule above.\n`;
  return [note, line(head), line(head.map(() => '---')), ...lines].join('\n');
}

function otherColumns(set: string): readonly Column[] {
  return COLUMNS.filter(({ engine }) => engine !== set);
}

function cell(column: Column, { name }: ConformanceCase, { agrees, payloads }: Outcome): string {
  if (agrees) return '=';
  const rules = rulesFor(column, name).map((rule) => column.differences.indexOf(rule) + 1);
  return `${short(payloads)} (${rules.join(', ')})`;
}

function short(text: string): string {
  return text.length <= CELL_CHARACTERS ? text : `${text.slice(0, CELL_CHARACTERS)} …`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('*', '\\*')).join(' | ')} |`;
}
