import { createHash } from 'node:crypto';
import { appendFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startHash } from '../../src/cli/capture-hash.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

describe('the hash of a capture beside its replay', () => {
  const folder = useTempFolder();

  for (const bytes of [5, 64e6 + 5]) {
    it(`is that of its content: ${bytes} bytes`, async () => {
      const file = folder.write('capture', new Uint8Array([1, 2, 3]));
      truncateSync(file, bytes);
      const content = Buffer.concat([new Uint8Array([1, 2, 3]), new Uint8Array(bytes - 3)]);
      const hash = await startHash(file);
      expect(await hash.result()).to.equal(createHash('sha256').update(content).digest('hex'));
      hash.stop();
    });
  }

  it('is null for stdin, and fails only when asked for where there is no file', async () => {
    expect(await (await startHash('-')).result()).to.equal(null);
    const missing = await startHash(join(folder.path('none'), 'none.pcap'));
    const failure = await missing.result().catch((error: NodeJS.ErrnoException) => error.code);
    expect(failure).to.equal('ENOENT');
  });

  it('is null where the capture changed meanwhile', async () => {
    for (const bytes of [5, 64e6 + 5]) {
      const file = folder.write('changing', new Uint8Array(3));
      truncateSync(file, bytes);
      const hash = await startHash(file);
      appendFileSync(file, 'more');
      expect(await hash.result()).to.equal(null);
      hash.stop();
    }
  });
});
