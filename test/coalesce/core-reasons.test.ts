/** Reasons that kernels name by number (wasm/reasons.ts). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { REASONS, type Reason } from '../../src/coalesce/reason.ts';
import { ROOT } from '../helpers/surroundings.ts';

describe('reasons in the core', () => {
  const source = readFileSync(join(ROOT, 'wasm', 'reasons.ts'), 'utf8');
  const named = [...source.matchAll(/^export const (\w+): i32 = (\d+);$/gm)].map(
    ([, name, index]) => [name!.toLowerCase().replaceAll('_', '-') as Reason, Number(index)] as const,
  );

  it('are all read here', () => {
    expect(named).to.have.length(source.match(/^export/gm)!.length);
  });

  for (const [reason, index] of named) {
    it(`calls ${reason} by its number`, () => {
      expect(REASONS.indexOf(reason)).to.equal(index);
    });
  }
});
