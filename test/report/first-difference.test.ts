import { expect } from 'chai';
import fc from 'fast-check';
import { firstDifference } from '../../src/report/first-difference.ts';

describe('the first difference of two files', () => {
  const cases: readonly (readonly [string, string, string, string, string | null])[] = [
    ['equal text', 'a.csv', 'x\ny\n', 'x\ny\n', null],
    ['a line', 'a.csv', 'x\ny\nz\n', 'x\nw\nz\n', "line 2: 'y', now 'w'"],
    ['a line that is missing', 'a.csv', 'x\ny', 'x', "line 2: 'y', now nothing"],
    ['a key', 'a.json', '{"a":{"b":[1,2]}}', '{"a":{"b":[1,3]}}', 'a.b[1]: 2, now 3'],
    ['a key that is new', 'a.json', '{"a":1}', '{"a":1,"b":null}', 'b: nothing, now null'],
    ['a list for an object', 'a.json', '{"a":{}}', '{"a":[]}', 'a: {}, now []'],
    ['the spaces of JSON', 'a.json', '{"a":1}', '{"a": 1}', `line 1: '{"a":1}', now '{"a": 1}'`],
    ['what is no JSON any more', 'a.json', '{"a":1}', '{"a":', `line 1: '{"a":1}', now '{"a":'`],
    ['bytes', 'a.png', '\0ab', '\0acd', 'byte 2 of 3, now of 4'],
  ];
  for (const [what, name, was, now, expected] of cases) {
    it(`tells ${what}`, () => {
      expect(firstDifference(name, Buffer.from(was), Buffer.from(now))).to.equal(expected);
    });
  }

  it('is null for equal bytes and for nothing else', () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    const name = fc.constantFrom('a.csv', 'a.json', 'a.png');
    fc.assert(
      fc.property(name, bytes, bytes, (file, a, b) => {
        expect(firstDifference(file, a, b) === null).to.equal(Buffer.compare(a, b) === 0);
        expect(firstDifference(file, a, a.slice())).to.equal(null);
      }),
    );
  });
});
