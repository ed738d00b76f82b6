import { expect } from 'chai';
import fc from 'fast-check';
import { createCore } from '../../src/capture/core.ts';
import { createSuperPacketFinder, type SuperPacketReport } from '../../src/packet/super-packets.ts';
import { createPacketTable, KIND, type PacketTable, PLAIN_TCP4, STATUS } from '../../src/packet/table.ts';

/** IP length and how many packets; the payload is 40 bytes less. */
type Lengths = readonly (readonly [ipLength: number, packets: number])[];

/** `mss`: a SYN that announces it comes first, in the direction that is not received; 0: none. */
function reportOn(lengths: Lengths, zeroLengths: readonly number[] = [], mss = 0): SuperPacketReport {
  const finder = createSuperPacketFinder();
  if (mss > 0) finder.add(synOf(mss));
  const packets = [
    ...lengths.flatMap(([ipLength, count]) =>
      Array.from({ length: count }, () => [ipLength, ipLength - 40] as const),
    ),
    ...zeroLengths.map((payload) => [0, payload] as const),
  ];
  const table = createPacketTable(packets.length + 2);
  packets.forEach(([ipLength, payload], row) => {
    table.rows[row] = row;
    table.tcpAt[row] = 34;
    table.ipLength[row] = ipLength;
    table.payloadBytes[row] = payload;
    table.kind[row] = ipLength === 0 ? KIND.IPV4 | STATUS.SHORT_IP_LENGTH : PLAIN_TCP4;
  });
  // A pure ACK, and a packet without TCP of any length: neither is looked at.
  table.rows[packets.length] = packets.length;
  table.tcpAt[packets.length] = 34;
  table.ipLength[packets.length] = 60_000;
  table.rows[packets.length + 1] = packets.length + 1;
  table.ipLength[packets.length + 1] = 60_000;
  table.payloadBytes[packets.length + 1] = 60_000;
  table.received = packets.length + 2;
  finder.add(table);
  return finder.report();
}

function synOf(mss: number): PacketTable {
  const table = createPacketTable(1);
  table.bytes = new Uint8Array(64);
  table.bytes.set([2, 4, mss >> 8, mss & 0xff], 54);
  table.view = new DataView(table.bytes.buffer);
  table.count = 1;
  table.capturedBytes[0] = 64;
  table.tcpAt[0] = 34;
  table.tcpFlags[0] = 0x6002;
  return table;
}

describe('super-packets', () => {
  const handshakes: readonly (readonly [mss: number, packets: number])[] = [
    [0, 0],
    [1460, 5],
    [2920, 0],
    [8960, 0],
  ];
  for (const [mss, packets] of handshakes) {
    it(`packets of one length, 2960 bytes, with ${mss === 0 ? 'no handshake' : `an announced MSS of ${mss}`}`, () => {
      expect(reportOn([[2960, 5]], [], mss).packets).to.equal(packets);
    });
  }

  it('nothing received: no share', () => {
    expect(reportOn([])).to.deep.equal({ packets: 0, share: null, wireMtu: 0 });
  });

  it('packets up to 1500 bytes are wire packets', () => {
    expect(
      reportOn([
        [1500, 10],
        [52, 3],
      ]),
    ).to.deep.equal({ packets: 0, share: 0, wireMtu: 1500 });
  });

  it('longer ones are super-packets, with their share of the payload', () => {
    const report = reportOn([
      [1040, 2],
      [4040, 1],
      [2040, 1],
    ]);
    expect(report).to.deep.equal({ packets: 2, share: 0.75, wireMtu: 1040 });
  });

  it('jumbo frames are not: one length, the longest, is the most frequent', () => {
    expect(
      reportOn([
        [9000, 10],
        [3000, 2],
        [1500, 1],
      ]),
    ).to.deep.equal({ packets: 0, share: 0, wireMtu: 9000 });
    expect(reportOn([[9216, 1]])).to.deep.equal({ packets: 0, share: 0, wireMtu: 9216 });
  });

  it('but beyond the longest jumbo frame they are', () => {
    expect(reportOn([[9217, 10]])).to.include({ packets: 10, share: 1 });
  });

  it('and so they are if another length is more frequent', () => {
    expect(
      reportOn([
        [4000, 3],
        [9000, 2],
      ]),
    ).to.include({ packets: 5, share: 1 });
  });

  it('an IP length of 0 stands for a super-packet too long for the field', () => {
    const report = reportOn([[1040, 7]], [3000]);
    expect(report).to.deep.equal({ packets: 1, share: 0.3, wireMtu: 1040 });
    expect(reportOn([[9000, 10]], [70_000])).to.include({ packets: 11 });
  });
});

describe('the rows of a block that are looked at by the core', () => {
  const core = createCore();
  const table = createPacketTable(64, core);
  const SYN = 0x02;
  const row = fc.record({ flags: fc.constantFrom(0x10, 0x18, 0x02, 0x12), isTcp: fc.boolean() });
  const rare = fc.record({ flags: fc.constantFrom(0x10, 0x10, 0x10, 0x12), isTcp: fc.constant(true) });
  const blocks = fc.oneof(
    fc.array(row, { maxLength: 64, size: 'max' }),
    fc.array(rare, { maxLength: 64, size: 'max' }),
  );

  it('are all TCP segments, and those with SYN', () => {
    fc.assert(
      fc.property(blocks, (rows) => {
        // What stood there before does not count.
        table.tcpFlags.fill(SYN);
        table.tcpAt.fill(34);
        rows.forEach(({ flags, isTcp }, at) => {
          table.tcpFlags[at] = flags;
          table.tcpAt[at] = isTcp ? 34 : 0;
        });
        const { countTcp, nextSyn } = core.kernels;
        const found: number[] = [];
        for (let at = nextSyn(0, rows.length); at < rows.length; at = nextSyn(at + 1, rows.length))
          found.push(at);
        const isSyn = ({ flags, isTcp }: (typeof rows)[number]): boolean => isTcp && (flags & SYN) !== 0;
        expect(found).to.deep.equal(rows.flatMap((one, at) => (isSyn(one) ? [at] : [])));
        expect(nextSyn(rows.length, rows.length)).to.equal(rows.length);
        expect(countTcp(rows.length)).to.equal(rows.filter(({ isTcp }) => isTcp).length);
      }),
    );
  });
});
