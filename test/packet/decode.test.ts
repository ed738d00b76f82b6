import { expect } from 'chai';
import { LINK } from '../../src/capture/link-types.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createPacketTable, familyOf, STATUS, statusOf } from '../../src/packet/table.ts';
import { pattern, u8, u16 } from '../helpers/bytes.ts';
import { fillTable } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import { type ExtensionHeader, FLAG, ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import { type PlainPacket, plainPacket } from '../helpers/read-capture.ts';

/** Decodes one frame. */
function decode(bytes: Uint8Array, wireBytes = bytes.length, linkType: number = LINK.ETHERNET): PlainPacket {
  const table = createPacketTable(1);
  fillTable(table, [{ bytes, wireBytes, linkType, timeNs: 0 }]);
  createDecoder(table)();
  return plainPacket(table, 0);
}

interface Case {
  readonly name: string;
  readonly frame: Uint8Array;
  readonly wireBytes?: number;
  readonly status: number;
  /** Offset of the TCP header, payload bytes; null where there is no TCP header. */
  readonly tcp: readonly [at: number, payloadBytes: number] | null;
  readonly family: 0 | 4 | 6;
}

const ip4 = (...fields: Parameters<typeof ipv4Packet>): Uint8Array => ethernet(ipv4Packet(...fields));
const ip6 = (extensions: readonly ExtensionHeader[], protocol = 6): Uint8Array =>
  ethernet(ipv6Packet({ extensions, protocol }, { payload: pattern(100) }));
/** An extension header of `units` + 1 times eight bytes. */
const extension = (protocol: number, units: number): ExtensionHeader => ({
  protocol,
  bytes: u8(0, units, ...new Uint8Array(8 * units + 6)),
});
const fragmentHeader = (offset: number, more: 0 | 1): ExtensionHeader => ({
  protocol: 44,
  bytes: u8(0, 0, ...u16(offset * 8 + more), 0, 0, 0, 9),
});
const data = { payload: pattern(100) };

const CASES: readonly Case[] = [
  { name: 'a data segment', frame: ip4({}, data), status: STATUS.TCP, family: 4, tcp: [34, 100] },
  {
    name: 'a segment with IP and TCP options',
    frame: ip4({ options: u8(1, 1, 1, 1, 1, 1, 1, 0) }, { ...data, options: timestamps(1, 2) }),
    status: STATUS.TCP,
    family: 4,
    tcp: [42, 100],
  },
  {
    name: 'a segment cut after its headers',
    frame: ip4({}, { ...data, options: timestamps(1, 2) }).subarray(0, 66),
    wireBytes: 166,
    status: STATUS.TCP,
    family: 4,
    tcp: [34, 100],
  },
  {
    name: 'a segment cut inside its TCP options',
    frame: ip4({}, { ...data, options: timestamps(1, 2) }).subarray(0, 65),
    wireBytes: 166,
    status: STATUS.BAD_HEADER,
    family: 4,
    tcp: [34, 100],
  },
  {
    name: 'a segment cut inside its TCP header',
    frame: ip4({}, data).subarray(0, 53),
    wireBytes: 154,
    status: STATUS.BAD_HEADER,
    family: 4,
    tcp: null,
  },
  {
    name: 'a packet cut inside its IP header',
    frame: ip4({}, data).subarray(0, 33),
    wireBytes: 154,
    status: STATUS.BAD_HEADER,
    family: 4,
    tcp: null,
  },
  {
    name: 'a pure ACK with Ethernet padding',
    frame: u8(...ip4({}, {}), 0, 0, 0, 0, 0, 0),
    status: STATUS.TCP,
    family: 4,
    tcp: [34, 0],
  },
  {
    name: 'a first fragment',
    frame: ip4({ fragment: 0x2000 }, data),
    status: STATUS.IP_FRAGMENT,
    family: 4,
    tcp: [34, 100],
  },
  {
    name: 'a later fragment',
    frame: ip4({ fragment: 0x0003 }, data),
    status: STATUS.IP_FRAGMENT,
    family: 4,
    tcp: null,
  },
  { name: 'UDP', frame: ip4({ protocol: 17 }, data), status: STATUS.NOT_TCP, family: 4, tcp: null },
  {
    name: 'an IP length of 0, as before TSO',
    frame: ip4({ totalLength: 0 }, data),
    status: STATUS.SHORT_IP_LENGTH,
    family: 4,
    tcp: [34, 100],
  },
  {
    name: 'an IP length that ends inside the TCP header',
    frame: ip4({ totalLength: 39 }, data),
    status: STATUS.SHORT_IP_LENGTH,
    family: 4,
    tcp: [34, 0],
  },
  {
    name: 'an IP length that ends inside the TCP options',
    frame: ip4({ totalLength: 51 }, { ...data, options: timestamps(1, 2) }),
    status: STATUS.SHORT_IP_LENGTH,
    family: 4,
    tcp: [34, 0],
  },
  {
    name: 'a data offset below five words, whose payload counts from there',
    frame: ip4({}, { ...data, dataOffset: 4 }),
    status: STATUS.TCP,
    family: 4,
    tcp: [34, 104],
  },
  {
    name: 'an IPv4 header of four words',
    frame: ethernet(u8(0x44, ...ipv4Packet({}, data).subarray(1))),
    status: STATUS.BAD_HEADER,
    family: 4,
    tcp: null,
  },
  {
    name: 'version 6 under the Ethernet type of IPv4',
    frame: u8(...ethernet(ipv4Packet({}, data)).subarray(0, 14), 0x65, ...ipv4Packet({}, data).subarray(1)),
    status: STATUS.BAD_HEADER,
    family: 4,
    tcp: null,
  },
  { name: '13 bytes', frame: ip4({}, data).subarray(0, 13), status: STATUS.BAD_FRAME, family: 0, tcp: null },
  {
    name: 'a frame longer than any driver takes',
    frame: ip4({}, data),
    wireBytes: 262_145,
    status: STATUS.BAD_FRAME,
    family: 0,
    tcp: null,
  },
  {
    name: 'a frame cut inside its VLAN tag',
    frame: ethernet(ipv4Packet({}, data), [0x8100]).subarray(0, 17),
    wireBytes: 158,
    status: STATUS.BAD_FRAME,
    family: 0,
    tcp: null,
  },
  {
    name: 'ARP',
    frame: u8(...new Uint8Array(12), 0x08, 0x06, ...new Uint8Array(28)),
    status: STATUS.NOT_IP,
    family: 0,
    tcp: null,
  },
  { name: 'IPv6', frame: ip6([]), status: STATUS.TCP, family: 6, tcp: [54, 100] },
  {
    name: 'IPv6 with hop-by-hop, routing and destination headers',
    frame: ip6([extension(0, 0), extension(43, 2), extension(60, 1)]),
    status: STATUS.TCP,
    family: 6,
    tcp: [54 + 8 + 24 + 16, 100],
  },
  {
    name: 'IPv6 with an authentication header, whose length counts words',
    frame: ip6([{ protocol: 51, bytes: u8(0, 4, ...new Uint8Array(22)) }]),
    status: STATUS.TCP,
    family: 6,
    tcp: [54 + 24, 100],
  },
  {
    name: 'IPv6 with sixteen extension headers',
    frame: ip6(Array.from({ length: 16 }, () => extension(60, 0))),
    status: STATUS.TCP,
    family: 6,
    tcp: [54 + 128, 100],
  },
  {
    name: 'IPv6 with more extension headers than are looked through',
    frame: ip6(Array.from({ length: 17 }, () => extension(60, 0))),
    status: STATUS.BAD_HEADER,
    family: 6,
    tcp: null,
  },
  {
    name: 'a first IPv6 fragment',
    frame: ip6([fragmentHeader(0, 1)]),
    status: STATUS.IP_FRAGMENT,
    family: 6,
    tcp: [54 + 8, 100],
  },
  {
    name: 'a later IPv6 fragment',
    frame: ip6([fragmentHeader(5, 1)]),
    status: STATUS.IP_FRAGMENT,
    family: 6,
    tcp: null,
  },
  { name: 'UDP over IPv6', frame: ip6([extension(0, 0)], 17), status: STATUS.NOT_TCP, family: 6, tcp: null },
  { name: 'ESP over IPv6', frame: ip6([], 50), status: STATUS.NOT_TCP, family: 6, tcp: null },
  {
    name: 'IPv6 cut inside an extension header',
    frame: ip6([extension(0, 0)]).subarray(0, 60),
    wireBytes: 182,
    status: STATUS.BAD_HEADER,
    family: 6,
    tcp: null,
  },
  {
    name: 'an IPv6 payload length of 0',
    frame: ethernet(ipv6Packet({ payloadLength: 0 }, data)),
    status: STATUS.SHORT_IP_LENGTH,
    family: 6,
    tcp: [54, 100],
  },
];

describe('decode', () => {
  for (const { name, frame, wireBytes, status, family, tcp } of CASES) {
    it(name, () => {
      const packet = decode(frame, wireBytes);
      expect(statusOf(packet.kind), 'status').to.equal(status);
      expect(familyOf(packet.kind), 'family').to.equal(family);
      expect(packet.tcp === null ? null : [packet.tcp.at, packet.tcp.payloadBytes], 'tcp').to.deep.equal(tcp);
    });
  }

  it('reads the fields of the TCP header', () => {
    const flags = FLAG.ACK | FLAG.PSH | FLAG.CWR;
    const { tcp, ip } = decode(ip4({}, { ...data, seq: 0xfffffff0, flags, reserved: 0b1001 }));
    expect(tcp?.seq).to.equal(-16);
    expect(tcp?.flags).to.equal((5 << 12) | (0b1001 << 8) | flags);
    expect(ip).to.deep.equal({ at: 14, length: 140 });
  });

  it('forgets what the rows of the block before held', () => {
    const table = createPacketTable(2);
    const decodeBlock = createDecoder(table);
    const frame = ip4({}, data);
    fillTable(table, [
      { bytes: frame, wireBytes: frame.length, linkType: 1, timeNs: 0 },
      { bytes: frame, wireBytes: frame.length, linkType: 1, timeNs: 1 },
    ]);
    decodeBlock();
    fillTable(table, [{ bytes: new Uint8Array(60), wireBytes: 60, linkType: 1, timeNs: 2 }]);
    decodeBlock();
    expect(plainPacket(table, 0)).to.include({ ip: null, tcp: null, kind: STATUS.NOT_IP });
  });
});
