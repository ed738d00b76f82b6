import { expect } from 'chai';
import { STUDY_OPTIONS } from '../../src/cli/study-definitions.ts';
import { UsageError } from '../../src/cli/usage.ts';
import { combinations, MAX_POINTS, parseVary, rawValue } from '../../src/cli/vary.ts';

describe('--vary', () => {
  const lists: readonly { readonly text: string; readonly values: readonly string[] }[] = [
    { text: 'rx-usecs=0:50:10', values: ['0', '10', '20', '30', '40', '50'] },
    { text: 'rx-usecs=0:25:10', values: ['0', '10', '20'] },
    { text: 'rx-usecs=7:7:1', values: ['7'] },
    { text: '--rx-usecs=5, 6', values: ['5', '6'] },
    { text: 'cpu-ghz=1:2:0.25', values: ['1', '1.25', '1.5', '1.75', '2'] },
    { text: 'poll-share=0:0.3:0.1', values: ['0', '0.1', '0.2', '0.3'] },
    { text: 'max-aggr=1:3:1,8,16', values: ['1', '2', '3', '8', '16'] },
    { text: 'poll=napi,window:50:64,batch:8', values: ['napi', 'window:50:64', 'batch:8'] },
    { text: 'receiver=10.0.0.1,fe80::1', values: ['10.0.0.1', 'fe80::1'] },
    { text: 'engine=inet_lro', values: ['inet_lro'] },
  ];
  for (const { text, values } of lists) {
    it(`${text} is ${values.length} values`, () => {
      const [parameter] = parseVary([text], STUDY_OPTIONS);
      expect(parameter?.values).to.deep.equal(values);
    });
  }

  const wrong: readonly { readonly texts: readonly string[]; readonly says: RegExp }[] = [
    { texts: [], says: /--vary is missing/ },
    { texts: ['rx-usec=1'], says: /'rx-usec' is no option that can vary; the nearest is 'rx-usecs'/ },
    { texts: ['out=a,b'], says: /'out' is no option that can vary; these are: .*rx-usecs/ },
    { texts: ['toString=1'], says: /'toString' is no option/ },
    { texts: ['rx-usecs'], says: /'rx-usecs' has no values/ },
    { texts: ['rx-usecs='], says: /has an empty value/ },
    { texts: ['rx-usecs=1,,2'], says: /has an empty value/ },
    { texts: ['rx-usecs=1,2,1'], says: /has the value 1 twice/ },
    { texts: ['rx-usecs=0:20:10,10'], says: /has the value 10 twice/ },
    { texts: ['rx-usecs=20:0:10'], says: /'20:0:10' does not go up/ },
    { texts: ['rx-usecs=0:20:0'], says: /'0:20:0' does not go up/ },
    { texts: ['rx-usecs=0:1000000:1'], says: /has 1000001 values, more than 256/ },
    { texts: ['rx-usecs=1:20:1', 'ring=1:20:1'], says: /400 points are more than 256/ },
    { texts: ['ring=1', 'ring=2'], says: /ring is given more than once/ },
    { texts: ['ring=1', 'mtu=2', 'weight=3'], says: /given 3 times: at most 2/ },
  ];
  for (const { texts, says } of wrong) {
    it(`refuses ${texts.join(' and ') || 'nothing'}`, () => {
      expect(() => parseVary(texts, STUDY_OPTIONS)).to.throw(UsageError, says);
    });
  }

  it('takes as many points as it says', () => {
    expect(parseVary([`ring=1:${MAX_POINTS}:1`], STUDY_OPTIONS)[0]?.values).to.have.length(MAX_POINTS);
  });

  it('hands values over as the parser does', () => {
    const raw = (name: string, value: string): unknown => rawValue(name, value, STUDY_OPTIONS[name]!);
    expect(raw('rx-usecs', '10')).to.equal('10');
    expect(raw('engine', 'none')).to.equal('none');
    expect(raw('verify-checksums', 'true')).to.equal(true);
    expect(raw('poll', 'napi')).to.deep.equal(['napi']);
    expect(() => raw('engine', 'lro')).to.throw(UsageError, /--vary engine: 'lro' is none of none, inet_lro/);
    expect(() => raw('verify-checksums', '1')).to.throw(UsageError, /neither true nor false/);
  });

  it('combines every value with every other, the last changing fastest', () => {
    const parameters = [
      { name: 'a', values: ['1', '2'] },
      { name: 'b', values: ['x', 'y'] },
    ];
    expect(combinations(parameters).map((one) => one.join(''))).to.deep.equal(['1x', '1y', '2x', '2y']);
  });
});
