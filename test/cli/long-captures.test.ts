import { join } from 'node:path';
import { expect } from 'chai';
import { repeat } from '../../bench/repeat.ts';
import { loadTemplate } from '../../bench/template.ts';
import { MOST_FLOWS } from '../../src/packet/flows.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { manyFlows, runOnStream } from '../helpers/long-captures.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

describe('a capture longer than memory', () => {
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
