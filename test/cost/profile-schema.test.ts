import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { profileNames } from '../../src/cost/load-profile.ts';
import { parseProfile } from '../../src/cost/parse-profile.ts';
import {
  CLOCKED_LAWS,
  COEFFICIENT_UNIT,
  DOMAINS,
  GRADES,
  type Profile,
  STAGES,
} from '../../src/cost/profile.ts';
import { EVENTS } from '../../src/path/events.ts';
import { RECEIVE_MODES } from '../../src/path/netback.ts';
import { XEN_CONFIGURATIONS } from '../../src/path/xen-configurations.ts';
import { ROOT } from '../helpers/surroundings.ts';

interface Node {
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly $defs?: Readonly<Record<string, Node>>;
}

const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'schema', 'profile.schema.json'), 'utf8')) as Node;
const validate = new Ajv2020({ strict: true, allErrors: true, strictTypes: false }).compile(SCHEMA);

function read(name: string): Profile {
  return JSON.parse(readFileSync(join(ROOT, 'profiles', `${name}.json`), 'utf8')) as Profile;
}

function at(...path: readonly string[]): Node {
  const [definition = '', ...properties] = path;
  return properties.reduce((node, name) => node.properties![name]!, SCHEMA.$defs![definition]!);
}

describe('schema of profiles', () => {
  for (const name of profileNames()) {
    it(`accepts ${name}`, () => {
      expect(validate(read(name)), JSON.stringify(validate.errors)).to.equal(true);
    });
  }

  it('knows the lists of the program', () => {
    expect(at('event').enum).to.deep.equal(EVENTS.map((event) => event.name));
    expect(at('unit').enum).to.deep.equal(Object.values(COEFFICIENT_UNIT));
    expect(at('grade').enum).to.deep.equal([...GRADES]);
    expect(at('coefficient', 'stage').enum).to.deep.equal([...STAGES]);
    expect(at('coefficient', 'domain').enum).to.deep.equal([...DOMAINS]);
    expect(at('unexplained', 'configuration').enum).to.deep.equal([...XEN_CONFIGURATIONS]);
    const { receiveModes, throughput } = SCHEMA.properties!;
    expect(Object.keys(receiveModes!.properties!)).to.deep.equal([...RECEIVE_MODES]);
    const { laws } = throughput!.properties!;
    expect(Object.keys(laws!.properties!)).to.deep.equal([...CLOCKED_LAWS]);
  });

  const sound = read('aizu-2008');
  const { lro } = sound.coefficients;
  const wrong: readonly (readonly [name: string, changes: object])[] = [
    ['a recollected number', { coefficients: { lro: { ...lro, grade: 'recollected' } } }],
    ['a number without source', { coefficients: { lro: { ...lro, source: ' ' } } }],
    ['negative cycles', { coefficients: { lro: { ...lro, value: -1 } } }],
    ['an unknown key', { colour: 1 }],
    ['no receive mode', { receiveModes: {} }],
    ['an odd id', { coefficients: { 'a b': lro } }],
  ];
  for (const [name, changes] of wrong) {
    it(`refuses ${name}, as the program does`, () => {
      const document = { ...sound, ...changes };
      expect(validate(document)).to.equal(false);
      expect(() => parseProfile(JSON.stringify(document), 'p.json')).to.throw('p.json');
    });
  }
});
