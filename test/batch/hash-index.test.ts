import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openHashIndex } from '../../src/batch/hash-index.ts';
import { fileState, isSettled } from '../../src/capture/file-state.ts';
import { COMMAND } from '../helpers/command.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

const SHA256 = 'cd'.repeat(32);

describe('the index of hashes', () => {
  const folder = useTempFolder();
  /** A file that nobody has touched for a while. */
  const OLD = COMMAND;

  it('has what other runs added meanwhile, too', () => {
    const out = folder.path('meanwhile');
    const [a, b] = [folder.path('a'), folder.path('b')];
    for (const path of [a, b]) symlinkSync(OLD, path);
    const indexes = [openHashIndex(out), openHashIndex(out)];
    for (const [at, path] of [a, b].entries()) {
      indexes[at]!.set(path, { state: fileState(path), sha256: SHA256 });
      indexes[at]!.save();
    }
    const both = openHashIndex(out);
    expect([a, b].map((path) => both.get(path)?.sha256)).to.deep.equal([SHA256, SHA256]);
  });

  it('stays bounded: what is gone or changed goes first, then what was added first', () => {
    const out = folder.path('bounded');
    mkdirSync(join(out, '.results'), { recursive: true });
    const links = Array.from({ length: 4200 }, (_, at) => folder.path(`link${at}`));
    for (const path of links) symlinkSync(OLD, path);
    const state = fileState(OLD);
    const there = links.map((path) => [path, { state, sha256: SHA256 }]);
    const gone = links.map((path) => [`${path}-gone`, { state, sha256: SHA256 }]);
    const file = join(out, '.results', 'captures.json');
    writeFileSync(file, JSON.stringify(Object.fromEntries([...there, ...gone])));
    const own = folder.path('own');
    symlinkSync(OLD, own);
    const index = openHashIndex(out);
    expect(index.get(links[0]!)?.sha256).to.equal(SHA256);
    index.set(own, { state, sha256: SHA256 });
    index.save();
    const kept = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object);
    // What the run itself looked up or set is beside the bound.
    expect(kept).to.deep.equal([...links.slice(4200 - 4096), links[0], own]);
  });
});

describe('the state of a file', () => {
  const folder = useTempFolder();

  it('is another for each file and each change, and nothing for what is no file', () => {
    const path = folder.write('one', 'content');
    const state = fileState(path);
    expect(fileState(path)).to.equal(state);
    linkSync(path, folder.path('two'));
    expect(fileState(path), 'the change of its inode').not.to.equal(state);
    expect(fileState(folder.write('other', 'content'))).not.to.equal(fileState(path));
    for (const none of ['-', folder.path('.'), folder.path('none')]) expect(fileState(none)).to.equal('');
  });

  const SECOND_NS = 1_000_000_000n;
  const NOW_MS = 1_800_000_000_000;
  const stateAt = (mtimeS: bigint, ctimeS: bigint): string => {
    const now = BigInt(NOW_MS) * 1_000_000n;
    return `1 2 3 ${now + mtimeS * SECOND_NS} ${now + ctimeS * SECOND_NS}`;
  };
  const cases: readonly (readonly [mtimeS: bigint, ctimeS: bigint, settled: boolean])[] = [
    [-3n, -3n, true],
    [-2n, -3n, false],
    [-3n, -2n, false],
    [-100n, 0n, false],
    [0n, -100n, false],
    [1000n, -100n, false],
  ];
  for (const [mtimeS, ctimeS, settled] of cases) {
    it(`is ${settled ? '' : 'not '}settled ${mtimeS} s from its content, ${ctimeS} s from its change`, () => {
      expect(isSettled(stateAt(mtimeS, ctimeS), NOW_MS)).to.equal(settled);
    });
  }

  it('is not settled where there is none', () => {
    expect(isSettled('', NOW_MS)).to.equal(false);
  });
});
