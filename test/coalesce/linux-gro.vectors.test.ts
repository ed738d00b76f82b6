import { join } from 'node:path';
import { expect } from 'chai';
import { VECTORS } from '../helpers/surroundings.ts';
import { differencesOf, vectorRuns } from '../helpers/vector-runs.ts';

/** Enough to see what is wrong. */
const SHOWN_DIFFERENCES = 10;

for (const name of ['linux-gro', 'linux-gro-selftest']) {
  const folder = join(VECTORS, name);

  describe(`linux-gro delivers what the kernel delivered: ${name}`, () => {
    const runs = vectorRuns(folder);

    it('has runs', () => {
      expect(runs).to.have.lengthOf.above(0);
    });

    for (const run of runs) {
      it(run.expected.replace(/\.expected\.jsonl(\.gz)?$/, ''), async () => {
        const differences = await differencesOf(folder, run);
        expect(differences.slice(0, SHOWN_DIFFERENCES), `${differences.length} lines differ`).to.deep.equal(
          [],
        );
      });
    }
  });
}
