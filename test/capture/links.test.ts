import { join } from 'node:path';
import { expect } from 'chai';
import { LINK } from '../../src/capture/link-types.ts';
import { DIRECTION } from '../../src/capture/record-block.ts';
import { familyOf, STATUS, statusOf, vlanTagsOf } from '../../src/packet/table.ts';
import { concat, pattern, u8 } from '../helpers/bytes.ts';
import { type MadePacket, pcapFile, pcapngFile } from '../helpers/capture-files.ts';
import { AF_INET6, ethernet, nullOrLoop, sll, sll2, WRAPPINGS } from '../helpers/links.ts';
import { type ExtensionHeader, FLAG, ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import { type PlainPacket, readCapture } from '../helpers/read-capture.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

/** IP packets of all sorts; the first byte tells the version. */
const HOP_BY_HOP: ExtensionHeader = { protocol: 0, bytes: u8(0, 0, 1, 4, 0, 0, 0, 0) };
const DESTINATION: ExtensionHeader = { protocol: 60, bytes: u8(0, 1, ...new Uint8Array(14)) };
const MADE: readonly Uint8Array[] = [
  ipv4Packet({}, { payload: pattern(100) }),
  ipv4Packet({ options: u8(1, 1, 1, 0) }, { options: timestamps(7, 8), payload: pattern(33) }),
  ipv4Packet({ fragment: 0x2000 }, { payload: pattern(64) }),
  ipv4Packet({ fragment: 0x2010 }, { payload: pattern(64) }),
  ipv4Packet({ protocol: 17 }, { payload: pattern(20) }),
  ipv4Packet({ totalLength: 0 }, { payload: pattern(50) }),
  ipv6Packet({}, { flags: FLAG.SYN, options: timestamps(1, 0) }),
  ipv6Packet({ extensions: [HOP_BY_HOP, DESTINATION] }, { payload: pattern(77) }),
  ipv6Packet({ protocol: 17 }, {}),
];

/** What a decoder should say of an IP packet whatever carries it. Offsets are from the IP header. */
function ipView(packet: PlainPacket): object {
  const { ip, tcp, kind } = packet;
  return {
    status: statusOf(kind),
    family: familyOf(kind),
    ipLength: ip?.length ?? null,
    tcp: tcp === null ? null : { ...tcp, at: tcp.at - (ip?.at ?? 0) },
    bytes: Buffer.from(packet.bytes.subarray(ip?.at ?? 0)).toString('hex'),
    missing: packet.wireBytes - packet.capturedBytes,
  };
}

function timed(frames: readonly { bytes: Uint8Array; wireBytes: number }[]): MadePacket[] {
  return frames.map((frame, i) => ({ timeNs: 1_700_000_000_000_000_000n + BigInt(i * 1000), ...frame }));
}

describe('link types', () => {
  const folder = useTempFolder();
  /** IP packets of real captures, cut where they were cut, and made ones. */
  const packets: { bytes: Uint8Array; missing: number }[] = MADE.map((bytes) => ({ bytes, missing: 0 }));

  before(async () => {
    for (const name of ['full-f4.pcap.gz', 'v6-f4.pcap.gz', 'f1-bidir.pcap.gz']) {
      const capture = await readCapture(join(CAPTURES, name), { maxPackets: 300 });
      for (const { bytes, capturedBytes, wireBytes, kind } of capture.packets) {
        if (familyOf(kind) === 0) continue;
        packets.push({ bytes: bytes.subarray(14), missing: wireBytes - capturedBytes });
      }
    }
    expect(packets).to.have.length.above(800);
  });

  /** Reads the packets, wrapped, from a pcap and a pcapng. */
  async function readWrapped(
    wrap: (packet: Uint8Array) => Uint8Array,
    linkType: number,
    some = packets,
  ): Promise<readonly PlainPacket[]> {
    const frames = timed(
      some.map(({ bytes, missing }) => {
        const frame = wrap(bytes);
        return { bytes: frame, wireBytes: frame.length + missing };
      }),
    );
    const pcap = await readCapture(folder.write('a.pcap', pcapFile(frames, { linkType })));
    const pcapng = await readCapture(folder.write('a.pcapng', pcapngFile(frames, linkType)));
    expect(pcap.fault).to.equal(null);
    expect(pcapng.packets).to.deep.equal(pcap.packets);
    expect(pcap.packets).to.have.length(some.length);
    return pcap.packets;
  }

  for (const { name, linkType, wrap, tags } of WRAPPINGS) {
    it(`${name} carries IP as plain Ethernet does`, async () => {
      const plain = await readWrapped((packet) => ethernet(packet), LINK.ETHERNET);
      const wrapped = await readWrapped(wrap, linkType);
      expect(wrapped.map(ipView)).to.deep.equal(plain.map(ipView));
      expect([...new Set(wrapped.map((packet) => vlanTagsOf(packet.kind)))]).to.deep.equal([tags]);
      expect([...new Set(wrapped.map((packet) => packet.linkType))]).to.deep.equal([linkType]);
    });
  }

  for (const [name, linkType, version] of [
    ['IPv4', LINK.IPV4, 4],
    ['IPv6', LINK.IPV6, 6],
  ] as const) {
    it(`the link type ${name} carries it`, async () => {
      const some = packets.filter(({ bytes }) => bytes[0]! >> 4 === version);
      const plain = await readWrapped((packet) => ethernet(packet), LINK.ETHERNET, some);
      const raw = await readWrapped((packet) => packet, linkType, some);
      expect(raw.map(ipView)).to.deep.equal(plain.map(ipView));
    });
  }

  it('SLL and SLL2 tell the direction', async () => {
    const packet = MADE[0]!;
    const expected = [
      DIRECTION.INBOUND,
      DIRECTION.INBOUND,
      DIRECTION.INBOUND,
      DIRECTION.OTHER_HOST,
      DIRECTION.OUTBOUND,
      DIRECTION.UNKNOWN,
    ];
    for (const [linkType, wrap] of [
      [LINK.LINUX_SLL, sll],
      [LINK.LINUX_SLL2, sll2],
    ] as const) {
      const frames = expected.map((_, type) => ({ bytes: wrap(packet, type), wireBytes: 200 }));
      const { packets: read } = await readCapture(
        folder.write('d.pcap', pcapFile(timed(frames), { linkType })),
      );
      expect(read.map(({ direction }) => direction)).to.deep.equal(expected);
    }
  });

  it('802.1Q inside SLL is looked through', async () => {
    const inner = ethernet(MADE[0]!, [0x8100]).subarray(14);
    const frame = concat(sll(MADE[0]!).subarray(0, 14), u8(0x81, 0), inner);
    const { packets: read } = await readCapture(
      folder.write(
        'v.pcap',
        pcapFile(timed([{ bytes: frame, wireBytes: frame.length }]), { linkType: LINK.LINUX_SLL }),
      ),
    );
    expect(vlanTagsOf(read[0]!.kind)).to.equal(1);
    expect(statusOf(read[0]!.kind)).to.equal(STATUS.TCP);
    expect(read[0]!.ip?.at).to.equal(20);
  });

  it('NULL frames of another family are not IP', async () => {
    const frames = [7, 23, 33].map((family) => ({
      bytes: nullOrLoop(MADE[6]!, true, family),
      wireBytes: 200,
    }));
    const { packets: read } = await readCapture(
      folder.write('n.pcap', pcapFile(timed(frames), { linkType: LINK.NULL })),
    );
    expect(read.map(({ kind }) => kind)).to.deep.equal([STATUS.NOT_IP, STATUS.NOT_IP, STATUS.NOT_IP]);
    expect(AF_INET6).to.not.include.members([7, 23, 33]);
  });

  it('an unknown link type is read, counted, and decoded as not IP', async () => {
    const frames = timed([{ bytes: MADE[0]!, wireBytes: 140 }]);
    const capture = await readCapture(folder.write('u.pcap', pcapFile(frames, { linkType: 147 })));
    expect(capture.packets.map(({ kind }) => kind)).to.deep.equal([STATUS.NOT_IP]);
    expect(capture.notes.unknownLinkPackets).to.equal(1);
  });
});
