import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const PCAP_HEADER_BYTES = 24;

interface Record {
  readonly engines: readonly { readonly engine: string }[];
  readonly warnings: readonly object[];
}

describe('analyze explain in threads', () => {
  const folder = useTempFolder();

  /** Large enough for a thread an engine with polls of a processor; without, both run in one pass. */
  const cases = [[], ['--poll', 'batch:64'], ['--poll', 'batch:64', '--what-if', 'reordering']];
  for (const polls of cases)
    it(`says of each engine what it says of it alone: ${polls.join(' ')}`, async () => {
      const once = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
      const records = once.subarray(PCAP_HEADER_BYTES);
      const capture = folder.write('large.pcap', Buffer.concat([once, records, records]));
      const explain = async (...more: string[]): Promise<Record> => {
        const result = await runCommand([
          'explain',
          capture,
          '--json',
          '--format',
          'none',
          ...polls,
          ...more,
        ]);
        expect(result.code, result.stderr).to.equal(0);
        return JSON.parse(result.stdout) as Record;
      };
      const together = await explain();
      const alone = [await explain('--engine', 'inet_lro'), await explain('--engine', 'linux-gro')];
      expect(together.engines).to.deep.equal(alone.flatMap(({ engines }) => engines));
      expect(together.warnings).to.deep.equal(alone[0]!.warnings);
      expect({ ...together, engines: null }).to.deep.equal({ ...alone[0], engines: null });
    });
});
