/** The page of a batch as text: what it says, how large it is, and that nothing in it runs. */
import { expect } from 'chai';
import type { ConfigurationResult } from '../../src/replay/result.ts';
import { batchDistributions, type NamedRecord } from '../../src/report/batch-distribution.ts';
import { batchHtmlFile, batchSentence } from '../../src/report/html/batch-file.ts';
import { batchTerms } from '../../src/report/html/batch-terms.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

const LIMIT_BYTES = 1_000_000;
const HOSTILE = `"><script>alert(1)</script>' onclick=x \u202e.pcap`;

/** A capture whose merging configurations have this LRO rate. */
function capture(name: string, lroRate: number, file = `${name.split('/').at(-1)}.pcap`): NamedRecord {
  const record = sampleRecord();
  const configurations = record.configurations.map(
    (row): ConfigurationResult => (row.engine === 'none' ? row : { ...row, lroRate }),
  );
  return {
    name,
    record: { ...record, capture: { ...record.capture, name: file }, configurations },
  };
}

const RATES = [2, 2.1, 2.2, 2.3, 9];
const SOME = RATES.map((rate, at) => capture(`deep/c${at}`, rate));

function pageOf(...args: Parameters<typeof batchHtmlFile>): string {
  const file = batchHtmlFile(...args);
  if (!('text' in file)) throw new Error('a page is text');
  return file.text;
}

describe('report.html of a batch', () => {
  it('begins with what the captures say together', () => {
    const of = (rates: readonly number[], missing: number): string =>
      batchSentence(
        rates.length,
        missing,
        batchDistributions(rates.map((rate, at) => capture(`c${at}`, rate))),
      );
    // The study's table: 12.72 and 12.64 cycles per byte; 574.45 and 588.47 Mbps.
    const savings =
      'Against Xen, Optimized at the median needs 0.63 % fewer cycles of Domain0 and has 2.44 % more predicted throughput.';
    expect(of(RATES, 2)).to.equal(
      `5 captures: LRO would merge 2.20 packets per skb at the median, 2.00 at least and 9.00 at most. ${savings} 1 capture stands out. 2 captures more have no result.`,
    );
    expect(of([3], 0)).to.equal(
      `1 capture: LRO would merge 3.00 packets per skb. ${savings.replace(' at the median', '')}`,
    );
    const none = batchDistributions([{ name: 'empty', record: emptyRecord() }]);
    expect(batchSentence(1, 0, none)).to.equal('1 capture: none has TCP data that could merge.');
    expect(pageOf(SOME, [])).to.match(/<h1>5 captures: LRO would merge/);
  });

  it('says of an outlier how far out it is, and of what', () => {
    const page = pageOf(SOME, []);
    // The quartiles are 2.1 and 2.3.
    expect(page).to.include('33.5 × the distance between the quartiles (0.20) above 2.30');
    expect(page).to.include('<td class="n" data-t="lro-rate.fence" data-v="2.5999999999999996">2.60</td>');
    // The value of all others is one: no distance between quartiles to count in.
    const odd = ['a', 'b', 'c', 'd', 'e'].map((name, at) => capture(name, at === 4 ? 1 : 2));
    expect(pageOf(odd, [])).to.include('below 2.00, which at least half of the captures have');
    expect(pageOf(SOME.slice(0, 4), [])).to.include('With fewer than 5 captures none');
  });

  it('takes captures where all that may be absent is', () => {
    const page = pageOf([{ name: 'empty', record: emptyRecord() }], []);
    expect(page).to.include('No capture has TCP data that could merge');
    expect(page.replace(/<script[\s\S]*<\/script>/, '')).not.to.match(/NaN|undefined|null/);
  });

  it('leads to the page of each capture by an address that is whole', () => {
    const page = pageOf([capture('a#b/c%20d?', 2)], []);
    expect(page).to.include('<a href="a%23b/c%2520d%3F/report.html">a#b/c%20d?.pcap</a>');
  });

  it('escapes whatever comes from captures and their files', () => {
    const safe = pageOf([...SOME, capture('x', 2)], []);
    const page = pageOf(
      [...SOME, capture('x', 20, HOSTILE)],
      [{ name: 'y', file: HOSTILE, reason: `<b>${HOSTILE}` }],
    );
    expect(page).to.include('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39; onclick=x \uFFFD.pcap');
    expect(page).not.to.match(/<script>alert|<b>|\u202e/);
    const scripts = (text: string): number => [...text.matchAll(/<script/g)].length;
    expect(scripts(page)).to.equal(scripts(safe));
  });

  it('defines all that its cells refer to', () => {
    const page = pageOf(SOME, []);
    const terms = batchTerms();
    const used = new Set([...page.matchAll(/ data-t="([^"]+)"/g)].map(([, term]) => term!));
    expect(used.size).to.be.above(20);
    expect([...used].filter((term) => !terms[term]?.definition.endsWith('.'))).to.deep.equal([]);
  });

  it('stays below 1 MB with 1,000 captures with names of 100 characters, a quarter of them outliers', () => {
    const many = Array.from({ length: 1000 }, (_, at) =>
      capture(`${'long-name-'.repeat(10)}${at}`, at % 4 === 0 ? at + 100 / 7 : 2 + (at % 8) / 700),
    );
    const page = pageOf(many, []);
    expect(Buffer.byteLength(page)).to.be.below(LIMIT_BYTES);
    const stands = [...page.matchAll(/<td>LRO rate<\/td>/g)].length;
    expect(stands).to.equal(250);
    expect(page).to.include('Shown are the 25 furthest out');
  });
});
