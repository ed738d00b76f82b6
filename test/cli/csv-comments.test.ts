/** What stands behind the data of CSV: nothing gets out of it, and who reads CSV finds the data alone. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { table } from '../../src/report/csv.ts';
import { csvComments } from '../../src/report/csv-comments.ts';
import { runCommand } from '../helpers/command.ts';
import { commentsOf, dataOf } from '../helpers/csv-report.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';
import { sampleInput, sampleOrigin } from '../report/figure-samples.ts';

/** A row, if a line break ended the comment; a sheet calls a cell with the rest. */
const NAME = 'a\nXen,666,"\r\u2028=1+1#\u202e.pcap.gz';

describe('comments in CSV', () => {
  const folder = useTempFolder();

  it('hold any name and any value, a line each', async () => {
    cpSync(join(CAPTURES, 'full-f4.pcap.gz'), folder.path(NAME));
    const commands = [
      { args: ['analyze'], csv: 'lro-rate.csv' },
      { args: ['sweep', '--vary', 'max-aggr=2,8'], csv: 'sweep-max-aggr.csv' },
    ];
    for (const { args, csv } of commands) {
      const out = folder.path(csv);
      const line = [...args, folder.path(NAME), '--out', out, '--format', 'csv', '-q'];
      const { code, stderr } = await runCommand(line);
      expect(code, stderr).to.equal(0);
      const [report = ''] = readdirSync(out);
      const path = join(out, report, csv);
      expect(commentsOf(path).get('Capture')).to.equal(
        'a\\u{a}Xen,666,"\\u{d}\\u{2028}=1+1#\\u{202e}.pcap.gz',
      );
      expect(dataOf(path)).not.to.include('666');
    }
  });

  it('are told by a reader from cells that hold the same sign', () => {
    const data = table(['a', 'b'], [['x#y', '1']]);
    expect(data).to.equal('a,b\n"x#y",1\n');
    const comments = csvComments(sampleOrigin({ inputs: [sampleInput(NAME)] }));
    expect(
      comments
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('# ')),
    ).to.equal(true);
    expect(parse(data + comments, { comment: '#' })).to.deep.equal([
      ['a', 'b'],
      ['x#y', '1'],
    ]);
  });

  it('are not on stdout', async () => {
    const [a, b] = ['full-f4.pcap.gz', 'web-8thr.pcap.gz'].map((name) => join(CAPTURES, name));
    const { stdout, code } = await runCommand([
      'compare',
      a!,
      b!,
      '--csv',
      '-q',
      '--out',
      folder.path('cmp'),
    ]);
    expect(code).to.equal(0);
    expect(stdout).not.to.include('#');
    expect(dataOf(folder.path('cmp/compare.csv'))).to.equal(stdout);
  });
});
