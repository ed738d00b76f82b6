import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type Line, runCoalesce } from '../helpers/coalesce-run.ts';
import { runCommand } from '../helpers/command.ts';
import { VECTORS } from '../helpers/surroundings.ts';

/** One run of a manifest; see test/vectors/README.md. */
interface Run {
  readonly capture: string;
  readonly options: readonly string[];
  readonly expected: string;
  readonly note?: string;
}

const FOLDERS = [
  { folder: 'inet_lro', runs: 139 },
  { folder: 'inet_lro_random', runs: 16 },
] as const;

/** Every so many runs also go through the built command. */
const COMMAND_EVERY = 12;

function manifestOf(folder: string): Run[] {
  return JSON.parse(readFileSync(join(VECTORS, folder, 'manifest.json'), 'utf8')) as Run[];
}

function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function expectedLines(folder: string, { expected }: Run): Line[] {
  const bytes = readFileSync(join(VECTORS, folder, expected));
  return linesOf((expected.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** As many lines, and at each place every key of the expected line with its value. */
function expectLines(delivered: readonly Line[], expected: readonly Line[]): void {
  expected.forEach((line, i) => {
    for (const [key, value] of Object.entries(line))
      expect(delivered[i]?.[key], `line ${i}, ${key}`).to.deep.equal(value);
  });
  expect(delivered).to.have.length(expected.length);
}

function titleOf({ capture, options, note }: Run): string {
  const chosen = options.join(' ').replace(' --receiver all', '');
  return `${capture} ${chosen}${note === undefined ? '' : `: ${note}`}`;
}

for (const { folder, runs } of FOLDERS) {
  describe(`vectors of ${folder}`, () => {
    const manifest = manifestOf(folder);

    it(`are ${runs} runs, each of some lines`, () => {
      expect(manifest).to.have.length(runs);
      for (const run of manifest) {
        const lines = expectedLines(folder, run);
        expect(lines.length, run.expected).to.be.above(1);
        expect(Object.keys(lines.at(-1) ?? {}), run.expected).to.deep.equal(['stats']);
      }
    });

    for (const run of manifest) {
      it(titleOf(run), async () => {
        expectLines(
          await runCoalesce(join(VECTORS, folder, run.capture), run.options),
          expectedLines(folder, run),
        );
      });
    }

    for (const run of manifest.filter((_, i) => i % COMMAND_EVERY === 0)) {
      it(`by the command: ${titleOf(run)}`, async () => {
        const capture = join(VECTORS, folder, run.capture);
        const { stdout, code } = await runCommand(['coalesce', capture, ...run.options, '--jsonl']);
        expectLines(linesOf(stdout), expectedLines(folder, run));
        expect(code).to.equal(0);
      });
    }
  });
}
