import { expect } from 'chai';
import { renderTables } from '../../src/report/terminal.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

/** The table under `title`: its header and rows as cells, split where two spaces or more stand. */
function tableOf(text: string, title: string): string[][] {
  const block = text.split('\n\n').find((part) => part.startsWith(title));
  return (block ?? '').split('\n').map((line) => line.trim().split(/ {2,}/));
}

/** The first paragraph as one line. */
function opening(text: string): string {
  return text.split('\n\n')[0]!.replaceAll('\n', ' ');
}

describe('renderTables', () => {
  it('prints the three tables', () => {
    const text = renderTables(sampleRecord());
    expect(tableOf(text, 'Throughput ')).to.deep.equal([
      ['Throughput', 'Mbps', 'against Xen'],
      ['captured goodput', '925.51'],
      ['predicted, Xen', '574.45'],
      ['predicted, LRO', '588.65', '+2.5 %'],
      ['predicted, Optimized', '588.47', '+2.4 %'],
    ]);
    expect(tableOf(text, 'LRO rate')).to.deep.equal([
      ['LRO rate (packets)', 'packets per skb', 'aggregated/flushed'],
      ['Xen', '1.00', '-'],
      ['LRO', '2.49', '2.50'],
      ['Optimized', '2.43', '2.44'],
    ]);
    expect(tableOf(text, 'Cycles')).to.deep.equal([
      ['Cycles per byte', 'Domain0', 'DomainU', 'unexplained'],
      ['Xen', '12.72', '8.97', '-'],
      ['LRO', '13.51', '7.08', '-'],
      ['Optimized', '12.64', '7.11', '0.67'],
    ]);
  });

  it('aligns numbers at their right end and keeps within 100 columns', () => {
    const lines = renderTables(sampleRecord()).split('\n');
    const predicted = lines.filter((line) => line.startsWith('  predicted, '));
    const ends = predicted
      .map((line) => /\d+\.\d\d/.exec(line)!)
      .map((match) => match.index + match[0].length);
    expect(ends).to.have.length(3);
    expect(new Set(ends).size).to.equal(1);
    expect(lines.filter((line) => line.length > 100)).to.deep.equal([]);
    expect(lines.filter((line) => line.endsWith(' '))).to.deep.equal([]);
  });

  it('opens with what the capture is and what LRO would do', () => {
    expect(opening(renderTables(sampleRecord()))).to.equal(
      'gbe-bulk.pcap.gz holds 90,000 packets in 751.20 ms, 60,000 of them TCP data to 10.0.0.2 with a goodput of ' +
        '925.51 Mbps; LRO would merge 2.49 packets per skb and raise the predicted throughput by 2.5 %; ' +
        '100 % of its skbs are delivered by poll-end (the NAPI poll ended).',
    );
  });

  it('says what its numbers assume', () => {
    const { lawFormula, profileNote, options } = sampleRecord();
    const text = renderTables(sampleRecord()).replace(/\s+/g, ' ');
    for (const part of [lawFormula, profileNote, options.pollDescription, 'not part of DomainU']) {
      expect(text).to.include(part);
    }
  });

  it('prints - for what is absent, and no number', () => {
    const text = renderTables(emptyRecord());
    expect(opening(text)).to.equal('gbe-bulk.pcap.gz holds no packets.');
    expect(tableOf(text, 'Throughput ').slice(1)).to.deep.equal([
      ['captured goodput', '-'],
      ['predicted, Xen', '-'],
      ['predicted, LRO', '-', '-'],
      ['predicted, Optimized', '-', '-'],
    ]);
    expect(tableOf(text, 'Cycles')[3]).to.deep.equal(['Optimized', '-', '-', '-']);
    expect(text).not.to.match(/NaN|null|undefined|Infinity/);
  });

  const { capture, receiver, configurations, throughput } = sampleRecord();

  it('says that there is nothing to merge without received TCP data', () => {
    const record = sampleRecord({
      receiver: { ...receiver, dataPackets: 0 },
      throughput: emptyRecord().throughput,
      configurations: emptyRecord().configurations,
    });
    expect(opening(renderTables(record))).to.match(
      /no TCP data that a receiver got: .*nothing for LRO to merge/,
    );
  });

  it('words the effect by its sign, and says when there is none', () => {
    const withLro = (lroRate: number, mbps: number): string =>
      opening(
        renderTables(
          sampleRecord({
            configurations: configurations.map((row) =>
              row.name === 'LRO' ? { ...row, lroRate, predictedThroughputMbps: mbps } : row,
            ),
          }),
        ),
      );
    expect(withLro(1.3, 560)).to.include('lower the predicted throughput by 2.5 %');
    expect(withLro(1.002, 574.4)).to.include('merge next to nothing');
    expect(withLro(1.002, 574.4)).to.include('leave the predicted throughput as it is');
  });

  it('names the receiving side as it was told', () => {
    const at = (changes: Partial<typeof receiver>): string =>
      opening(renderTables(sampleRecord({ receiver: { ...receiver, ...changes } })));
    expect(at({ mode: 'all', address: null })).to.include('TCP data in either direction');
    expect(at({ mode: 'marks', address: null })).to.include('TCP data received by the capturing host');
    expect(at({ mode: 'mac', address: '02:00:00:00:00:02' })).to.include('TCP data to 02:00:00:00:00:02');
  });

  it('lets no file name reach the terminal as control characters', () => {
    const name = 'a\u001b[2J\u202ecap\n.pcap';
    const text = renderTables(sampleRecord({ capture: { ...capture, name }, throughput }));
    expect(opening(text)).to.match(/^a\uFFFD\[2J\uFFFDcap\uFFFD\.pcap holds/);
    for (const character of ['\u001b', '\u202e']) expect(text).not.to.include(character);
  });
});
