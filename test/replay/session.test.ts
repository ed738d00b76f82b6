import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Session } from '../../src/replay/session.ts';
import { openSession, untilReceiverStays } from '../../src/replay/session.ts';
import { pattern } from '../helpers/bytes.ts';
import { PCAP_STYLE, pcapHeader, pcapRecord } from '../helpers/capture-files.ts';
import { ethernet, MAC_A, MAC_B } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');

/** Every row that a session hands out: record number, flow, whether the receiver got it. */
async function rowsOf(session: Session): Promise<string[]> {
  const rows: string[] = [];
  await session.run((table) => {
    const received = new Set(table.rows.subarray(0, table.received));
    for (let row = 0; row < table.count; row++)
      rows.push(`${table.firstRecord + row} ${table.flow[row]} ${received.has(row)} ${table.timeNs[row]}`);
    return undefined;
  });
  session.close();
  return rows;
}

const open = (path: string, chunks: Iterable<Uint8Array> = []): Promise<Session> =>
  openSession(path, {
    receiver: 'auto',
    fcsBytes: null,
    stdin: () => Readable.from(chunks, { objectMode: false }),
  });

describe('a session', () => {
  const folder = useTempFolder();

  it('begins again at the first record after it found the receiver: files and pipes', async () => {
    const packed = readFileSync(CAPTURE);
    const plain = gunzipSync(packed);
    const fromFile = await open(CAPTURE);
    expect(fromFile.receiver).to.include({ mode: 'mac', address: '02:00:00:00:00:02' });
    const expected = await rowsOf(fromFile);
    expect(expected).to.have.length(1500);
    expect(expected[0]).to.match(/^0 0 /);
    expect(await rowsOf(await open(folder.write('plain.pcap', plain)))).to.deep.equal(expected);
    for (const bytes of [plain, packed]) {
      const chunks = [bytes.subarray(0, 1000), bytes.subarray(1000, 300_000), bytes.subarray(300_000)];
      expect(await rowsOf(await open('-', chunks))).to.deep.equal(expected);
    }
  });

  it('looks at 32 MB of a pipe at most, and loses nothing of it', async () => {
    // Whole segments of 1460 bytes; the reverse direction has more payload, but only after 40 MB.
    const forth = ethernet(ipv4Packet({}, { payload: pattern(1460) }), [], MAC_A, MAC_B);
    const back = ethernet(
      ipv4Packet({ source: '10.0.0.2', destination: '10.0.0.1' }, { payload: pattern(1460) }),
      [],
      MAC_B,
      MAC_A,
    );
    const records = [forth, back].map((bytes) =>
      pcapRecord({ timeNs: 1_700_000_000_000_000_000n, bytes }, PCAP_STYLE),
    );
    const counts = [28_000, 32_000];
    function* chunks(): Generator<Uint8Array> {
      yield pcapHeader(PCAP_STYLE);
      for (const [i, count] of counts.entries())
        for (let packet = 0; packet < count; packet += 50) yield Buffer.concat(Array(50).fill(records[i]!));
    }
    const session = await open('-', chunks());
    expect(session.receiver).to.include({ mode: 'mac', address: '02:00:00:00:00:02' });
    let packets = 0;
    let received = 0;
    await session.run((table) => {
      packets += table.count;
      received += table.received;
      return undefined;
    });
    expect(session.reader.fault()).to.equal(null);
    expect(packets).to.equal(60_000);
    expect(received).to.equal(28_000);
    session.close();
  });

  it('of a file it looks at the first 65,536 packets', async () => {
    const small = (destination: string): Uint8Array => {
      const source = destination === '10.0.0.2' ? '10.0.0.1' : '10.0.0.2';
      const bytes = ethernet(ipv4Packet({ source, destination }, { payload: pattern(20) }), [], MAC_A, MAC_A);
      return pcapRecord({ timeNs: 1n, bytes }, PCAP_STYLE);
    };
    const part = (destination: string, count: number): Uint8Array =>
      Buffer.concat(Array(count).fill(small(destination)));
    // Half and half, and the packet after those would decide otherwise.
    const path = folder.write(
      'many.pcap.gz',
      gzipSync(
        Buffer.concat([
          pcapHeader(PCAP_STYLE),
          part('10.0.0.1', 32_767),
          part('10.0.0.2', 32_769),
          part('10.0.0.1', 5000),
        ]),
        { level: 1 },
      ),
    );
    const session = await open(path);
    expect(session.receiver).to.include({ mode: 'ip', address: '10.0.0.2' });
    expect(session.receiver.why).to.contain('first 65536 packets');
    expect(await rowsOf(session)).to.have.length(70_536);
  });

  it('ends between blocks when it is aborted', async () => {
    const session = await open(join(CAPTURES, 'f1.pcap.gz'));
    const controller = new AbortController();
    let packets = 0;
    await session.run((table) => {
      packets += table.count;
      if (packets > 3000) controller.abort();
      return undefined;
    }, controller.signal);
    session.close();
    expect(packets).to.be.within(3001, 3001 + 2048);
  });

  it('waits for a consumer that asks for it', async () => {
    const session = await open(CAPTURE);
    let busy = false;
    let blocks = 0;
    await session.run((table) => {
      expect(busy).to.equal(false);
      busy = true;
      const before = table.firstRecord;
      return new Promise<void>((resolve) => {
        setImmediate(() => {
          expect(table.firstRecord).to.equal(before);
          busy = false;
          blocks++;
          resolve();
        });
      });
    });
    session.close();
    expect(blocks).to.be.at.least(1);
  });

  /** Small segments one way, then long ones the other way, most of them where `turn` says. */
  const turning = (name: string, turn: number, total: number): string => {
    const addresses = { source: '10.0.0.2', destination: '10.0.0.1' };
    const forth = ethernet(ipv4Packet({}, { payload: pattern(20) }), [], MAC_A, MAC_B);
    const back = ethernet(ipv4Packet(addresses, { payload: pattern(60) }), [], MAC_B, MAC_A);
    const records = Array.from({ length: total }, (_, packet) =>
      pcapRecord(
        { timeNs: 1_700_000_000_000_000_000n + BigInt(packet) * 1000n, bytes: packet < turn ? forth : back },
        PCAP_STYLE,
      ),
    );
    return folder.write(name, Buffer.concat([pcapHeader(PCAP_STYLE), ...records]));
  };

  const cases = [
    { what: 'right', path: () => folder.write('right.pcap', gunzipSync(readFileSync(CAPTURE))), changes: 0 },
    { what: 'wrong, in a short capture', path: () => turning('short.pcap', 3000, 9000), changes: 1 },
    { what: 'wrong, in a long one', path: () => turning('long.pcap', 20_000, 90_000), changes: 1 },
    {
      what: 'right, whatever comes after the prefix',
      path: () => turning('late.pcap', 60_000, 90_000),
      changes: 0,
    },
  ];
  for (const { what, path, changes } of cases) {
    it(`guesses the receiver ${what}, and ends as without a guess`, async () => {
      const choices = { receiver: 'auto', fcsBytes: null, stdin: () => process.stdin } as const;
      const session = await openSession(path(), { ...choices, guessReceiver: true, readAhead: true });
      let runs = 0;
      const rows = await untilReceiverStays(() => {
        runs++;
        return rowsOf(session);
      });
      const plain = await openSession(path(), choices);
      expect(rows).to.deep.equal(await rowsOf(plain));
      expect(session.receiver).to.deep.equal(plain.receiver);
      expect(session.reader.notes()).to.deep.equal(plain.reader.notes());
      expect(session.timeOrder).to.deep.equal(plain.timeOrder);
      expect(runs).to.equal(1 + changes);
    });
  }
});
