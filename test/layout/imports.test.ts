import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { importsOf, tokensOf } from './imports.ts';
import { checkLayout, sentenceOf } from './rules.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function readSources(): ReadonlyMap<string, string> {
  const names = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => `src/${name}`);
  return new Map(files.sort().map((file) => [file, readFileSync(ROOT + file, 'utf8')]));
}

describe('the layout of src', () => {
  const sources = readSources();

  it('was seen: modules of every layer, and imports between them', () => {
    expect(sources.size).to.be.above(30);
    const relative = [...sources].flatMap(([file, source]) =>
      importsOf(tokensOf(source))
        .filter(({ specifier }) => specifier?.startsWith('.'))
        .map(({ specifier }) => `${file} ${specifier}`),
    );
    expect(relative).to.include('src/packet/decode.ts ./table.ts');
    expect(relative).to.have.length.above(sources.size);
    const folders = new Set([...sources.keys()].map((file) => file.split('/')[1]));
    expect([...folders]).to.include.members(['capture', 'packet', 'nic', 'coalesce', 'replay', 'cli']);
  });

  it('keeps every rule: direction of imports, cycles, default exports, length, the process', () => {
    expect(checkLayout(sources).map(sentenceOf)).to.deep.equal([]);
  });
});

describe('the checker of the layout', () => {
  const check = (files: Record<string, string>): string[] =>
    checkLayout(new Map(Object.entries({ 'src/packet/a.ts': '', 'src/nic/a.ts': '', ...files }))).map(
      sentenceOf,
    );

  const cases: readonly { name: string; files: Record<string, string>; expected: readonly string[] }[] = [
    {
      name: 'lets imports go down, and into the own folder',
      files: {
        'src/nic/b.ts':
          "import { a } from './a.ts';\nimport type { P } from '../packet/a.ts';\nimport fs from 'node:fs';",
        'src/replay/a.ts': "export { b } from '../nic/b.ts';",
        'src/cli/a.ts': "const { a } = await import('../replay/a.ts');",
        'src/nic/c.ts': "import { PACKAGE_ROOT } from '../package-root.ts';",
        'src/package-root.ts': '',
      },
      expected: [],
    },
    {
      name: 'sees an import that goes up',
      files: { 'src/packet/b.ts': "\n\nimport { a } from '../nic/a.ts';" },
      expected: ['src/packet/b.ts:3 imports src/nic/a.ts: packet may not import nic'],
    },
    {
      name: 'sees an import between siblings, of types too',
      files: { 'src/cost/b.ts': "import type { A } from '../nic/a.ts';" },
      expected: ['src/cost/b.ts:1 imports src/nic/a.ts: cost may not import nic'],
    },
    {
      name: 'sees what the shared files of src import',
      files: { 'src/package-root.ts': "import './packet/a.ts';" },
      expected: ['src/package-root.ts:1 imports src/packet/a.ts: package-root may not import packet'],
    },
    {
      name: 'sees re-exports, side effects and dynamic imports that go up',
      files: {
        'src/packet/b.ts': "export * from '../nic/a.ts';",
        'src/packet/c.ts': "import '../nic/a.ts';",
        'src/packet/d.ts': "/* late */ void import('../nic/a.ts');",
      },
      expected: ['b', 'c', 'd'].map(
        (file) => `src/packet/${file}.ts:1 imports src/nic/a.ts: packet may not import nic`,
      ),
    },
    {
      name: 'sees a dynamic import that it cannot follow',
      files: { 'src/cli/a.ts': 'const load = (name: string) => import(name);' },
      expected: ['src/cli/a.ts:1 imports what is not a plain string, so that no rule can be checked'],
    },
    {
      name: 'lets report see types of the result record, and nothing else of replay',
      files: {
        'src/replay/result.ts': '',
        'src/replay/a.ts': '',
        'src/report/a.ts': "import type { R } from '../replay/result.ts';",
        'src/report/b.ts': "import { type R, type S } from '../replay/result.ts';",
        'src/report/c.ts': "import { type R, s } from '../replay/result.ts';",
        'src/report/d.ts': "import type { R } from '../replay/a.ts';",
      },
      expected: [
        'src/report/c.ts:1 imports src/replay/result.ts: report may import its types only',
        'src/report/d.ts:1 imports src/replay/a.ts: report may not import replay',
      ],
    },
    {
      name: 'sees a folder that is no layer, and a module that is not there',
      files: { 'src/util/a.ts': '', 'src/helpers.ts': '', 'src/nic/b.ts': "import './c.ts';" },
      expected: [
        "src/util/a.ts:1 stands in no layer: 'util'",
        "src/helpers.ts:1 stands in no layer: 'helpers'",
        'src/nic/b.ts:1 imports src/nic/c.ts, which is no module of src',
      ],
    },
    {
      name: 'sees a cycle, of types too',
      files: {
        'src/nic/b.ts': "import type { C } from './c.ts';",
        'src/nic/c.ts': "import { D } from './d.ts';",
        'src/nic/d.ts': "import { B } from './b.ts';",
      },
      expected: ['src/nic/b.ts:1 imports itself: src/nic/b.ts → src/nic/c.ts → src/nic/d.ts → src/nic/b.ts'],
    },
    {
      name: 'sees default exports',
      files: {
        'src/nic/b.ts': 'export default 1;',
        'src/nic/c.ts': 'const c = 1;\nexport { c as default };',
      },
      expected: ['src/nic/b.ts:1 has a default export', 'src/nic/c.ts:2 has a default export'],
    },
    {
      name: 'counts lines',
      files: { 'src/nic/b.ts': '//\n'.repeat(350), 'src/nic/c.ts': '//\n'.repeat(351) },
      expected: ['src/nic/c.ts:351 has 351 lines, more than 350'],
    },
    {
      name: 'keeps the process to the command line',
      files: {
        'src/cli/a.ts': 'console.log(process.argv);\nprocess.exit(1);',
        'src/nic/b.ts': 'console.log(1);\nprocess.stdout.write("");\nprocess.exitCode = 1;',
        'src/nic/c.ts':
          '// console.log\nconst s = "process.exit";\nother.process.exit; process.memoryUsage();',
      },
      expected: [
        'src/nic/b.ts:1 uses console, which only src/cli may',
        'src/nic/b.ts:2 uses process.stdout, which only src/cli may',
        'src/nic/b.ts:3 uses process.exitCode, which only src/cli may',
      ],
    },
    {
      name: 'is not misled by comments, strings and templates',
      files: {
        'src/packet/b.ts':
          "// import '../nic/a.ts';\n/* from '../nic/a.ts' */ const a = \"import '../nic/a.ts'\";\nconst b = `\nimport '../nic/a.ts'`;\nconst from = 'x';",
      },
      expected: [],
    },
  ];

  for (const { name, files, expected } of cases) {
    it(name, () => {
      expect(check(files)).to.deep.equal(expected);
    });
  }
});
