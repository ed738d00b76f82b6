/** The engines that are another one with a few rules changed: what differs. */
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import { S2IO_DEFAULTS } from '../../src/coalesce/s2io.ts';
import { pattern, u8 } from '../helpers/bytes.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, ipv4Packet, timestamps } from '../helpers/packets.ts';
import { inIpv4 } from '../helpers/tunnels.ts';
import {
  ACK_PSH,
  type Case,
  type Delivered,
  describeCases,
  ofFlow,
  pureAck,
  range,
  segment,
} from './rule-cases.ts';

const full = (i: number, bytes = 1448): Uint8Array =>
  ethernet(ipv4Packet({}, { seq: bytes * i, options: timestamps(1, 1), payload: pattern(bytes, i) }));

const S2IO: readonly Case[] = [
  {
    name: 'merges as inet_lro does, but sets no gsoSize',
    frames: [segment(0), segment(1, { ack: 5009 }), segment(2, { payload: u8(1), ack: 5001, window: 7 })],
    expected: [[[0, 1, 2], 'capture-end']],
    header: { ack: 5001, window: 7 },
    gsoSize: 0,
  },
  {
    name: 'PSH ends a merge, goes alone, and opens nothing',
    frames: [segment(0), segment(1, { flags: ACK_PSH }), segment(2, { flags: ACK_PSH }), segment(3)],
    expected: [
      [[0], 'tcp-flags'],
      [[1], 'tcp-flags'],
      [[2], 'tcp-flags'],
      [[3], 'capture-end'],
    ],
  },
  {
    name: 'so it does with timestamps',
    frames: [0, 1, 2].map((i) =>
      segment(i, { options: timestamps(1, 1), flags: i === 2 ? ACK_PSH : FLAG.ACK }),
    ),
    expected: [
      [[0, 1], 'tcp-flags'],
      [[2], 'tcp-flags'],
    ],
  },
  {
    name: 'what cannot join goes alone, as with inet_lro',
    frames: [segment(0), pureAck(1), segment(1)],
    expected: [
      [[0], 'no-payload'],
      [[1], 'no-payload'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'merges 65535/mtu packets',
    frames: range(0, 44).map((i) => full(i)),
    expected: [
      [range(0, 43), 'max-aggr'],
      [[43], 'capture-end'],
    ],
  },
  {
    name: 'fewer with a larger MTU',
    frames: range(0, 8).map((i) => full(i, 8948)),
    options: { s2io: { ...S2IO_DEFAULTS, mtu: 9000 } },
    expected: [
      [range(0, 7), 'max-aggr'],
      [[7], 'capture-end'],
    ],
  },
  {
    name: 'or as many as --max-aggr says',
    frames: range(0, 3).map((i) => full(i)),
    options: { s2io: { ...S2IO_DEFAULTS, maxAggr: 2 } },
    expected: [
      [[0, 1], 'max-aggr'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'holds 32 sessions',
    frames: range(0, 33).map((flow) => ofFlow(flow)),
    expected: [[[32], 'table-full'], ...range(0, 32).map((flow): Delivered => [[flow], 'capture-end'])],
  },
];

const GVISOR: readonly Case[] = [
  {
    name: 'merges equal sizes as Linux GRO does',
    frames: [0, 1, 2].map((i) => segment(i)),
    expected: [[[0, 1, 2], 'capture-end']],
    gsoSize: 100,
  },
  {
    name: 'a smaller segment does not join: it ends the merge and is held itself',
    frames: [
      segment(0),
      segment(1, { payload: pattern(40) }),
      segment(2, { seq: 1140, payload: pattern(40) }),
    ],
    expected: [
      [[0], 'size-smaller'],
      [[1, 2], 'capture-end'],
    ],
  },
  {
    name: 'nor does a larger one',
    frames: [segment(0), segment(1, { payload: pattern(101) })],
    expected: [
      [[0], 'size-larger'],
      [[1], 'capture-end'],
    ],
  },
  {
    name: 'PSH joins and ends the merge',
    frames: [segment(0), segment(1, { flags: ACK_PSH }), segment(2)],
    expected: [
      [[0, 1], 'psh'],
      [[2], 'capture-end'],
    ],
    header: { flags: ACK_PSH },
  },
  ...(
    [
      ['TTL', 'ttl-changed', {}, { ttl: 63 }],
      ['TOS', 'tos-changed', {}, { tos: 1 }],
      ['ACK number', 'ack-changed', { ack: 5001 }, {}],
      ['options', 'options-changed', { options: timestamps(1, 1) }, {}],
      ['CWR', 'cwr', { flags: FLAG.ACK | FLAG.CWR }, {}],
    ] as const
  ).map(
    ([name, reason, tcp, ip]): Case => ({
      name: `another ${name} ends it, and the packet is held`,
      frames: [segment(0), segment(1, tcp, ip)],
      expected: [
        [[0], reason],
        [[1], 'capture-end'],
      ],
    }),
  ),
  {
    name: 'a pure ACK ends it and goes alone',
    frames: [segment(0), pureAck(1), segment(1)],
    expected: [
      [[0], 'no-payload'],
      [[1], 'no-payload'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'tunnels pass',
    frames: [0, 1].map((i) => ethernet(inIpv4(4, segment(i).subarray(14), { id: i }))),
    expected: [
      [[0], 'not-tcp'],
      [[1], 'not-tcp'],
    ],
  },
  {
    name: 'holds eight a list, then the one held longest goes',
    frames: range(0, 9).map((flow) => ofFlow(flow)),
    options: { linuxGro: { ...LINUX_GRO_DEFAULTS, buckets: 1 } },
    expected: [[[0], 'table-full'], ...range(1, 9).map((flow): Delivered => [[flow], 'capture-end'])],
  },
];

describeCases('s2io', 'as inet_lro but', S2IO);
describeCases('gvisor', 'as linux-gro but', GVISOR);
