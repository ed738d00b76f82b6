import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { repeat } from '../../bench/repeat.ts';
import { loadTemplate } from '../../bench/template.ts';
import { MOST_FLOWS } from '../../src/packet/flows.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { manyFlows, runOnStream } from '../helpers/long-captures.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';
import { zstdFrame } from '../helpers/zstd-frames.ts';

describe('a capture longer than memory', () => {
  const folder = useTempFolder();

  it('of 1.5 million flows: the idle are forgotten, and it is said', async function () {
    this.timeout(120_000);
    const flows = 1_500_000;
    const args = ['-', '--json', '--format', 'none', '--receiver', 'all'];
    const { code, stdout, stderr, peakMebibytes } = await runOnStream(args, manyFlows(flows));
    expect(code, stderr).to.equal(0);
    const { capture, receiver, warnings } = JSON.parse(stdout) as ResultRecord;
    expect(capture.packets).to.equal(flows + 1);
    // The first flow came back when it was forgotten, and counts again.
    expect(capture.flows).to.equal(flows + 1);
    expect(receiver.goodputBytes).to.equal((flows + 1) * 20);
    const { message } = warnings.find(({ code: name }) => name === 'W-FLOWS')!;
    const forgotten = Number(/^\d+/.exec(message)![0]);
    expect(flows - forgotten)
      .to.be.at.most(MOST_FLOWS)
      .and.above(MOST_FLOWS * 0.8);
    expect(peakMebibytes).to.be.below(320);
  });

  it('of 520 MB from a compressed file: in flat memory, however long it is', async function () {
    this.timeout(120_000);
    const pcap = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
    const [header, records] = [pcap.subarray(0, 24), pcap.subarray(24)];
    // Members one after another are one file.
    const member = gzipSync(records, { level: 1 });
    const peak = async (repetitions: number): Promise<number> => {
      const members = Array<Buffer>(repetitions).fill(member);
      const path = folder.write(`${repetitions}.pcap.gz`, Buffer.concat([gzipSync(header), ...members]));
      const { code, stderr, peakMebibytes } = await runOnStream([path, '-q', '--format', 'none'], []);
      // Time goes back with each member.
      expect(code, stderr).to.be.oneOf([0, 4]);
      expect(repetitions * records.length).to.be.above(repetitions * 6e6);
      return peakMebibytes;
    };
    const [short, long] = [await peak(20), await peak(80)];
    expect(long)
      .to.be.below(short + 48)
      .and.below(256);
  });

  it('of 190 MB from one frame of zstd: in flat memory', async function () {
    this.timeout(120_000);
    const pcap = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
    const [header, records] = [pcap.subarray(0, 24), pcap.subarray(24)];
    const peak = async (repetitions: number): Promise<number> => {
      const capture = Buffer.concat([header, ...Array<Buffer>(repetitions).fill(records)]);
      const path = folder.write(`${repetitions}.pcap.zst`, zstdFrame(capture, { contentSize: false }));
      const { code, stderr, peakMebibytes } = await runOnStream([path, '-q', '--format', 'none'], []);
      // Time goes back with each repetition.
      expect(code, stderr).to.be.oneOf([0, 4]);
      return peakMebibytes;
    };
    const [short, long] = [await peak(10), await peak(30)];
    expect(long).to.be.below(short + 48);
  });

  it('of 400 MB from a pipe: in flat memory', async function () {
    this.timeout(120_000);
    const template = loadTemplate(join(CAPTURES, 'full-f4.pcap.gz'));
    const peak = async (repetitions: number): Promise<number> => {
      const args = ['-', '--quiet', '--format', 'none'];
      const made = repeat(template, { format: 'pcap', repetitions, portSets: 16 });
      // Chunks share a buffer, and a pipe is written to later.
      const copies = (function* () {
        for (const chunk of made) yield chunk.slice();
      })();
      const { code, stderr, peakMebibytes } = await runOnStream(args, copies);
      expect(code, stderr).to.equal(0);
      return peakMebibytes;
    };
    expect(await peak(200)).to.be.below(256);
  });
});
