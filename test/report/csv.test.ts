import { expect } from 'chai';
import { csvFiles, summaryCsv } from '../../src/report/csv.ts';
import { emptyRecord, sampleRecord } from './sample-record.ts';

describe('csvFiles', () => {
  it("has the study's headers and numbers, two decimals each", () => {
    expect(csvFiles(sampleRecord()).slice(0, 3)).to.deep.equal([
      {
        name: 'throughput.csv',
        text: 'Config,Throughput (Mbps)\nXen,574.45\nLRO,588.65\nOptimized,588.47\n',
      },
      { name: 'lro-rate.csv', text: 'Config,LRO rate (packets)\nXen,1.00\nLRO,2.49\nOptimized,2.43\n' },
      {
        name: 'cycles-per-byte.csv',
        text: 'Config,Domain0,DomainU\nXen,12.72,8.97\nLRO,13.51,7.08\nOptimized,12.64,7.11\n',
      },
    ]);
  });

  it('has cycles by stage in long form, what is unexplained where it is', () => {
    const { text } = csvFiles(sampleRecord()).find(({ name }) => name === 'cycles-by-stage.csv')!;
    expect(text.trimEnd().split('\n')).to.deep.equal([
      'Config,Domain,Stage,Cycles per byte',
      'Xen,Domain0,per-packet,12.72',
      'Xen,DomainU,per-packet,8.97',
      'LRO,Domain0,per-packet,13.51',
      'LRO,DomainU,per-packet,7.08',
      'Optimized,Domain0,per-packet,12.64',
      'Optimized,DomainU,per-packet,7.11',
      'Optimized,DomainU,unexplained,0.67',
    ]);
  });

  it('has the latency of each configuration, empty where the poll model has no clock', () => {
    const latency = { packets: 5, meanUs: 20.087, p50Us: 19.9, p99Us: 37.75, maxUs: 50.5 };
    const [xen, ...others] = sampleRecord().configurations;
    const record = sampleRecord({ configurations: [{ ...xen!, latency }, ...others] });
    const { text } = csvFiles(record).find(({ name }) => name === 'latency.csv')!;
    expect(text).to.equal(
      'Config,Mean (µs),p50 (µs),p99 (µs),Max (µs)\nXen,20.09,19.90,37.75,50.50\nLRO,,,,\nOptimized,,,,\n',
    );
  });

  it('leaves cells of absent values empty, never 0', () => {
    const [throughput, lroRate, cycles] = csvFiles(emptyRecord());
    expect(throughput?.text).to.equal('Config,Throughput (Mbps)\nXen,\nLRO,\nOptimized,\n');
    expect(lroRate?.text).to.equal('Config,LRO rate (packets)\nXen,\nLRO,\nOptimized,\n');
    expect(cycles?.text).to.equal('Config,Domain0,DomainU\nXen,,\nLRO,,\nOptimized,,\n');
  });

  it('writes plain decimals for large and tiny values', () => {
    const [first] = sampleRecord().configurations;
    const record = (mbps: number) =>
      sampleRecord({ configurations: [{ ...first!, predictedThroughputMbps: mbps }] });
    expect(csvFiles(record(1_234_567.891))[0]?.text).to.match(/\nXen,1234567\.89\n$/);
    expect(csvFiles(record(-0.001))[0]?.text).to.match(/\nXen,0\.00\n$/);
    expect(() => csvFiles(record(Number.NaN))).to.throw(RangeError, 'NaN');
  });
});

describe('summaryCsv', () => {
  const rows = (text: string): string[] => text.trimEnd().split('\n');

  it('has a row for each capture and configuration, and for each capture without a result', () => {
    const record = sampleRecord({
      warnings: [
        { code: 'W-SNAPLEN', message: 'a' },
        { code: 'W-CUT', message: 'b' },
        { code: 'W-SNAPLEN', message: 'c' },
      ],
    });
    const captures = [
      { name: 'a', record },
      { name: 'b/c', record: emptyRecord() },
    ];
    const text = summaryCsv(captures, [{ name: 'bad', file: 'bad.pcap', reason: 'cut, early' }]);
    expect(rows(text)).to.deep.equal([
      'Capture,Packets,Data packets,Captured goodput (Mbps),Config,LRO rate (packets),Aggregated/flushed,' +
        'Predicted throughput (Mbps),Domain0 (cycles/byte),DomainU (cycles/byte),Unexplained (cycles/byte),Warnings,Error',
      'a,90000,60000,925.51,Xen,1.00,,574.45,12.72,8.97,,W-SNAPLEN W-CUT,',
      'a,90000,60000,925.51,LRO,2.49,2.50,588.65,13.51,7.08,,W-SNAPLEN W-CUT,',
      'a,90000,60000,925.51,Optimized,2.43,2.44,588.47,12.64,7.11,0.67,W-SNAPLEN W-CUT,',
      'b/c,0,0,,Xen,,,,,,,,',
      'b/c,0,0,,LRO,,,,,,,,',
      'b/c,0,0,,Optimized,,,,,,,,',
      'bad,,,,,,,,,,,,"cut, early"',
    ]);
  });

  it('quotes names and lets none become a formula', () => {
    const record = sampleRecord();
    const first = (name: string): string => summaryCsv([{ name, record }]).split('\n').slice(1).join('\n');
    expect(first('a,b "c"')).to.match(/^"a,b ""c""",90000,/);
    expect(first('=1+1')).to.match(/^'=1\+1,90000,/);
    expect(first('@sum')).to.match(/^'@sum,90000,/);
  });
});
