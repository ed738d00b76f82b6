import { createHash } from 'node:crypto';
import { appendFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createCaptureHashes } from '../../src/cli/capture-hash.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

describe('the hash of a capture beside its replay', () => {
  const folder = useTempFolder();

  for (const bytes of [5, 64e6 + 5]) {
    it(`is that of its content: ${bytes} bytes`, async () => {
      const file = folder.write('capture', new Uint8Array([1, 2, 3]));
      truncateSync(file, bytes);
      const content = Buffer.concat([new Uint8Array([1, 2, 3]), new Uint8Array(bytes - 3)]);
      const hashes = createCaptureHashes(null);
      await hashes.begin(file);
      expect(await hashes.of(file)).to.equal(createHash('sha256').update(content).digest('hex'));
      hashes.stop();
    });
  }

  it('is null for stdin, and fails only when asked for where there is no file', async () => {
    const hashes = createCaptureHashes(null);
    await hashes.begin('-');
    expect(await hashes.of('-')).to.equal(null);
    const missing = join(folder.path('none'), 'none.pcap');
    await hashes.begin(missing);
    const failure = await hashes.of(missing).catch((error: NodeJS.ErrnoException) => error.code);
    expect(failure).to.equal('ENOENT');
  });

  it('is null where the capture changed meanwhile', async () => {
    for (const bytes of [5, 64e6 + 5]) {
      const file = folder.write('changing', new Uint8Array(3));
      truncateSync(file, bytes);
      const hashes = createCaptureHashes(null);
      await hashes.begin(file);
      appendFileSync(file, 'more');
      expect(await hashes.of(file)).to.equal(null);
      hashes.stop();
    }
  });
});
