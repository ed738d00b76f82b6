import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { runOnStream } from '../helpers/long-captures.ts';
import { CAPTURES, FORMATS, useTempFolder } from '../helpers/surroundings.ts';

const REPORTS = 40;
/** Of the requirements: what a worker may take. */
const WORKER_MEBIBYTES = 120;
const PCAP_HEADER_BYTES = 24;

describe('the memory of a batch', () => {
  const folder = useTempFolder();

  it('does not grow with the charts that are drawn from kept results', async function () {
    this.timeout(180_000);
    const captures = folder.path('captures');
    mkdirSync(captures);
    for (let i = 0; i < REPORTS; i++) cpSync(join(FORMATS, 'base.pcap.gz'), join(captures, `c${i}.pcap.gz`));
    const args = [captures, '--out', folder.path('out'), '-q', '--workers', '1', '--format'];
    expect((await runOnStream([...args, 'csv'], [])).code).to.equal(0);
    const { code, stderr, peakMebibytes } = await runOnStream([...args, 'csv,png'], []);
    expect(code, stderr).to.equal(0);
    // Five pictures of 2.4 MiB each for a report would be 480 MiB more.
    expect(peakMebibytes).to.be.below(350);
  });

  it('is bounded for each worker, however large their captures', async function () {
    this.timeout(180_000);
    const large = folder.path('large');
    mkdirSync(large);
    const pcap = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
    const header = pcap.subarray(0, PCAP_HEADER_BYTES);
    const records = pcap.subarray(PCAP_HEADER_BYTES);
    const plain = Buffer.concat([header, ...Array<Buffer>(40).fill(records)]);
    expect(plain.length).to.be.above(WORKER_MEBIBYTES * 2 ** 20);
    // Members one after another are one file.
    const member = gzipSync(records, { level: 1 });
    const packed = Buffer.concat([gzipSync(header), ...Array<Buffer>(40).fill(member)]);
    for (const name of ['a', 'b']) {
      writeFileSync(join(large, `${name}.pcap`), plain);
      writeFileSync(join(large, `${name}z.pcap.gz`), packed);
    }
    const peaks: number[] = [];
    for (const workers of [1, 2, 4]) {
      const args = [large, '--out', folder.path('bounded'), '-q', '--no-cache', '--format', 'csv'];
      const { code, stderr, peakMebibytes } = await runOnStream([...args, '--workers', String(workers)], []);
      expect(code, stderr).to.be.oneOf([0, 4]);
      peaks.push(peakMebibytes);
    }
    const [one, two, four] = peaks as [number, number, number];
    expect(two - one, peaks.join(' ')).to.be.below(WORKER_MEBIBYTES);
    expect(four - two, peaks.join(' ')).to.be.below(2 * WORKER_MEBIBYTES);
    expect(four, peaks.join(' ')).to.be.below(4 * WORKER_MEBIBYTES);
  });
});
