import { expect } from 'chai';
import type { InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { concat, pattern, u8 } from '../helpers/bytes.ts';
import type { Frame } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import {
  FLAG,
  type Ipv4Fields,
  ipv4Packet,
  ipv6Packet,
  type TcpFields,
  timestamps,
} from '../helpers/packets.ts';
import { type Replayed, type ReplayedSkb, replayFrames } from '../helpers/replay-frames.ts';

/** Segments of 100 bytes with timestamps: `at` is the distance from the first byte of the flow. */
interface Changes {
  readonly tcp?: Partial<TcpFields>;
  readonly ip?: Partial<Ipv4Fields>;
  readonly tags?: readonly number[];
  readonly padding?: number;
  /** Captured bytes. */
  readonly cut?: number;
  readonly bytes?: number;
  readonly tsval?: number;
  readonly tsecr?: number;
}

function frame(bytes: Uint8Array, cut = bytes.length): Frame {
  return { bytes: bytes.slice(0, cut), wireBytes: bytes.length, linkType: 1, timeNs: 0 };
}

function segment(at: number, changes: Changes = {}): Frame {
  const { tcp = {}, ip = {}, tags = [], padding = 0, bytes = 100, tsval = 1, tsecr = 7 } = changes;
  const fields = { seq: 1000 + at, options: timestamps(tsval, tsecr), payload: pattern(bytes, at), ...tcp };
  const whole = concat(ethernet(ipv4Packet(ip, fields), tags), new Uint8Array(padding));
  return frame(whole, changes.cut);
}

/** The same without timestamps. */
function plain(at: number, changes: Changes = {}): Frame {
  return segment(at, { ...changes, tcp: { options: new Uint8Array(0), ...changes.tcp } });
}

const PURE_ACK: Changes = { bytes: 0 };
const other = (sourcePort: number): Changes => ({ tcp: { sourcePort } });
const BACK: Changes = {
  ip: { source: '10.0.0.2', destination: '10.0.0.1' },
  tcp: { sourcePort: 80, destinationPort: 1111 },
};

/** "0+1 poll-end" for an skb that was held, "2! sequence" for a packet that went past. */
function summary({ packets, lro, reason }: ReplayedSkb): string {
  return `${packets.join('+')}${lro ? '' : '!'} ${reason}`;
}

interface Case {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly lro?: Partial<InetLroOptions>;
  readonly poll?: PollSpec;
  readonly delivers: readonly string[];
  /** What else must hold. */
  readonly and?: (replayed: Replayed) => void;
}

const header = (replayed: Replayed, skb = 0): ReplayedSkb['header'] => replayed.skbs[skb]!.header;

const FLAG_CASES: readonly Case[] = Object.entries(FLAG)
  .filter(([name]) => name !== 'ACK' && name !== 'PSH')
  .map(([name, bit]) => ({
    name: `§4 ${name} ends the merge and goes past it`,
    frames: [segment(0), segment(100, { tcp: { flags: FLAG.ACK | bit } }), segment(200)],
    delivers: ['0 tcp-flags', '1! tcp-flags', '2 capture-end'],
  }));

const CASES: readonly Case[] = [
  {
    name: '§3 segments in sequence merge until the end',
    frames: [segment(0), segment(100), segment(200)],
    delivers: ['0+1+2 capture-end'],
    and: (replayed) => {
      expect(header(replayed)).to.include({ ipLength: 352, seq: 1000 });
      expect(replayed.stats).to.deep.equal({
        aggregated: 3,
        flushed: 1,
        noDesc: 0,
        packets: 3,
        delivered: 1,
        polls: 1,
      });
    },
  },
  {
    name: '§5 the header has the last ACK, window and timestamp echo, and the first timestamp',
    frames: [
      segment(0, { tcp: { ack: 9, window: 10 }, tsval: 3, tsecr: 4 }),
      segment(100, { tcp: { ack: 8, window: 11 }, tsval: 5, tsecr: 6 }),
    ],
    delivers: ['0+1 capture-end'],
    and: (replayed) => expect(header(replayed)).to.include({ ack: 8, window: 11, tsval: 3, tsecr: 6 }),
  },
  {
    name: '§3 a packet that is out of sequence flushes, goes past, and opens no session',
    frames: [segment(0), segment(200), segment(300), segment(400)],
    delivers: ['0 sequence', '1! sequence', '2+3 capture-end'],
  },
  {
    name: 'Q13 a duplicate costs two deliveries',
    frames: [segment(0), segment(100), segment(100), segment(200)],
    delivers: ['0+1 sequence', '2! sequence', '3 capture-end'],
  },
  {
    name: '§1 sequence numbers wrap',
    frames: [0xffffff9c, 0, 100].map((seq) => segment(0, { tcp: { seq } })),
    delivers: ['0+1+2 capture-end'],
  },
  {
    name: '§3 max_aggr counts packets, the last one included',
    frames: [0, 100, 200, 300, 400].map((at) => segment(at)),
    lro: { maxAggr: 2 },
    delivers: ['0+1 max-aggr', '2+3 max-aggr', '4 capture-end'],
  },
  {
    name: 'Q4 max_aggr of 1 acts like 2',
    frames: [0, 100, 200].map((at) => segment(at)),
    lro: { maxAggr: 1 },
    delivers: ['0+1 max-aggr', '2 capture-end'],
  },
  {
    name: '§3 the length limit is tested after a merge, and strict',
    frames: [0, 1000, 2000].map((at) => segment(at, { bytes: 1000 })),
    // 52 + 2000 bytes are just not above 65535 - 63483.
    lro: { mtu: 63_483 },
    delivers: ['0+1+2 max-length'],
  },
  {
    name: '§3 one byte less, and the second packet is the last',
    frames: [0, 1000, 2000].map((at) => segment(at, { bytes: 1000 })),
    lro: { mtu: 63_484 },
    delivers: ['0+1 max-length', '2 capture-end'],
  },
  {
    name: 'Q4 a first packet beyond the length limit is held',
    frames: [segment(0, { bytes: 3000 }), segment(3000, { bytes: 10 })],
    lro: { mtu: 63_484 },
    delivers: ['0+1 max-length'],
  },
  {
    name: '§3 both limits at once are told as max-aggr',
    frames: [segment(0, { bytes: 1500 }), segment(1500, { bytes: 1500 })],
    lro: { mtu: 63_484, maxAggr: 2 },
    delivers: ['0+1 max-aggr'],
  },
  {
    name: 'Q5 the IP length wraps where segments exceed the MTU',
    frames: [0, 30_000, 60_000].map((at) => segment(at, { bytes: 30_000, tcp: { seq: at } })),
    lro: { mtu: 0 },
    delivers: ['0+1+2 max-length'],
    and: (replayed) => expect(header(replayed).ipLength).to.equal(90_052 - 65_536),
  },
  {
    name: '§3 no free slot: the packet goes past and is counted, whatever it is',
    frames: [segment(0), segment(0, other(2)), segment(0, other(3)), segment(0, { ...other(4), bytes: 0 })],
    lro: { maxDesc: 2 },
    delivers: ['2! table-full', '3! table-full', '0 capture-end', '1 capture-end'],
    and: ({ stats }) => expect(stats.noDesc).to.equal(2),
  },
  {
    name: '§5 a poll end delivers in the order of slots; Q11 a freed low slot is used first',
    frames: [segment(0), segment(0, other(2)), segment(0, other(3)), segment(999), segment(0, other(4))],
    delivers: ['0 sequence', '3! sequence', '4 capture-end', '1 capture-end', '2 capture-end'],
  },
  {
    name: 'Q12 a lone packet that was held has a segment size and an untouched header',
    frames: [segment(0, { tcp: { checksumError: 5 }, ip: { id: 77 } })],
    delivers: ['0 capture-end'],
    and: ({ skbs }) => {
      expect(skbs[0]!.gsoSize).to.equal(100);
      expect(skbs[0]!.bytes).to.deep.equal(segment(0, { tcp: { checksumError: 5 }, ip: { id: 77 } }).bytes);
    },
  },
  {
    name: '§5 a packet that went past has no segment size',
    frames: [segment(0, PURE_ACK)],
    delivers: ['0! no-payload'],
    and: ({ skbs }) => expect(skbs[0]!.gsoSize).to.equal(0),
  },
  {
    name: '§1 the segment size is the largest payload',
    frames: [segment(0, { bytes: 10 }), segment(10, { bytes: 300 }), segment(310, { bytes: 20 })],
    delivers: ['0+1+2 capture-end'],
    and: ({ skbs }) => expect(skbs[0]!.gsoSize).to.equal(300),
  },
  {
    name: '§4 padding: the IP length is not that of the frame',
    frames: [segment(0), segment(100, { padding: 1 }), segment(200, { padding: 4 })],
    delivers: ['0 length-mismatch', '1! length-mismatch', '2! length-mismatch'],
  },
  {
    name: '§4 a pure ACK ends the merge of its flow',
    frames: [segment(0), segment(100, PURE_ACK), segment(100)],
    delivers: ['0 no-payload', '1! no-payload', '2 capture-end'],
  },
  {
    name: 'Q8 a pure ACK of the other direction overtakes what is held',
    frames: [segment(0), segment(0, { ...BACK, bytes: 0 }), segment(100)],
    delivers: ['1! no-payload', '0+2 capture-end'],
  },
  {
    name: 'Q8 a fragment overtakes what is held of its own flow, which is not flushed',
    frames: [segment(0), segment(100, { ip: { fragment: 0x2000 } }), segment(100)],
    delivers: ['1! ip-fragment', '0+2 capture-end'],
  },
  {
    name: '§4 IP options',
    frames: [segment(0), segment(100, { ip: { options: u8(1, 1, 1, 0) } })],
    delivers: ['0 ip-options', '1! ip-options'],
  },
  ...FLAG_CASES,
  {
    name: '§4 ACK must be set',
    frames: [segment(0), segment(100, { tcp: { flags: FLAG.PSH } })],
    delivers: ['0 tcp-flags', '1! tcp-flags'],
  },
  {
    name: 'Q10 PSH is not looked at; the flags of the first packet stay',
    frames: [segment(0), segment(100, { tcp: { flags: FLAG.ACK | FLAG.PSH } }), segment(200)],
    delivers: ['0+1+2 capture-end'],
    and: (replayed) => expect(header(replayed).flags).to.equal(FLAG.ACK),
  },
  {
    name: 'Q10 PSH of the first packet stays',
    frames: [segment(0, { tcp: { flags: FLAG.ACK | FLAG.PSH } }), segment(100)],
    delivers: ['0+1 capture-end'],
    and: (replayed) => expect(header(replayed).flags).to.equal(FLAG.ACK | FLAG.PSH),
  },
  {
    name: '§4 reserved bits are not looked at',
    frames: [segment(0, { tcp: { reserved: 1 } }), segment(100, { tcp: { reserved: 0b1110 } })],
    delivers: ['0+1 capture-end'],
  },
  {
    name: '§4 ECN: congestion experienced does not merge, the others do',
    frames: [0, 1, 2, 3].map((tos) => segment(tos * 100, { ip: { tos } })),
    delivers: ['0+1+2 ecn-ce', '3! ecn-ce'],
  },
  {
    name: 'Q10 DSCP, TTL, identification and DF are not compared; those of the first packet stay',
    frames: [
      segment(0, { ip: { tos: 0x20, ttl: 9, id: 5, fragment: 0x4000 } }),
      segment(100, { ip: { tos: 0x40, ttl: 8, id: 3, fragment: 0 } }),
    ],
    delivers: ['0+1 capture-end'],
    and: ({ skbs }) => {
      const ip = skbs[0]!.bytes.subarray(14, 34);
      expect([ip[1], ip[8], ip[5], ip[6]]).to.deep.equal([0x20, 9, 5, 0x40]);
    },
  },
  {
    name: '§4 a TCP header of neither 20 nor 32 bytes',
    frames: [plain(0), segment(100, { tcp: { options: concat(u8(1, 1, 1, 1), timestamps(1, 7)) } })],
    delivers: ['0 tcp-options', '1! tcp-options'],
  },
  {
    name: '§4 32 bytes of TCP header that are no timestamps in the usual place',
    frames: [segment(0), segment(100, { tcp: { options: u8(8, 10, 0, 0, 0, 1, 0, 0, 0, 7, 1, 1) } })],
    delivers: ['0 tcp-options', '1! tcp-options'],
  },
  {
    name: '§4 a timestamp echo of zero',
    frames: [segment(0), segment(100, { tsecr: 0 })],
    delivers: ['0 timestamp-echo-zero', '1! timestamp-echo-zero'],
  },
  {
    name: 'Q3 a timestamp may fall behind the one before, not behind the first',
    frames: [
      segment(0, { tsval: 5 }),
      segment(100, { tsval: 9 }),
      segment(200, { tsval: 5 }),
      segment(300, { tsval: 4 }),
    ],
    delivers: ['0+1+2 timestamp-backwards', '3! timestamp-backwards'],
    and: (replayed) => expect(header(replayed).tsval).to.equal(5),
  },
  {
    name: '§4 timestamps compare modulo 2^32: half the space ahead is not behind',
    frames: [segment(0, { tsval: 5 }), segment(100, { tsval: 5 + 0x7fffffff })],
    delivers: ['0+1 capture-end'],
  },
  {
    name: '§4 one further is',
    frames: [segment(0, { tsval: 5 }), segment(100, { tsval: 5 + 0x80000000 })],
    delivers: ['0 timestamp-backwards', '1! timestamp-backwards'],
  },
  {
    name: 'Q1 a packet without timestamps joins; the echo is then bytes 8 to 11 of its payload',
    frames: [segment(0), plain(100, { tcp: { payload: u8(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0) } })],
    delivers: ['0+1 capture-end'],
    and: (replayed) => expect(header(replayed).tsecr).to.equal(0x01020304),
  },
  {
    name: 'Q1 bytes beyond a short payload count as zero',
    frames: [segment(0), plain(100, { tcp: { payload: u8(0, 0, 0, 0, 0, 0, 0, 0, 9, 8) } })],
    delivers: ['0+1 capture-end'],
    and: (replayed) => expect(header(replayed).tsecr).to.equal(0x09080000),
  },
  {
    name: 'Q1 bytes that were not captured count as zero',
    frames: [segment(0), plain(100, { cut: 14 + 20 + 20 })],
    delivers: ['0+1 capture-end'],
    and: (replayed) => expect(header(replayed).tsecr).to.equal(0),
  },
  {
    name: 'Q2 a packet with timestamps joins a session without, if its timestamp is below 2^31',
    frames: [plain(0), segment(100, { tsval: 0x7fffffff })],
    delivers: ['0+1 capture-end'],
    and: (replayed) => expect(header(replayed)).to.include({ tsval: null, tsecr: null, ipLength: 240 }),
  },
  {
    name: 'Q2 from 2^31 on it does not',
    frames: [plain(0), segment(100, { tsval: 0x80000000 })],
    delivers: ['0 timestamp-backwards', '1! timestamp-backwards'],
  },
  {
    name: '§2 callback: not IPv4, not TCP, bad headers',
    frames: [
      frame(ethernet(ipv6Packet({}, { payload: pattern(9) }))),
      segment(0, { ip: { protocol: 17 } }),
      segment(0, { ip: { totalLength: 39 } }),
      segment(0, { ip: { totalLength: 0 } }),
      segment(0, { cut: 33 }),
      segment(0, { cut: 60 }),
      segment(0, { cut: 13 }),
    ],
    delivers: [
      '0! not-ipv4',
      '1! not-tcp',
      '2! bad-header',
      '3! bad-header',
      '4! bad-header',
      '5! bad-header',
      '6! bad-header',
    ],
  },
  {
    name: '§2 a data offset below five words is for the eligibility test',
    frames: [segment(0, { tcp: { dataOffset: 4 } })],
    delivers: ['0! tcp-options'],
  },
  {
    name: '§2 wrong checksums are not looked at',
    frames: [segment(0), segment(100, { tcp: { checksumError: 1 } }), segment(200)],
    delivers: ['0+1+2 capture-end'],
  },
  {
    name: '§2 with --verify-checksums they are, without a look at the session',
    frames: [segment(0), segment(100, { tcp: { checksumError: 1 } }), segment(100)],
    lro: { verifyChecksums: true },
    delivers: ['1! checksum', '0+2 capture-end'],
  },
  {
    name: '§2 but not where the datagram was not captured whole',
    frames: [segment(0), segment(100, { tcp: { checksumError: 1 }, cut: 100 })],
    lro: { verifyChecksums: true },
    delivers: ['0+1 capture-end'],
  },
  {
    name: '§2 --vlan pass: a tagged frame is not IPv4',
    frames: [segment(0, { tags: [0x8100] }), segment(0)],
    lro: { vlan: 'pass' },
    delivers: ['0! not-ipv4', '1 capture-end'],
  },
  {
    name: 'Q7 --vlan strip: tagged and untagged frames of one connection merge',
    frames: [segment(0, { tags: [0x8100] }), segment(100), segment(200, { tags: [0x8100] })],
    delivers: ['0+1+2 capture-end'],
  },
  {
    name: 'Q6 --vlan inband, skb mode: every second packet goes past',
    frames: [0, 100, 200, 300].map((at) => segment(at, { tags: [0x8100] })),
    lro: { vlan: 'inband' },
    delivers: ['0 length-mismatch', '1! length-mismatch', '2 length-mismatch', '3! length-mismatch'],
  },
  {
    name: 'Q6 --vlan inband, frags mode: they merge',
    frames: [0, 100, 200].map((at) => segment(at, { tags: [0x8100] })),
    lro: { vlan: 'inband', mode: 'frags' },
    delivers: ['0+1+2 capture-end'],
  },
  {
    name: '§2 QinQ is not looked through, whatever --vlan says',
    frames: [segment(0, { tags: [0x88a8, 0x8100] }), segment(0, { tags: [0x8100, 0x8100] })],
    delivers: ['0! not-ipv4', '1! not-ipv4'],
  },
  {
    name: '§7 frags mode counts page fragments',
    // 166 bytes on the wire are two fragments of 128 bytes.
    frames: [0, 100, 200, 300].map((at) => segment(at)),
    lro: { mode: 'frags', fragSize: 128, maxAggr: 4 },
    delivers: ['0+1 max-aggr', '2+3 max-aggr'],
  },
  {
    name: '§7 fragments may exceed the limit by those of the last packet',
    frames: [0, 100, 200].map((at) => segment(at)),
    lro: { mode: 'frags', fragSize: 128, maxAggr: 5 },
    delivers: ['0+1+2 max-aggr'],
  },
  {
    name: '§10 batch: polls end after every N packets of whatever kind',
    frames: [segment(0), segment(100, BACK), segment(100), segment(200), segment(300)],
    poll: { kind: 'batch', packets: 2 },
    delivers: ['0 poll-end', '1 poll-end', '2+3 poll-end', '4 capture-end'],
    and: ({ stats }) => expect(stats.polls).to.equal(3),
  },
];

describe('the rules of inet_lro', () => {
  for (const { name, frames, lro, poll, delivers, and } of CASES) {
    it(name, () => {
      const replayed = replayFrames(frames, { ...(lro && { lro }), ...(poll && { poll }) });
      expect(replayed.skbs.map(summary)).to.deep.equal(delivers);
      and?.(replayed);
    });
  }
});
