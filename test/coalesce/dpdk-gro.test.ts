import { DPDK_GRO_DEFAULTS } from '../../src/coalesce/dpdk-gro.ts';
import { pattern, u8 } from '../helpers/bytes.ts';
import { ethernet, MAC_B } from '../helpers/links.ts';
import { FLAG, ipv4Packet, timestamps } from '../helpers/packets.ts';
import {
  ACK_PSH,
  apart,
  type Case,
  type Delivered,
  describeCases,
  LENGTH_CASES,
  ofFlow,
  passingCases,
  pureAck,
  range,
  segment,
} from './rule-cases.ts';

const OLDER = { dpdkGro: { ...DPDK_GRO_DEFAULTS, rules: 'older', maxAggr: 0 } } as const;

const JOINING: readonly Case[] = [
  {
    name: 'appends; TTL, TOS, window and size may differ',
    frames: [segment(0), segment(1, { window: 7, payload: pattern(300) }, { ttl: 1, tos: 3 })],
    expected: [[[0, 1], 'capture-end']],
    header: { window: 1000 },
  },
  {
    name: 'prepends: the headers are those of the first in the order of sequence numbers',
    frames: [segment(1, { window: 7 }), segment(0, { window: 8 })],
    expected: [[[1, 0], 'capture-end']],
    header: { seq: 1000, id: 10, window: 8 },
  },
  {
    name: 'appends and prepends to one item',
    frames: [2, 3, 1, 4, 0].map((i) => segment(i)),
    expected: [[[4, 2, 0, 1, 3], 'capture-end']],
    header: { seq: 1000 },
  },
  {
    name: 'keeps what is out of order as more items, and never joins items',
    frames: [0, 2, 4, 3, 1].map((i) => segment(i)),
    expected: [
      [[0, 4], 'capture-end'],
      [[1, 3], 'capture-end'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'keeps a duplicate as an item',
    frames: [segment(0), segment(0), segment(1)],
    expected: [
      [[0, 2], 'capture-end'],
      [[1], 'capture-end'],
    ],
  },
  {
    name: 'counts sequence numbers modulo 2^32 on both sides',
    frames: [0, 1, -1].map((i) => segment(i + 1, { seq: (2 ** 32 - 50 + 100 * i) % 2 ** 32 })),
    expected: [[[2, 0, 1], 'capture-end']],
  },
  apart('another ACK number', segment(1, { ack: 5001 })),
  apart('another MAC address', ethernet(segment(1).subarray(14), [], MAC_B)),
  apart('another byte of options', segment(1, { options: timestamps(1, 2) })),
  apart('DF', segment(1, {}, { fragment: 0 })),
  apart('a VLAN tag', ethernet(segment(1).subarray(14), [0x8100])),
  apart('another port', ofFlow(3, 1)),
  {
    name: 'merges equal options',
    frames: [0, 1].map((i) => segment(i, { options: timestamps(1, 2) })),
    expected: [[[0, 1], 'capture-end']],
  },
];

/** Ids of packets 0, 1, 2, which come in order or backwards. */
const ids = (df: boolean, values: readonly number[], backwards: boolean, sizes: readonly number[]): Case => {
  const frames = values.map((id, i) => segment(i, {}, { id, fragment: df ? 0x4000 : 0 }));
  const groups: number[][] = [];
  let next = 0;
  for (const size of sizes) {
    const members = range(next, next + size);
    groups.push(backwards ? members.toReversed() : members);
    next += size;
  }
  return {
    name: `ids ${values.join(', ')}, ${df ? 'with' : 'without'} DF${backwards ? ', backwards' : ''}`,
    frames: backwards ? frames.toReversed() : frames,
    expected: groups.map((group): Delivered => [group, 'capture-end']),
  };
};

const IDS: readonly Case[] = [
  ids(true, [5, 9, 1], false, [3]),
  ids(true, [5, 9, 1], true, [3]),
  ids(false, [65_534, 65_535, 0], false, [3]),
  ids(false, [65_534, 65_535, 0], true, [3]),
  ids(false, [5, 5, 5], false, [1, 1, 1]),
  ids(false, [5, 6, 8], false, [2, 1]),
  ids(false, [5, 7, 8], true, [2, 1]),
];

const PASSING: readonly Case[] = [
  ...LENGTH_CASES,
  ...passingCases(false),
  {
    name: 'passes what has no payload; nothing held ends',
    frames: [segment(0), pureAck(1), segment(1)],
    expected: [
      [[1], 'no-payload'],
      [[0, 2], 'capture-end'],
    ],
  },
  ...[FLAG.SYN, FLAG.RST, FLAG.URG, FLAG.ECE, FLAG.CWR].map(
    (flag): Case => ({
      name: `passes flag ${flag}`,
      frames: [segment(0), segment(1, { flags: FLAG.ACK | flag }), segment(1)],
      expected: [
        [[1], 'tcp-flags'],
        [[0, 2], 'capture-end'],
      ],
    }),
  ),
  {
    name: 'takes PSH and FIN, which end nothing and are kept',
    frames: [segment(1, { flags: ACK_PSH }), segment(0), segment(2, { flags: FLAG.ACK | FLAG.FIN })],
    expected: [[[1, 0, 2], 'capture-end']],
    header: { flags: FLAG.ACK | FLAG.PSH | FLAG.FIN },
  },
  {
    name: 'the older rules pass PSH and FIN',
    frames: [segment(0), segment(1, { flags: ACK_PSH }), segment(1, { flags: FLAG.ACK | FLAG.FIN })],
    options: OLDER,
    expected: [
      [[1], 'tcp-flags'],
      [[2], 'tcp-flags'],
      [[0], 'capture-end'],
    ],
  },
  {
    name: 'passes IP options',
    frames: [segment(0), segment(1, {}, { options: u8(1, 1, 1, 1) })],
    expected: [
      [[1], 'ip-options'],
      [[0], 'capture-end'],
    ],
  },
];

const big = (i: number, bytes: number): Uint8Array =>
  ethernet(ipv4Packet({ id: i }, { seq: 3115 * i, payload: pattern(bytes, i) }));

const LIMITS: readonly Case[] = [
  {
    name: 'merges at most 19 segments by the newer rules',
    frames: range(0, 39).map((i) => segment(i)),
    expected: [
      [range(0, 19), 'capture-end'],
      [range(19, 38), 'capture-end'],
      [[38], 'capture-end'],
    ],
  },
  {
    name: 'any number by the older rules',
    frames: range(0, 39).map((i) => segment(i)),
    options: OLDER,
    expected: [[range(0, 39), 'capture-end']],
  },
  {
    name: 'fills 65,535 bytes',
    frames: [...range(0, 21).map((i) => big(i, 3115)), big(21, 80)],
    options: OLDER,
    expected: [[range(0, 22), 'capture-end']],
  },
  {
    name: 'not more',
    frames: [...range(0, 21).map((i) => big(i, 3115)), big(21, 81)],
    options: OLDER,
    expected: [
      [range(0, 21), 'capture-end'],
      [[21], 'capture-end'],
    ],
  },
  {
    name: 'a burst has 128 packets, of whatever kind',
    frames: [...range(0, 126).map(() => pureAck(0)), ...[0, 1, 2].map((i) => segment(i))],
    expected: [
      ...range(0, 126).map((i): Delivered => [[i], 'no-payload']),
      [[126, 127], 'burst-end'],
      [[128], 'capture-end'],
    ],
  },
  {
    name: 'each poll begins a burst, and one that is as long ends as a poll',
    frames: range(0, 5).map((i) => segment(i)),
    options: { dpdkGro: { ...DPDK_GRO_DEFAULTS, burst: 2 } },
    polls: [0, 2],
    expected: [
      [[0], 'poll-end'],
      [[1, 2], 'poll-end'],
      [[3, 4], 'capture-end'],
    ],
  },
  {
    name: 'items leave in the order in which they were opened',
    frames: [ofFlow(1), ofFlow(0), ofFlow(1, 2), ofFlow(0, 1), ofFlow(1, 1)],
    polls: [4],
    expected: [
      [[0, 4], 'poll-end'],
      [[1, 3], 'poll-end'],
      [[2], 'poll-end'],
    ],
  },
  {
    name: 'finds its flow among very many',
    frames: [...range(0, 600).map((flow) => ofFlow(flow)), ...range(0, 600).map((flow) => ofFlow(flow, 1))],
    options: { dpdkGro: { ...DPDK_GRO_DEFAULTS, burst: 0 } },
    expected: range(0, 600).map((flow): Delivered => [[flow, 600 + flow], 'capture-end']),
  },
];

describeCases('dpdk-gro', 'what joins', JOINING);
describeCases('dpdk-gro', 'ids', IDS);
describeCases('dpdk-gro', 'what passes', PASSING);
describeCases('dpdk-gro', 'limits', LIMITS);
