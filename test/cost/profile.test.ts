import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findProfile, loadProfile, profileNames, readProfile } from '../../src/cost/load-profile.ts';
import { parseProfile } from '../../src/cost/parse-profile.ts';
import { COEFFICIENT_UNIT, coefficientsOf, type Profile, ProfileError } from '../../src/cost/profile.ts';
import { EVENT, EVENTS } from '../../src/path/events.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';

type Json = Record<string, unknown>;

const SOUND: Profile = loadProfile('aizu-2008');

/** A copy of the sound profile in which the value at `path` is replaced, or removed where it is undefined. */
function broken(path: string, value: unknown): string {
  const document = structuredClone(SOUND) as unknown as Json;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place = document;
  for (const key of keys) place = place[key] as Json;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return JSON.stringify(document);
}

function errorOf(read: () => unknown): ProfileError {
  try {
    read();
  } catch (error) {
    if (error instanceof ProfileError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('built-in profiles', () => {
  it('are valid and named after their file', () => {
    expect(profileNames()).to.include('aizu-2008');
    for (const name of profileNames()) expect(loadProfile(name).name).to.equal(name);
  });

  it('aizu-2008 has every receive mode, and each coefficient the unit of its event', () => {
    for (const mode of STUDY_RECEIVE_MODES) {
      for (const [id, term] of Object.entries(coefficientsOf(SOUND, mode))) {
        expect(term.unit, id).to.equal(COEFFICIENT_UNIT[EVENTS[EVENT[term.event]]!.unit]);
      }
    }
  });

  it('survive being written and read again', () => {
    expect(parseProfile(JSON.stringify(SOUND), 'copy.json')).to.deep.equal(SOUND);
  });

  it('modern-estimate is assembled from measurements and estimates: nothing fitted, all modes but modern missing', () => {
    const modern = loadProfile('modern-estimate');
    const terms = Object.values(coefficientsOf(modern, 'modern'));
    expect(new Set(terms.map((term) => term.grade))).to.deep.equal(new Set(['assumed', 'measured']));
    expect(Object.keys(modern.receiveModes)).to.deep.equal(['modern']);
    expect(modern.unexplained).to.equal(null);
    for (const term of terms) expect(term.unit).to.equal(COEFFICIENT_UNIT[EVENTS[EVENT[term.event]]!.unit]);
  });

  it('a path that ends in .json is a file, anything else a name', () => {
    const file = new URL('../../../profiles/aizu-2008.json', import.meta.url).pathname;
    expect(findProfile(file)).to.deep.equal(findProfile('aizu-2008'));
    expect(errorOf(() => findProfile('./aizu-2008')).message).to.include('no such profile');
  });

  it('a file that differs from the built-in profile of its name is refused, as results name the profile', () => {
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    try {
      const file = join(folder, 'mine.json');
      writeFileSync(file, broken('coefficients.lro.value', 900));
      expect(errorOf(() => findProfile(file)).message).to.match(
        /\$\.name: is that of the built-in .*another$/,
      );
      writeFileSync(file, JSON.stringify({ ...SOUND, name: 'mine' }));
      expect(findProfile(file)).to.deep.equal({ ...SOUND, name: 'mine' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('an unknown name lists the known ones', () => {
    expect(errorOf(() => loadProfile('aizu')).message).to.match(
      /aizu: .*no such profile; built in: aizu-2008/,
    );
    expect(errorOf(() => loadProfile('../package')).message).to.include('no such profile');
  });

  it('a file that cannot be read is named', () => {
    expect(errorOf(() => readProfile('no/such/file.json')).message).to.match(
      /^no\/such\/file\.json: .*ENOENT/,
    );
  });

  it('a receive mode that the profile lacks is named together with those it has', () => {
    const { flip } = SOUND.receiveModes;
    const onlyFlip = parseProfile(broken('receiveModes', { flip }), 'p.json');
    const { message } = errorOf(() => coefficientsOf(onlyFlip, 'grant-copy'));
    expect(message).to.include('grant-copy').and.include('the profile has flip');
  });

  it('a coefficient of a receive mode replaces the shared one of the same id', () => {
    const { lro } = SOUND.coefficients;
    const text = broken('receiveModes.flip.coefficients', { lro: { ...lro, value: 7 } });
    const profile = parseProfile(text, 'p.json');
    const { lro: own } = coefficientsOf(profile, 'flip');
    const { lro: shared } = coefficientsOf(profile, 'grant-copy');
    expect(own?.value).to.equal(7);
    expect(shared?.value).to.equal(1000);
  });
});

describe('profile validation', () => {
  const lro = 'coefficients.lro';
  const cases: readonly (readonly [name: string, path: string, value: unknown, at: string, says: RegExp])[] =
    [
      ['a missing section', 'throughput', undefined, '$.throughput', /is missing; needed here: name, note/],
      ['an unknown key', 'colour', 1, '$.colour', /not a known key; allowed here: name, note/],
      ['an empty name', 'name', ' ', '$.name', /text that is not empty/],
      ['a list in place of an object', 'coefficients', [], '$.coefficients', /is \[\]; give an object/],
      ['null in place of an object', 'receiveModes', null, '$.receiveModes', /is null; give an object/],
      ['no receive mode at all', 'receiveModes', {}, '$.receiveModes', /empty; name at least one of flip/],
      [
        'an unknown receive mode',
        'receiveModes.swap',
        {},
        '$.receiveModes.swap',
        /allowed here: flip, flip-copy/,
      ],
      ['an odd coefficient id', 'coefficients.a b', {}, '$.coefficients.a b', /not a coefficient id/],
      [
        'a recollected number',
        `${lro}.grade`,
        'recollected',
        '$.coefficients.lro.grade',
        /allowed: measured, read/,
      ],
      ['no grade', `${lro}.grade`, undefined, '$.coefficients.lro.grade', /is missing/],
      ['no source', `${lro}.source`, '', '$.coefficients.lro.source', /text that is not empty/],
      [
        'a number as text',
        `${lro}.value`,
        '1000',
        '$.coefficients.lro.value',
        /is "1000"; give a finite number/,
      ],
      ['null as number', `${lro}.value`, null, '$.coefficients.lro.value', /give a finite number/],
      [
        'negative cycles',
        `${lro}.value`,
        -1,
        '$.coefficients.lro.value',
        /is negative; cycles are 0 or more/,
      ],
      [
        'the unit of another event',
        `${lro}.unit`,
        'cyclesPerByte',
        '$.coefficients.lro.unit',
        /cyclesPerPacket$/,
      ],
      ['an unknown event', `${lro}.event`, 'packets', '$.coefficients.lro.event', /allowed: receivedFrames/],
      [
        'an unknown stage',
        `${lro}.stage`,
        'lro',
        '$.coefficients.lro.stage',
        /allowed: per-packet, driver, merge-engine/,
      ],
      [
        'an unknown domain',
        `${lro}.domain`,
        'dom0',
        '$.coefficients.lro.domain',
        /allowed: Domain0, DomainU$/,
      ],
      [
        'a wrong number inside a receive mode',
        'receiveModes.flip.coefficients.skb.value',
        true,
        '$.receiveModes.flip.coefficients.skb.value',
        /is true; give a finite number/,
      ],
      [
        'an unknown configuration',
        'unexplained.configuration',
        'GRO',
        '$.unexplained.configuration',
        /LRO, Opt/,
      ],
      ['a link of no speed', 'throughput.link.value', 0, '$.throughput.link.value', /is not positive/],
      [
        'a clock in MHz',
        'throughput.laws.serial.unit',
        'MHz',
        '$.throughput.laws.serial.unit',
        /allowed: GHz$/,
      ],
      ['a clock for no law', 'throughput.laws.none', {}, '$.throughput.laws.none', /allowed here: serial/],
    ];
  for (const [name, path, value, at, says] of cases) {
    it(`refuses ${name}`, () => {
      const error = errorOf(() => parseProfile(broken(path, value), 'my.json'));
      expect(error.path).to.equal(at);
      expect(error.file).to.equal('my.json');
      expect(error.message)
        .to.match(says)
        .and.match(/^my\.json: \$/);
    });
  }

  it('refuses numbers that JSON can write and nobody can mean', () => {
    const text = JSON.stringify(SOUND).replace('"value":1000,', '"value":1e999,');
    expect(errorOf(() => parseProfile(text, 'p.json')).message).to.include('give a finite number');
  });

  it('refuses what is not JSON, or no object', () => {
    expect(errorOf(() => parseProfile('{', 'p.json')).message).to.match(/^p\.json: \$: is not JSON/);
    for (const text of ['[]', 'null', '1']) {
      expect(errorOf(() => parseProfile(text, 'p.json')).message).to.include('give an object');
    }
  });

  it('accepts a profile that leaves nothing unexplained, or more than nothing', () => {
    expect(parseProfile(broken('unexplained', null), 'p.json').unexplained).to.equal(null);
    expect(parseProfile(broken('unexplained.value', -5), 'p.json').unexplained?.value).to.equal(-5);
  });
});
