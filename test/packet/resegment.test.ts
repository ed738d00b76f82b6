import { expect } from 'chai';
import { concat, pattern, replaced, u8, u16, u32 } from '../helpers/bytes.ts';
import { frameOf } from '../helpers/engine-run.ts';
import type { Frame } from '../helpers/fill-table.ts';
import { checksumField } from '../helpers/internet-checksum.ts';
import { ethernet } from '../helpers/links.ts';
import {
  FLAG,
  IPV6_A,
  IPV6_B,
  type Ipv4Fields,
  ipv4Packet,
  ipv6Packet,
  type TcpFields,
} from '../helpers/packets.ts';
import { type ResegmentRunOptions, resegment } from '../helpers/resegment-run.ts';

const PAYLOAD = pattern(20_000, 1);

function data(from: number, to: number, tcp: Partial<TcpFields> = {}, ip: Partial<Ipv4Fields> = {}): Frame {
  const fields = { seq: 1000 + from, payload: PAYLOAD.slice(from, to), ...tcp };
  return frameOf(ethernet(ipv4Packet({ id: 100, ...ip }, fields)));
}

function syn(mss: number, tcp: Partial<TcpFields> = {}): Frame {
  const options = concat(u8(2, 4), u16(mss));
  return frameOf(ethernet(ipv4Packet({}, { seq: 999, flags: FLAG.SYN, options, ...tcp })));
}

/** Of the other direction. */
function synAck(mss: number): Frame {
  const options = concat(u8(2, 4), u16(mss));
  const ip = { source: '10.0.0.2', destination: '10.0.0.1' };
  const tcp = { sourcePort: 80, destinationPort: 1111, flags: FLAG.SYN | FLAG.ACK, options };
  return frameOf(ethernet(ipv4Packet(ip, tcp)));
}

/** Payload of each packet that came out. */
function sizes(frames: readonly Frame[], options: ResegmentRunOptions = {}): number[] {
  return resegment(frames, options).packets.map(({ tcp }) => tcp?.payloadBytes ?? -1);
}

const source = (frames: readonly Frame[], options: ResegmentRunOptions = {}): unknown =>
  resegment(frames, options).counts.mssSources;

describe('resegmenting', () => {
  it('takes the lower MSS of the handshake, less the options', () => {
    const options = u8(1, 1, 1, 0);
    const frames = [syn(1400), synAck(1200), data(0, 3000, { options })];
    expect(sizes(frames)).to.deep.equal([0, 0, 1196, 1196, 608]);
    expect(source(frames)).to.deep.equal([{ source: 'handshake', superPackets: 1 }]);
    expect(sizes([syn(1400), data(0, 3000)])).to.deep.equal([0, 1400, 1400, 200]);
    expect(sizes([synAck(1200), data(0, 3000)])).to.deep.equal([0, 1200, 1200, 600]);
  });

  it('does not take what a sender announces itself for a limit, once it has sent more', () => {
    const own = [syn(1000), synAck(1400)];
    expect(sizes([...own, data(0, 3000)])).to.deep.equal([0, 0, 1000, 1000, 1000]);
    const more = [...own, data(0, 1300), data(1300, 4300, {}, { id: 101 })];
    expect(sizes(more)).to.deep.equal([0, 0, 1300, 1300, 1300, 400]);
  });

  it('believes no MSS option that is cut off, or smaller than any stack works with', () => {
    expect(sizes([syn(8), data(0, 2000)])).to.deep.equal([0, 1460, 540]);
    const cut = syn(500);
    expect(sizes([{ ...cut, bytes: cut.bytes.slice(0, 56) }, data(0, 2000)])).to.deep.equal([0, 1460, 540]);
  });

  it('takes the flow’s full-sized segments without a handshake, but not the short ends of messages', () => {
    const full = [data(0, 1360), data(1360, 2720, {}, { id: 101 })];
    const frames = [...full, data(2720, 2720 + 4080, {}, { id: 102 })];
    expect(sizes(frames)).to.deep.equal([1360, 1360, 1360, 1360, 1360]);
    expect(source(frames)).to.deep.equal([{ source: 'full-segments', superPackets: 1 }]);
    const ends = [data(0, 752), data(752, 1504, {}, { id: 101 }), data(1504, 4424, {}, { id: 102 })];
    expect(sizes(ends)).to.deep.equal([752, 752, 1460, 1460]);
  });

  it('takes what the ids of following packets say about their number', () => {
    // 3 segments, then 5: at least 1200 bytes each and less than 1500.
    const frames = [
      data(0, 3600, {}, { id: 100 }),
      data(3600, 9600, {}, { id: 103 }),
      data(9600, 9700, {}, { id: 108 }),
    ];
    expect(sizes(frames)).to.deep.equal([1200, 1200, 1200, 1200, 1200, 1200, 1200, 1200, 100]);
    expect(source(frames)).to.deep.equal([{ source: 'structure', superPackets: 2 }]);
  });

  it('takes the common divisor of different sizes where ids say nothing', () => {
    const fixed = { id: 7 };
    const frames = [data(0, 2600, {}, fixed), data(2600, 6500, {}, fixed), data(6500, 6510, {}, fixed)];
    expect(sizes(frames)).to.deep.equal([1300, 1300, 1300, 1300, 1300, 10]);
  });

  it('falls back to the MTU', () => {
    expect(sizes([data(0, 4000)])).to.deep.equal([1460, 1460, 1080]);
    expect(source([data(0, 4000)])).to.deep.equal([{ source: 'mtu', superPackets: 1 }]);
    expect(sizes([data(0, 4000)], { mtu: 1040 })).to.deep.equal([1000, 1000, 1000, 1000]);
  });

  it('leaves jumbo frames whole, told by the handshake or by the first packets', () => {
    const jumbos = [data(0, 8960), data(8960, 17_920, {}, { id: 101 })];
    expect(sizes([syn(8960), ...jumbos])).to.deep.equal([0, 8960, 8960]);
    expect(sizes(jumbos, { lookAhead: true })).to.deep.equal([8960, 8960]);
  });

  it('numbers segments by what the ids around them say', () => {
    const ids = (frames: readonly Frame[]): number[] =>
      resegment(frames).packets.map(({ bytes }) => (bytes[18]! << 8) | bytes[19]!);
    expect(ids([data(0, 2920, {}, { id: 65_535 })])).to.deep.equal([65_535, 0]);
    expect(ids([data(0, 2920, {}, { id: 0 })])).to.deep.equal([0, 0]);
    expect(ids([data(0, 2920, {}, { id: 9 }), data(2920, 2930, {}, { id: 9 })])).to.deep.equal([9, 9, 9]);
    // Without DF an id that is always the same would break reassembly: 0 is a number like others.
    expect(ids([data(0, 2920, {}, { id: 0, fragment: 0 })])).to.deep.equal([0, 1]);
  });

  it('leaves FIN and PSH on the last segment, CWR on the first, others on all', () => {
    const flags = FLAG.ACK | FLAG.PSH | FLAG.FIN | FLAG.CWR | FLAG.ECE;
    const run = resegment([data(0, 4000, { flags, reserved: 1 })]);
    expect(run.packets.map(({ tcp }) => tcp!.flags & 0xfff)).to.deep.equal([
      0x100 | FLAG.ACK | FLAG.CWR | FLAG.ECE,
      0x100 | FLAG.ACK | FLAG.ECE,
      0x100 | FLAG.ACK | FLAG.ECE | FLAG.PSH | FLAG.FIN,
    ]);
  });

  it('splits packets with an IP length of 0 by their length on the wire', () => {
    const [long, short] = [data(0, 3000), data(3000, 3100)].map((frame) =>
      frameOf(replaced(frame.bytes, 16, u16(0))),
    );
    const run = resegment([long!, short!]);
    expect(run.packets.map(({ ip }) => ip?.length)).to.deep.equal([1500, 1500, 120, 140]);
    expect(run.packets.map(({ kind }) => kind & 7)).to.deep.equal([0, 0, 0, 0]);
  });

  it('takes the jumbo payload option out of an IPv6 packet', () => {
    const extension = { protocol: 0, bytes: concat(u8(6, 0, 0xc2, 4), u32(3000 + 20 + 8)) };
    const packet = ipv6Packet(
      { extensions: [extension], payloadLength: 0 },
      { payload: PAYLOAD.slice(0, 3000) },
    );
    const run = resegment([frameOf(ethernet(packet))]);
    const wire = [0, 1440, 2880].map((at) =>
      ethernet(ipv6Packet({}, { seq: 1000 + at, payload: PAYLOAD.slice(at, Math.min(3000, at + 1440)) })),
    );
    expect(run.packets.map(({ bytes }) => [...bytes])).to.deep.equal(wire.map((bytes) => [...bytes]));
  });

  describe('leaves whole', () => {
    const cases: readonly (readonly [string, Frame])[] = [
      ['SYN with much data', data(0, 3000, { flags: FLAG.SYN })],
      ['RST with much data', data(0, 3000, { flags: FLAG.RST })],
      ['URG with much data', data(0, 3000, { flags: FLAG.URG | FLAG.ACK })],
      ['a packet whose TCP header was cut', { ...data(0, 3000), bytes: data(0, 3000).bytes.slice(0, 50) }],
      [
        'a length that is longer than the frame',
        { ...data(0, 1000), bytes: data(0, 3000).bytes.slice(0, 60), wireBytes: 1054 },
      ],
      ['a frame with a trailer', { ...data(0, 3000), wireBytes: 3060 }],
      ['a fragment', data(0, 3000, {}, { fragment: 0x2000 })],
      ['another protocol', data(0, 3000, {}, { protocol: 17 })],
    ];
    for (const [name, frame] of cases) {
      it(name, () => {
        const run = resegment([frame]);
        expect(run.counts.superPackets).to.equal(0);
        expect(run.packets.map(({ bytes }) => [...bytes])).to.deep.equal([[...frame.bytes]]);
      });
    }
    it('what did not reach the receiver', () => {
      const run = resegment([data(0, 3000), data(3000, 6000)], { received: (index) => index === 1 });
      expect(run.packets.map(({ tcp, record }) => [record, tcp?.payloadBytes])).to.deep.equal([
        [0, 3000],
        [1, 1460],
        [1, 1460],
        [1, 80],
      ]);
    });
  });

  describe('checksums', () => {
    /** Sum of each TCP segment with its pseudo-header, complemented: 0 where it is right. */
    const errors = (frame: Frame): number[] =>
      resegment([frame]).packets.map(({ bytes }) => {
        const tcp = bytes.subarray(34);
        return checksumField(concat(bytes.subarray(26, 34), u16(6), u16(tcp.length), tcp));
      });

    it('are right where they were, or where they were not filled in', () => {
      const frame = data(0, 4000);
      expect(errors(frame)).to.deep.equal([0, 0, 0]);
      const pseudo = ~checksumField(concat(frame.bytes.subarray(26, 34), u16(6), u16(4020))) & 0xffff;
      expect(errors(frameOf(replaced(frame.bytes, 50, u16(pseudo))))).to.deep.equal([0, 0, 0]);
      expect(errors(frameOf(replaced(frame.bytes, 50, u16(0))))).to.deep.equal([0, 0, 0]);
    });

    it('stay wrong where they were', () => {
      expect(errors(data(0, 4000, { checksumError: 5 })).every((error) => error !== 0)).to.equal(true);
    });

    it('stay unfilled where payload is missing', () => {
      const { bytes, wireBytes } = data(0, 4000);
      const pseudo = ~checksumField(concat(bytes.subarray(26, 34), u16(6), u16(4020))) & 0xffff;
      const cut = { ...data(0, 4000), bytes: replaced(bytes, 50, u16(pseudo)).slice(0, 96), wireBytes };
      const fields = resegment([cut]).packets.map((packet) => (packet.bytes[50]! << 8) | packet.bytes[51]!);
      const expected = [1460, 1460, 1080].map(
        (size) => ~checksumField(concat(bytes.subarray(26, 34), u16(6), u16(size + 20))) & 0xffff,
      );
      expect(fields).to.deep.equal(expected);
    });
  });

  describe('times and records', () => {
    const at = (frame: Frame, timeNs: number): Frame => ({ ...frame, timeNs });

    it('spreads segments at the rate of the link, and lets what comes after wait for them', () => {
      const frames = [at(data(0, 2920), 1000), at(data(2920, 3020), 2000), at(data(3020, 3120), 50_000)];
      const times = resegment(frames).packets.map(({ timeNs }) => timeNs);
      // 1514 bytes and 24 around them take 12,304 ns at 1000 Mbit/s, 154 and 24 take 1,424.
      expect(times).to.deep.equal([1000, 13_304, 14_728, 50_000]);
      const fast = resegment(frames, { linkMbps: 10_000 }).packets.map(({ timeNs }) => timeNs);
      expect(fast).to.deep.equal([1000, 2230, 2373, 50_000]);
      expect(resegment(frames).counts.largestDelayNs).to.equal(12_728);
    });

    it('keeps record numbers, and fills no block beyond its rows', () => {
      const frames = [data(0, 14_600), data(14_600, 14_700), data(14_700, 19_000)];
      const run = resegment(frames, { capacity: 3 });
      expect(run.packets.map(({ record }) => record)).to.deep.equal([...Array(10).fill(0), 1, 2, 2, 2]);
      expect(run.blocks).to.deep.equal([3, 3, 3, 3, 2]);
      expect(run.counts).to.deep.include({ superPackets: 2, segments: 13 });
    });

    it('keeps the bytes of a block bounded', () => {
      const long = PAYLOAD.slice(0, 14_600);
      const frames = Array.from({ length: 200 }, (_, i) => data(0, 0, { seq: i * 14_600, payload: long }));
      const run = resegment(frames, { capacity: 2048 });
      expect(run.packets).to.have.length(2000);
      expect(run.blocks.length).to.be.above(2);
      expect(Buffer.concat(run.packets.slice(0, 10).map(({ bytes }) => bytes.subarray(54)))).to.deep.equal(
        Buffer.from(long),
      );
    });
  });

  it('tells IPv6 segments apart by the same rules', () => {
    const packet = ipv6Packet({ source: IPV6_B, destination: IPV6_A }, { payload: PAYLOAD.slice(0, 3000) });
    expect(sizes([frameOf(ethernet(packet))])).to.deep.equal([1440, 1440, 120]);
  });
});
