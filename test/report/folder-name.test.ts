import { basename, resolve, sep } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { reportFolderName } from '../../src/report/folder-name.ts';

describe('reportFolderName', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['gbe-bulk.pcap.gz', 'gbe-bulk'],
    ['trace.PCAPNG.zst', 'trace'],
    ['old.cap', 'old'],
    ['run.3.pcap', 'run.3'],
    ['my capture.ntar', 'my capture'],
    ['user@host+1_a-b.pcap', 'user@host+1_a-b'],
    ['measurement', 'measurement'],
    ['-', 'capture'],
    ['', 'capture'],
    ['..', 'capture'],
    ['.pcap', 'capture'],
    ['.hidden.pcap', 'hidden'],
    ['--out.pcap', 'out'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['a\\b\n\u001b[31m.pcap', 'a_b___31m'],
    ['été.pcap', '_t_'],
    ['NUL.pcap', '_NUL'],
    ['a. .pcap', 'a'],
    [`${'x'.repeat(119)}.y.pcap`, 'x'.repeat(119)],
  ];
  for (const [name, folder] of cases) {
    it(`${JSON.stringify(name)} gives ${folder}`, () => {
      expect(reportFolderName(name)).to.equal(folder);
    });
  }

  const extension = fc.constantFrom('', '.pcap', '.pcap.gz', '.pcapng', '.cap', '.ntar', '.zst');
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('.', '..', '/', '\\', ' ', '-', '\0', 'con'),
  );
  const names = fc
    .tuple(fc.array(part, { maxLength: 12 }), extension)
    .map(([parts, end]) => parts.join('') + end);

  it('is one visible path component that stays in its folder, for any name', () => {
    fc.assert(
      fc.property(names, (name) => {
        const folder = reportFolderName(name);
        expect(folder).to.match(/^[A-Za-z0-9_+@][A-Za-z0-9._+@ -]*$/);
        expect(folder).not.to.match(/[. ]$/);
        expect(folder.length).to.be.within(1, 121);
        expect(basename(folder)).to.equal(folder);
        expect(resolve('reports', folder)).to.equal(`${resolve('reports')}${sep}${folder}`);
      }),
    );
  });

  it('depends on the name alone and gives the same again for its own result', () => {
    fc.assert(
      fc.property(names, (name) => {
        const folder = reportFolderName(name);
        fc.pre(folder.length < 120);
        expect(reportFolderName(folder)).to.equal(folder);
      }),
    );
  });
});
