/** Reading ahead changes nothing but the time that it takes. */
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import type { PacketTable } from '../../src/packet/table.ts';
import { openSession } from '../../src/replay/session.ts';
import { block, enhancedBlock, interfaceBlock, sectionBlock } from '../helpers/capture-files.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const CAPTURE = gunzipSync(readFileSync(join(CAPTURES, 'f1.pcap.gz')));
const HEADER_BYTES = 24;
const PARTS = 3;
/** 25 MB: twenty-five chunks. */
const LONG = Buffer.concat([
  CAPTURE,
  ...Array.from({ length: PARTS - 1 }, () => CAPTURE.subarray(HEADER_BYTES)),
]);
const EIGHT_MIB = 8 * 1024 * 1024;

interface Read {
  readonly packets: number;
  readonly sum: number;
  readonly fault: unknown;
}

/** All that `readAhead` could get wrong, as numbers. */
async function read(
  path: string,
  readAhead: boolean,
  onBlock: (table: PacketTable) => void = () => {},
): Promise<Read> {
  const session = await openSession(path, {
    receiver: { mode: 'all', why: '' },
    fcsBytes: null,
    stdin: () => process.stdin,
    readAhead,
  });
  let sum = 0;
  try {
    await session.run((table) => {
      for (let row = 0; row < table.count; row++) {
        sum = (sum * 31 + table.seq[row]! + table.wireBytes[row]! + table.timeNs[row]!) % 2 ** 40;
      }
      onBlock(table);
      return undefined;
    });
    return { packets: session.reader.notes().packets, sum, fault: session.reader.fault() };
  } finally {
    session.close();
  }
}

describe('reading ahead', function () {
  this.timeout(60_000);
  const folder = useTempFolder();

  it('gives the packets of a file, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: EIGHT_MIB, max: LONG.length }), async (bytes) => {
        const path = folder.write('cut.pcap', LONG.subarray(0, bytes));
        expect(await read(path, true)).to.deep.equal(await read(path, false));
      }),
      { numRuns: 12 },
    );
  });

  it('gives the packets of a file that ends with a chunk', async () => {
    const path = folder.write('whole.pcap', LONG.subarray(0, 16 * 1024 * 1024));
    expect(await read(path, true)).to.deep.equal(await read(path, false));
  });

  it('goes on with what is appended meanwhile', async () => {
    const path = folder.write('grows.pcap', CAPTURE);
    let parts = 1;
    const { packets, fault } = await read(path, true, () => {
      if (parts === PARTS) return;
      parts++;
      appendFileSync(path, CAPTURE.subarray(HEADER_BYTES));
    });
    const once = await read(folder.write('once.pcap', CAPTURE), false);
    expect(fault).to.equal(null);
    expect(packets).to.equal(PARTS * once.packets);
  });

  it('goes on with what is appended when all before was read', async () => {
    const path = folder.write('late.pcap', CAPTURE);
    const once = await read(path, false);
    let appended = false;
    const { packets, fault } = await read(path, true, ({ firstRecord, count }) => {
      if (appended || firstRecord + count < once.packets) return;
      appended = true;
      appendFileSync(path, CAPTURE.subarray(HEADER_BYTES));
    });
    expect(fault).to.equal(null);
    expect(packets).to.equal(2 * once.packets);
  });

  it('takes a block that is longer than a chunk', async () => {
    const packet = enhancedBlock(0, { ticks: 0n, bytes: new Uint8Array(60_000) });
    const packets = Array<Uint8Array>(100).fill(packet);
    const long = block(0x0000_0bad, new Uint8Array(5_000_000));
    const parts = [sectionBlock(), interfaceBlock(1), ...packets, long, ...packets, long, ...packets];
    const path = folder.write('long.pcapng', Buffer.concat(parts));
    const ahead = await read(path, true);
    expect(ahead).to.deep.equal(await read(path, false));
    expect(ahead.packets).to.equal(300);
  });

  it('stops where a file is cut meanwhile', async () => {
    const path = folder.write('shrinks.pcap', LONG);
    const whole = await read(folder.write('long.pcap', LONG), false);
    const { packets } = await read(path, true, () => truncateSync(path, EIGHT_MIB));
    expect(packets).to.be.within(1, whole.packets - 1);
  });

  it('leaves the file alone once it is closed', async () => {
    const path = folder.write('closed.pcap', LONG);
    const options = {
      receiver: 'auto',
      fcsBytes: null,
      stdin: () => process.stdin,
      readAhead: true,
    } as const;
    for (let round = 0; round < 20; round++) {
      const session = await openSession(path, options);
      const stop = new AbortController();
      await session.run(() => {
        stop.abort();
        return undefined;
      }, stop.signal);
      session.close();
    }
    const whole = folder.write('after.pcap', LONG);
    expect(await read(whole, true)).to.deep.equal(await read(whole, false));
  });
});
