import { expect } from 'chai';
import { isPcapMagic } from '../../src/capture/pcap.ts';
import { STATUS, statusOf } from '../../src/packet/table.ts';
import { concat, pattern, replaced, u8, u32, viewOf } from '../helpers/bytes.ts';
import {
  type MadePacket,
  PCAP_STYLE,
  pcapFile,
  pcapHeader,
  pcapngFile,
  pcapRecord,
} from '../helpers/capture-files.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { absoluteTimeNs, readCapture } from '../helpers/read-capture.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

const FRAME = ethernet(ipv4Packet({}, { payload: pattern(100) }));
const BEGIN_NS = 1_700_000_000_999_999_000n;
const made = (timeNs: bigint, changes: Partial<MadePacket> = {}): MadePacket => ({
  timeNs: BEGIN_NS + timeNs,
  bytes: FRAME,
  ...changes,
});

describe('pcap', () => {
  const folder = useTempFolder();

  it('is known by six magics', () => {
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]) {
      expect(isPcapMagic(viewOf(u32(magic)), 0)).to.equal(true);
      expect(isPcapMagic(viewOf(u32(magic, true)), 0)).to.equal(true);
    }
    for (const other of [0xa1b2c3d5, 0x0a0d0d0a, 0, 0xffffffff])
      expect(isPcapMagic(viewOf(u32(other)), 0)).to.equal(false);
  });

  for (const magic of ['microseconds', 'nanoseconds', 'modified'] as const) {
    for (const littleEndian of [true, false]) {
      it(`${magic}, ${littleEndian ? 'little' : 'big'}-endian: times, lengths and bytes`, async () => {
        const packets = [
          made(0n),
          made(3000n, { bytes: FRAME.subarray(0, 60), wireBytes: 154 }),
          made(2_000_000_000n),
        ];
        const file = pcapFile(packets, { magic, littleEndian });
        const capture = await readCapture(folder.write('a.pcap', file));
        expect(capture.fault).to.equal(null);
        expect(
          capture.packets.map((packet) => ({
            timeNs: absoluteTimeNs(capture, packet),
            bytes: packet.bytes,
            wireBytes: packet.wireBytes,
          })),
        ).to.deep.equal(packets.map((packet) => ({ wireBytes: packet.bytes.length, ...packet })));
        expect(capture.notes).to.include({
          packets: 3,
          wireBytes: 462,
          truncatedPackets: 1,
          shortestTruncationBytes: 60,
        });
      });
    }
  }

  it('time that goes backwards is kept as it is', async () => {
    const packets = [0n, 5n, 4n, -7n, 9n, 8n].map((ns) => made(ns));
    const capture = await readCapture(folder.write('b.pcap', pcapFile(packets)));
    expect(capture.packets.map(({ timeNs }) => timeNs)).to.deep.equal([0, 5, 4, -7, 9, 8]);
    expect(capture.notes).to.include({ lastTimeNs: 8 });
  });

  it('the 104 days that times are exact for', async () => {
    const lastNs = 104n * 86_400n * 1_000_000_000n + 1n;
    const capture = await readCapture(folder.write('c.pcap', pcapFile([made(0n), made(lastNs)])));
    expect(capture.packets[1]?.timeNs).to.equal(Number(lastNs));
  });

  for (const [name, build] of [
    ['a pcap', (packets: readonly MadePacket[]) => pcapFile(packets)],
    ['a pcapng', (packets: readonly MadePacket[]) => pcapngFile(packets)],
  ] as const) {
    it(`more captured bytes than were on the wire, in ${name}: the captured ones are believed`, async () => {
      const file = build([made(0n, { wireBytes: 60 }), made(1n)]);
      const capture = await readCapture(folder.write('d', file));
      expect(capture.packets.map(({ wireBytes }) => wireBytes)).to.deep.equal([154, 154]);
      expect(capture.notes).to.include({ capturedOverOriginal: 1, truncatedPackets: 0 });
    });

    it(`4 GB on the wire, in ${name}: a frame that is too long, not one of negative length`, async () => {
      const file = build([0xffffffff, 0x80000000, 0x7fffffff].map((wireBytes) => made(0n, { wireBytes })));
      const capture = await readCapture(folder.write('e', file));
      expect(capture.packets.map(({ wireBytes }) => wireBytes)).to.deep.equal([
        0x7fffffff, 0x7fffffff, 0x7fffffff,
      ]);
      expect(capture.packets.map(({ kind }) => statusOf(kind))).to.deep.equal(
        Array(3).fill(STATUS.BAD_FRAME),
      );
    });
  }

  it('the largest packet is read, a larger one is refused', async () => {
    const large = made(0n, { bytes: concat(FRAME, new Uint8Array(262_144 - FRAME.length)) });
    const larger = made(1n, { bytes: new Uint8Array(262_145) });
    const capture = await readCapture(folder.write('f.pcap', pcapFile([large, made(0n), larger, made(2n)])));
    expect(capture.packets.map(({ capturedBytes }) => capturedBytes)).to.deep.equal([262_144, 154]);
    expect(capture.fault).to.include({ kind: 'bad-length', packet: 2, offset: 24 + 16 + 262_144 + 16 + 154 });
    expect(capture.fault?.found).to.contain('262145');
  });

  it('many large packets, each across the ends of what is read at once', async () => {
    const packets = Array.from({ length: 9 }, (_, i) => made(BigInt(i), { bytes: pattern(200_000 + i, i) }));
    const capture = await readCapture(folder.write('g.pcap', pcapFile(packets)));
    expect(capture.packets).to.have.length(9);
    capture.packets.forEach(({ bytes }, i) => {
      expect(Buffer.compare(bytes, packets[i]!.bytes)).to.equal(0);
    });
  });

  it('a file cut anywhere gives the whole records before the cut, and says where', async () => {
    const packets = [made(0n), made(1n), made(2n)];
    const file = pcapFile(packets);
    const record = pcapRecord(made(0n), PCAP_STYLE).length;
    for (let length = 24; length < file.length; length += 7) {
      const capture = await readCapture(folder.write('h.pcap', file.subarray(0, length)));
      const whole = Math.floor((length - 24) / record);
      expect(capture.packets).to.have.length(whole);
      const cut = (length - 24) % record !== 0;
      if (cut) expect(capture.fault).to.include({ kind: 'cut', packet: whole, offset: 24 + whole * record });
      else expect(capture.fault).to.equal(null);
    }
  });

  it('other bits of the link type field are not part of the link type', async () => {
    const header = replaced(pcapHeader(PCAP_STYLE), 20, u8(101, 0, 0, 0x03));
    const file = concat(header, pcapRecord(made(0n, { bytes: FRAME.subarray(14) }), PCAP_STYLE));
    const capture = await readCapture(folder.write('i.pcap', file));
    expect(capture.packets[0]).to.include({ linkType: 101 });
    expect(capture.packets[0]?.tcp?.payloadBytes).to.equal(100);
  });
});
