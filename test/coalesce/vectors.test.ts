import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Line, runCoalesce } from '../helpers/coalesce-run.ts';
import { VECTORS } from '../helpers/surroundings.ts';
import { differencesOf, type VectorRun, vectorRuns } from '../helpers/vector-runs.ts';

const FOLDERS = [
  { name: 'inet_lro', count: 139 },
  { name: 'inet_lro_random', count: 16 },
] as const;

/** Every run is made in this process; every so many of them also by the built command. */
const COMMAND_EVERY = 12;

function expectedLines(folder: string, { expected }: VectorRun): Line[] {
  return readFileSync(join(folder, expected), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** As many lines, and at each place every key of the expected line with its value. */
function expectLines(delivered: readonly Line[], expected: readonly Line[]): void {
  expected.forEach((line, i) => {
    for (const [key, value] of Object.entries(line))
      expect(delivered[i]?.[key], `line ${i}, ${key}`).to.deep.equal(value);
  });
  expect(delivered).to.have.length(expected.length);
}

function titleOf({ capture, options, note }: VectorRun): string {
  const chosen = options.join(' ').replace(' --receiver all', '');
  return `${capture} ${chosen}${note === undefined ? '' : `: ${note}`}`;
}

for (const { name, count } of FOLDERS) {
  describe(`vectors of ${name}`, () => {
    const folder = join(VECTORS, name);
    const runs = vectorRuns(folder);

    it(`are ${count} runs, each of some skbs and the counters`, () => {
      expect(runs).to.have.length(count);
      for (const run of runs) {
        const lines = expectedLines(folder, run);
        expect(lines.length, run.expected).to.be.above(1);
        expect(Object.keys(lines.at(-1) ?? {}), run.expected).to.deep.equal(['stats']);
      }
    });

    for (const run of runs) {
      it(titleOf(run), async () => {
        expectLines(await runCoalesce(join(folder, run.capture), run.options), expectedLines(folder, run));
      });
    }

    for (const run of runs.filter((_, i) => i % COMMAND_EVERY === 0)) {
      it(`by the command: ${titleOf(run)}`, async () => {
        expect(await differencesOf(folder, run)).to.deep.equal([]);
      });
    }
  });
}
