import { WIREGUARD_DEFAULTS } from '../../src/coalesce/wireguard.ts';
import { pattern, replaced, u8 } from '../helpers/bytes.ts';
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
  segment6,
} from './rule-cases.ts';

/** Payloads `sizes` that follow each other, arriving in the order `arrival`. */
function sized(sizes: readonly number[], arrival: readonly number[], psh = -1): Uint8Array[] {
  return arrival.map((i) => {
    const seq = 1000 + sizes.slice(0, i).reduce((sum, size) => sum + size, 0);
    return segment(i, { seq, payload: pattern(sizes[i]!, i), flags: i === psh ? ACK_PSH : FLAG.ACK });
  });
}
const ends = (...groups: number[][]): Delivered[] => groups.map((group) => [group, 'capture-end']);

const JOINING: readonly Case[] = [
  {
    name: 'appends; ids, window and MAC address may differ',
    frames: [segment(0), ethernet(segment(1, { window: 7 }, { id: 99 }).subarray(14), [], MAC_B)],
    expected: ends([0, 1]),
    header: { window: 1000 },
    gsoSize: 100,
  },
  {
    name: 'prepends: the headers are those of the first in the order of sequence numbers',
    frames: [segment(1, { window: 7 }), segment(0, { window: 8 })],
    expected: ends([1, 0]),
    header: { seq: 1000, id: 10, window: 8 },
  },
  {
    name: 'keeps what is out of order as more items, and never joins items',
    frames: [0, 2, 4, 3, 1].map((i) => segment(i)),
    expected: ends([0, 4], [1, 3], [2]),
  },
  { name: 'merges IPv6', frames: [segment6(1), segment6(2), segment6(0)], expected: ends([2, 0, 1]) },
  apart('another ACK number', segment(1, { ack: 5001 })),
  apart('another byte of options', segment(1, { options: timestamps(1, 2) })),
  apart('DF', segment(1, {}, { fragment: 0 })),
  apart('a VLAN tag', ethernet(segment(1).subarray(14), [0x8100])),
  apart('TTL', segment(1, {}, { ttl: 63 })),
  apart('TOS', segment(1, {}, { tos: 1 })),
  {
    name: 'the traffic class and the hop limit of IPv6 make items of their own; the flow label does not',
    frames: [
      segment6(0),
      replaced(segment6(1), 14 + 1, u8(0x10)),
      replaced(segment6(1), 14 + 7, u8(9)),
      replaced(segment6(1), 14 + 3, u8(5)),
    ],
    expected: ends([0, 3], [1], [2]),
  },
];

const SIZES: readonly Case[] = [
  {
    name: 'a smaller segment is the last one',
    frames: sized([100, 100, 40, 40], [0, 1, 2, 3]),
    expected: ends([0, 1, 2], [3]),
    gsoSize: 100,
  },
  { name: 'a larger one is not appended', frames: sized([100, 101], [0, 1]), expected: ends([0], [1]) },
  {
    name: 'a larger one is prepended to a single segment, which then is the last one',
    frames: sized([100, 40, 40], [1, 0, 2]),
    expected: ends([1, 0], [2]),
    gsoSize: 100,
  },
  { name: 'a smaller one is not prepended', frames: sized([40, 100], [1, 0]), expected: ends([0], [1]) },
  {
    name: 'to several segments only one of their size is prepended',
    frames: sized([100, 100, 100], [1, 2, 0]),
    expected: ends([2, 0, 1]),
  },
  {
    name: 'not a larger one',
    frames: sized([101, 100, 100], [1, 2, 0]),
    expected: ends([0, 1], [2]),
  },
  {
    name: 'prepending goes on before a smaller last segment',
    frames: sized([100, 100, 40], [1, 2, 0]),
    expected: ends([2, 0, 1]),
  },
  {
    name: 'PSH is the last one',
    frames: sized([100, 100, 100], [0, 1, 2], 1),
    expected: ends([0, 1], [2]),
    header: { flags: ACK_PSH },
  },
  {
    name: 'so is it in the first packet of an item, to which others are prepended',
    frames: sized([100, 100, 100], [1, 2, 0], 1),
    expected: ends([2, 0], [1]),
    header: { flags: ACK_PSH },
  },
  {
    name: 'a packet with PSH is not prepended',
    frames: sized([100, 100], [1, 0], 0),
    expected: ends([0], [1]),
  },
];

const PASSING: readonly Case[] = [
  ...LENGTH_CASES,
  ...passingCases(true),
  {
    name: 'passes what has no payload; nothing held ends',
    frames: [segment(0), pureAck(1), segment(1)],
    expected: [[[1], 'no-payload'], ...ends([0, 2])],
  },
  ...[0, ...[FLAG.FIN, FLAG.SYN, FLAG.RST, FLAG.URG, FLAG.ECE, FLAG.CWR].map((flag) => FLAG.ACK | flag)].map(
    (flags): Case => ({
      name: `passes flags ${flags}`,
      frames: [segment(0), segment(1, { flags }), segment(1)],
      expected: [[[1], 'tcp-flags'], ...ends([0, 2])],
    }),
  ),
  {
    name: 'passes a wrong TCP checksum, and a wrong IPv4 header checksum',
    frames: [
      segment(0),
      segment(1, { checksumError: 1 }),
      replaced(segment(1), 14 + 10, u8(1, 2)),
      segment(1),
    ],
    expected: [[[1], 'checksum'], [[2], 'checksum'], ...ends([0, 3])],
  },
];

const big = (i: number, bytes: number): Uint8Array =>
  ethernet(ipv4Packet({}, { seq: 3115 * i, payload: pattern(bytes, i) }));

const LIMITS: readonly Case[] = [
  {
    name: 'fills 65,535 bytes',
    frames: [...range(0, 21).map((i) => big(i, 3115)), big(21, 80)],
    expected: ends(range(0, 22)),
  },
  {
    name: 'not more',
    frames: [...range(0, 21).map((i) => big(i, 3115)), big(21, 81)],
    expected: ends(range(0, 21), [21]),
  },
  {
    name: '--max-aggr and --burst limit it',
    frames: range(0, 5).map((i) => segment(i)),
    options: { wireguard: { ...WIREGUARD_DEFAULTS, maxAggr: 2, burst: 3 } },
    expected: [
      [[0, 1], 'burst-end'],
      [[2], 'burst-end'],
      [[3, 4], 'capture-end'],
    ],
  },
  {
    name: 'items leave at the end of a poll in the order in which they were opened',
    frames: [ofFlow(1), ofFlow(0), ofFlow(1, 2), ofFlow(0, 1), ofFlow(1, 1), ofFlow(0, 2)],
    polls: [4],
    expected: [
      [[0, 4], 'poll-end'],
      [[1, 3], 'poll-end'],
      [[2], 'poll-end'],
      [[5], 'capture-end'],
    ],
  },
];

describeCases('wireguard', 'what joins', JOINING);
describeCases('wireguard', 'sizes and PSH', SIZES);
describeCases('wireguard', 'what passes', PASSING);
describeCases('wireguard', 'limits', LIMITS);
