/**
 * `npm run conformance`: writes docs/engines/conformance.md, and to stderr what an engine's file in `differences` still
 * lacks, with the reasons seen: lines to be put under the rule that is the cause.
 */
import { writeFileSync } from 'node:fs';
import { conformanceCases } from './cases.ts';
import { COLUMNS } from './columns.ts';
import { outcomeOf, rulesFor } from './compare.ts';
import { conformancePage, PAGE } from './page.ts';

const rows = (await conformanceCases()).map((testCase) => ({
  testCase,
  outcomes: new Map(COLUMNS.map((column) => [column.engine, outcomeOf(column, testCase)])),
}));
writeFileSync(PAGE, conformancePage(rows));
for (const column of COLUMNS) {
  for (const { testCase, outcomes } of rows) {
    const { agrees, payloads, reasons } = outcomes.get(column.engine)!;
    if (agrees || rulesFor(column, testCase.name).length > 0) continue;
    const seen = [...reasons].join(', ');
    process.stderr.write(
      `${column.engine}: "${testCase.name}": "${payloads}" (${seen}; ${testCase.about})\n`,
    );
  }
}
