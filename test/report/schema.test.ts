import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { REASONS } from '../../src/coalesce/reason.ts';
import { EVENTS } from '../../src/path/events.ts';
import { ROOT } from '../helpers/surroundings.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';
import { SCHEMA, type SchemaNode, schemaErrors } from './validate-record.ts';

interface Field {
  readonly path: string;
  readonly node: SchemaNode;
}

function fieldsBelow(path: string, node: SchemaNode): Field[] {
  const children: [string, SchemaNode][] = [
    ...Object.entries(node.properties ?? {}),
    ...Object.entries(node.$defs ?? {}),
    ...(node.items === undefined ? [] : [['[]', node.items] as [string, SchemaNode]]),
  ];
  return [{ path, node }, ...children.flatMap(([name, child]) => fieldsBelow(`${path}/${name}`, child))];
}

/** Fields that records of earlier versions lack. */
const ADDED = ['/configuration/flows'];

const FIELDS = fieldsBelow('', SCHEMA);

/** A copy of the sample as it comes back from JSON, with the value at `path` replaced or, as undefined, removed. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(sampleRecord())) as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as Record<string | number, unknown>, copy);
  const last = path.at(-1) ?? '';
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

describe('result schema', () => {
  it('accepts a full record and one where everything that may be absent is', () => {
    expect(schemaErrors(sampleRecord())).to.deep.equal([]);
    expect(schemaErrors(emptyRecord())).to.deep.equal([]);
    const warnings = [{ code: 'W-SUPERPACKET', message: 'Some packets are too long.' }];
    expect(schemaErrors(sampleRecord({ warnings }))).to.deep.equal([]);
  });

  it('accepts the record of the committed sample report', () => {
    const sample = readFileSync(join(ROOT, 'reports', 'sample', 'f1', 'summary.json'), 'utf8');
    expect(schemaErrors(JSON.parse(sample))).to.deep.equal([]);
  });

  const wrong: readonly (readonly [string, readonly (string | number)[], unknown, string])[] = [
    ['another version', ['recordVersion'], 2, '/recordVersion'],
    ['a missing field', ['capture', 'packets'], undefined, '/capture'],
    ['an unknown field', ['receiver', 'host'], 'b', '/receiver'],
    ['a number as text', ['throughput', 'capturedGoodputMbps'], '941.48', '/throughput/capturedGoodputMbps'],
    ['a fraction of a packet', ['receiver', 'dataPackets'], 0.5, '/receiver/dataPackets'],
    ['a negative count', ['configurations', 1, 'counters', 'polls'], -1, '/configurations/1/counters/polls'],
    ['null for a count', ['capture', 'wireBytes'], null, '/capture/wireBytes'],
    ['a share above 1', ['receiver', 'superPacketShare'], 1.5, '/receiver/superPacketShare'],
    ['an unknown configuration', ['configurations', 0, 'name'], 'xen', '/configurations/0/name'],
    [
      'an unknown reason',
      ['configurations', 1, 'reasons', 0, 'reason'],
      'because',
      '/configurations/1/reasons/0/reason',
    ],
    ['an unknown event', ['configurations', 2, 'events', 'bytes'], 1, '/configurations/2/events'],
    ['a time as number', ['capture', 'firstTimeNs'], 1.19e18, '/capture/firstTimeNs'],
    ['a warning without code', ['warnings', 0], { message: 'Hm.' }, '/warnings/0'],
  ];
  for (const [what, path, value, place] of wrong) {
    it(`rejects ${what}`, () => {
      const errors = schemaErrors(changed(path, value));
      expect(errors, 'errors').to.have.length.above(0);
      expect(errors.every((error) => error.startsWith(`${place}: `))).to.equal(true, errors.join('\n'));
    });
  }

  it('describes every field, and every number with its unit', () => {
    const undescribed = FIELDS.filter(({ node }) => !node.description && node.$ref === undefined);
    expect(undescribed.map(({ path }) => path)).to.deep.equal([]);
    const numbers = FIELDS.filter(({ node }) =>
      [node.type].flat().some((type) => type === 'number' || type === 'integer'),
    );
    expect(numbers).to.have.length.above(40);
    const unitless = numbers.filter(({ node }) => !/ Unit: \S.*\.$/.test(node.description ?? ''));
    expect(unitless.map(({ path }) => path)).to.deep.equal([]);
  });

  it('closes every object and requires every field of it', () => {
    const objects = FIELDS.filter(({ node }) => node.type === 'object');
    expect(objects).to.have.length.above(8);
    for (const { path, node } of objects) {
      expect(node.additionalProperties, path).to.equal(false);
      const required = Object.keys(node.properties ?? {}).filter(
        (name) => !ADDED.includes(`${path}/${name}`),
      );
      expect(node.required, path).to.deep.equal(required);
    }
  });

  it('knows the reasons and events of the program, with their definitions', () => {
    const at = (path: string): SchemaNode => FIELDS.find((field) => field.path === path)!.node;
    expect(at('/configuration/reasons/[]/reason').enum).to.deep.equal([...REASONS]);
    const events = at('/configuration/events').properties ?? {};
    expect(Object.keys(events)).to.deep.equal(EVENTS.map((event) => event.name));
    for (const { name, unit, definition } of EVENTS) {
      expect(events[name]?.description?.toLowerCase()).to.equal(
        `${definition}. unit: ${unit}.`.toLowerCase(),
      );
    }
  });
});
