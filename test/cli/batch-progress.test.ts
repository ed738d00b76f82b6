import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type BatchState, progressLine } from '../../src/cli/batch-progress.ts';
import { COMMAND } from '../helpers/command.ts';
import { CAPTURES, hasTool, skipWith, useTempFolder } from '../helpers/surroundings.ts';

const PCAP_HEADER_BYTES = 24;

describe('the progress of a batch', () => {
  const state: BatchState = {
    captures: 12,
    done: 3,
    totalBytes: 2e9,
    readBytes: 5e8,
    elapsedMs: 10_000,
    running: [
      { id: 'captures/a.pcap', consumedBytes: 1, packets: 1_234_567 },
      { id: 'captures/b.pcap', consumedBytes: 1, packets: 12 },
      { id: 'captures/c\x1b[2J.pcap', consumedBytes: 1, packets: 3 },
    ],
  };
  const whole = '3/12 captures, 25 % of 2000.0 MB, 30 s left';

  const cases: readonly (readonly [width: number, line: string])[] = [
    [200, `${whole}; packets: a.pcap 1,234,567, b.pcap 12, c\uFFFD[2J.pcap 3`],
    // No number is cut in two.
    [90, `${whole}; packets: a.pcap 1,234,567, b.pcap 12, 1 more`],
    [85, `${whole}; packets: a.pcap 1,234,567, 2 more`],
    [70, whole],
    [10, '3/12 captu'],
  ];
  for (const [width, line] of cases) {
    it(`in ${width} columns`, () => expect(progressLine(state, width)).to.equal(line));
  }

  it('says nothing of the time left before it knows', () => {
    expect(progressLine({ ...state, readBytes: 0, running: [] }, 80)).to.equal(
      '3/12 captures, 0 % of 2000.0 MB',
    );
  });

  describe('on a terminal', () => {
    const folder = useTempFolder();

    it('is shown for the whole and each worker, and wiped', function () {
      if (!hasTool('script')) skipWith(this, 'script (util-linux) is not installed');
      mkdirSync(folder.path('captures'));
      const pcap = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
      const records = Array<Buffer>(60).fill(pcap.subarray(PCAP_HEADER_BYTES));
      for (const name of ['a', 'b']) {
        folder.write(
          `captures/${name}.pcap`,
          Buffer.concat([pcap.subarray(0, PCAP_HEADER_BYTES), ...records]),
        );
      }
      // Work that takes longer than the line waits before it is shown.
      const slow = '--engine linux-gro --pace cpu';
      const command = `stty cols 150; '${process.execPath}' '${COMMAND}' '${folder.path('captures')}' --workers 2 --format none ${slow}`;
      const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
        encoding: 'utf8',
        maxBuffer: 1e8,
      });
      expect(status).to.be.oneOf([0, 4]);
      const lines = stdout.split('\r\x1b[K');
      expect(lines.join('\n')).to.match(
        /\n0\/2 captures, \d+ % of \d+\.\d MB, \d+ s left; packets: [ab]\.pcap [\d,]+, [ab]\.pcap [\d,]+/,
      );
      expect(lines.at(-1)).not.to.match(/s left/);
    });
  });
});
