import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOnStream } from '../helpers/long-captures.ts';
import { FORMATS, useTempFolder } from '../helpers/surroundings.ts';

const REPORTS = 40;

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
});
