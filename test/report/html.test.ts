import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { REASONS } from '../../src/coalesce/reason.ts';
import type { ConfigurationResult, FlowFate, ResultRecord } from '../../src/replay/result.ts';
import { htmlFile } from '../../src/report/html/html-file.ts';
import { escapeHtml, scriptJson } from '../../src/report/html/markup.ts';
import { allTerms } from '../../src/report/html/terms.ts';
import { NO_FATE } from './explain-record.ts';
import { emptyRecord, sampleConfiguration, sampleRecord } from './sample-record.ts';

const LIMIT_BYTES = 1_000_000;
const HOSTILE = '"><script>alert(1)</script>.pcap';

function pageOf(record: ResultRecord): string {
  const file = htmlFile(record);
  if (!('text' in file)) throw new Error('a page is text');
  return file.text;
}

function scriptsOf(page: string): { attributes: string; text: string }[] {
  return [...page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, attributes = '', text = '']) => ({
    attributes,
    text,
  }));
}

function flow(index: number, lroRate: number): FlowFate {
  const row = { skbs: 1_000_000, packets: 2_000_000, payloadBytes: 3e12, dataSkbs: 1_000_000 };
  return {
    source: `[2001:db8:1111:2222:3333:4444:5555:${(0x1000 + index).toString(16)}]:65535`,
    destination: '[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535',
    packets: 2_000_000,
    skbs: 1_000_000,
    payloadBytes: 3e12 + index,
    dataPackets: 2_000_000,
    dataSkbs: 1_000_000,
    lroRate,
    reasons: REASONS.map((reason) => ({ reason, ...row })),
  };
}

/** Every configuration that merges with `count` flows, told apart. */
function withFlows(count: number): ResultRecord {
  const { configurations } = sampleRecord();
  return sampleRecord({
    configurations: configurations.map(
      (one, at): ConfigurationResult => ({
        ...one,
        flows: {
          flows: Array.from({ length: count }, (_, index) => flow(index, 2 + at / 7)),
          otherFlows: NO_FATE,
          withoutFlow: NO_FATE,
        },
      }),
    ),
  });
}

describe('report.html', () => {
  it('is the same for the same record', () => {
    expect(pageOf(withFlows(3))).to.equal(pageOf(withFlows(3)));
  });

  it('begins with the sentence, and takes a record where all that may be absent is', () => {
    expect(pageOf(sampleRecord())).to.match(/<h1>gbe-bulk\.pcap\.gz holds 90,000 packets/);
    expect(pageOf(emptyRecord())).to.match(/<h1>gbe-bulk\.pcap\.gz holds no packets\.<\/h1>/);
  });

  it('has every number in full beside what is shown of it', () => {
    const page = pageOf(sampleRecord());
    for (const { name, lroRate, domain0 } of sampleRecord().configurations) {
      expect(page, name).to.include(`data-v="${lroRate}"`).and.include(`data-v="${domain0.cyclesPerByte}"`);
    }
  });

  it('defines all that its cells refer to, and every number refers to a definition', () => {
    const page = pageOf(withFlows(2));
    const used = new Set([...page.matchAll(/ data-t="([^"]+)"/g)].map(([, term]) => term!));
    const terms = allTerms();
    expect(used.size).to.be.above(15);
    expect([...used].filter((term) => !terms[term]?.definition.endsWith('.'))).to.deep.equal([]);
    const numbers = [...page.matchAll(/<t[dh][^>]* data-v="[^>]*>/g)].map(([tag]) => tag);
    expect(numbers.length).to.be.above(60);
    expect(numbers.filter((tag) => !tag.includes(' data-t="'))).to.deep.equal([]);
  });

  it('stays below 1 MB with as many flows as may be asked for, with the longest addresses', () => {
    expect(Buffer.byteLength(pageOf(withFlows(1000)))).to.be.below(LIMIT_BYTES);
  });

  it('runs what its policy names, and nothing else', () => {
    const page = pageOf(sampleRecord());
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!;
    expect(policy)
      .to.include("default-src 'none'")
      .and.not.match(/unsafe|https?:|\*/);
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const programs = scriptsOf(page).filter(({ attributes }) => attributes === '');
    expect(programs).to.have.length(2);
    for (const { text } of programs) expect(policy).to.include(hash(text));
    expect(policy).to.include(hash(/<style>([\s\S]*?)<\/style>/.exec(page)![1]!));
    expect(page).not.to.match(/ style="| on[a-z]+="|sourceMappingURL/);
  });

  it('carries the licence of what it carries', () => {
    const page = pageOf(sampleRecord());
    expect(page).to.include('Released under the MIT License');
    expect(page).to.match(/<pre>The MIT License[\s\S]*permission notice shall be included/);
  });

  it('escapes whatever comes from a capture', () => {
    const sample = sampleRecord();
    const reason = `It is </script><img src=x onerror=alert(1)> \u202e"`;
    const page = pageOf(
      sampleRecord({
        capture: { ...sample.capture, name: HOSTILE },
        receiver: { ...sample.receiver, address: HOSTILE, why: reason },
        warnings: [{ code: 'W-CUT', message: `<b>${HOSTILE}` }],
        lawFormula: reason,
        configurations: withFlows(1).configurations.map((one) => ({
          ...one,
          flows: { ...one.flows!, flows: [{ ...one.flows!.flows[0]!, source: HOSTILE }] },
        })),
      }),
    );
    expect(page).to.include('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;.pcap');
    expect(page).not.to.match(/<script>alert|<img|<b>|\u202e/);
    expect(scriptsOf(page)).to.have.length(scriptsOf(pageOf(sample)).length);
  });

  it('puts data into the page that no text in it can end', () => {
    const text = '</script><!-- <script> &amp; \u2028';
    const json = scriptJson({ text });
    expect(json).not.to.match(/[<>&\u2028]/);
    expect(JSON.parse(json)).to.deep.equal({ text });
    expect(escapeHtml(`a<b>&"'`)).to.equal('a&lt;b&gt;&amp;&quot;&#39;');
  });

  it('gives configurations with different reasons columns of their own, equal ones one', () => {
    const [xen, lro] = sampleRecord().configurations as [ConfigurationResult, ConfigurationResult];
    const other = sampleConfiguration('Optimized', {
      engine: 'inet_lro',
      mbps: 580,
      rate: 3,
      perFlush: 3,
      domain0: 12,
      domainU: 7,
      unexplained: null,
    });
    const same = { ...lro, name: 'Optimized' as const };
    expect(pageOf(sampleRecord({ configurations: [xen, lro, other] }))).to.include('Of packets, Optimized');
    expect(pageOf(sampleRecord({ configurations: [xen, lro, same] }))).not.to.include(
      'Of packets, Optimized',
    );
  });
});
