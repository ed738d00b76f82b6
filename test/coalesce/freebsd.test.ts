import { FREEBSD_DEFAULTS } from '../../src/coalesce/freebsd.ts';
import { concat, u8 } from '../helpers/bytes.ts';
import { FLAG, timestamps } from '../helpers/packets.ts';
import {
  ACK_PSH,
  type Case,
  describeCases,
  LENGTH_CASES,
  ofFlow,
  passingCases,
  pureAck,
  segment,
  segment6,
} from './rule-cases.ts';

const stamped = (i: number, tsval: number, tsecr = 9): Uint8Array =>
  segment(i, { options: timestamps(tsval, tsecr) });

const MERGING: readonly Case[] = [
  {
    name: 'merges in order; TTL, TOS, DF, id, window and size may differ; the last ACK and window are shown',
    frames: [segment(0), segment(1, { ack: 5001, window: 7 }, { ttl: 1, tos: 4, fragment: 0, id: 99 })],
    expected: [[[0, 1], 'capture-end']],
    header: { ack: 5001, window: 7, flags: FLAG.ACK, id: 10 },
  },
  {
    name: 'ignores PSH, which is lost',
    frames: [segment(0), segment(1, { flags: ACK_PSH }), segment(2)],
    expected: [[[0, 1, 2], 'capture-end']],
    header: { flags: FLAG.ACK },
  },
  {
    name: 'shows the latest TSval and TSecr',
    frames: [stamped(0, 5, 1), stamped(1, 5, 2), stamped(2, 7, 3)],
    expected: [[[0, 1, 2], 'capture-end']],
    header: { tsval: 7, tsecr: 3 },
  },
  { name: 'merges IPv6', frames: [segment6(0), segment6(1)], expected: [[[0, 1], 'capture-end']] },
  {
    name: 'absorbs a pure ACK that advances, as often as it comes',
    frames: [
      segment(0),
      pureAck(1, { ack: 5001 }),
      segment(1, { ack: 5001 }),
      pureAck(2, { ack: 5002, window: 3 }),
    ],
    expected: [[[0, 1, 2, 3], 'capture-end']],
    header: { ack: 5002, window: 3 },
    pureAcks: 2,
  },
];

const ENDING: readonly Case[] = [
  {
    name: 'a duplicate ACK ends the merge and goes alone',
    frames: [segment(0), pureAck(1), segment(1)],
    expected: [
      [[0], 'duplicate-ack'],
      [[1], 'duplicate-ack'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'a window update is a duplicate ACK',
    frames: [segment(0), pureAck(1, { window: 1 })],
    expected: [
      [[0], 'duplicate-ack'],
      [[1], 'duplicate-ack'],
    ],
  },
  {
    name: 'an ACK that goes back ends the merge',
    frames: [segment(0), segment(1, { ack: 4999 })],
    expected: [
      [[0], 'ack-backwards'],
      [[1], 'ack-backwards'],
    ],
  },
  {
    name: 'a gap ends it; the packet goes alone and opens nothing',
    frames: [segment(0), segment(2), segment(3), segment(4)],
    expected: [
      [[0], 'sequence'],
      [[1], 'sequence'],
      [[2, 3], 'capture-end'],
    ],
  },
  ...[FLAG.FIN, FLAG.RST, FLAG.URG, FLAG.ECE, FLAG.CWR].map(
    (flag): Case => ({
      name: `flag ${flag} ends it`,
      frames: [segment(0), segment(1, { flags: FLAG.ACK | flag })],
      expected: [
        [[0], 'tcp-flags'],
        [[1], 'tcp-flags'],
      ],
    }),
  ),
  {
    name: 'so does a missing ACK flag',
    frames: [segment(0), segment(1, { flags: 0 })],
    expected: [
      [[0], 'tcp-flags'],
      [[1], 'tcp-flags'],
    ],
  },
  {
    name: 'a SYN passes what is held',
    frames: [segment(0), segment(1, { flags: FLAG.SYN }), segment(1)],
    expected: [
      [[1], 'syn'],
      [[0, 2], 'capture-end'],
    ],
  },
  {
    name: 'options other than timestamps end it',
    frames: [segment(0), segment(1, { options: u8(1, 1, 1, 1) })],
    expected: [
      [[0], 'tcp-options'],
      [[1], 'tcp-options'],
    ],
  },
  {
    name: 'so do timestamps in another layout',
    frames: [stamped(0, 1), segment(1, { options: concat(timestamps(1, 9).subarray(2), u8(1, 1)) })],
    expected: [
      [[0], 'tcp-options'],
      [[1], 'tcp-options'],
    ],
  },
  {
    name: 'so do timestamps where there were none',
    frames: [segment(0), stamped(1, 1)],
    expected: [
      [[0], 'options-changed'],
      [[1], 'options-changed'],
    ],
  },
  {
    name: 'TSval may not fall below the latest',
    frames: [stamped(0, 5), stamped(1, 7), stamped(2, 6)],
    expected: [
      [[0, 1], 'timestamp-backwards'],
      [[2], 'timestamp-backwards'],
    ],
  },
  {
    name: 'TSecr may not be 0, neither first nor later',
    frames: [stamped(0, 5, 0), stamped(1, 5), stamped(2, 5, 0)],
    expected: [
      [[0], 'timestamp-echo-zero'],
      [[1], 'timestamp-echo-zero'],
      [[2], 'timestamp-echo-zero'],
    ],
  },
  {
    name: 'a pure ACK opens nothing',
    frames: [pureAck(0), pureAck(0, { ack: 5001 })],
    expected: [
      [[0], 'no-payload'],
      [[1], 'no-payload'],
    ],
  },
];

const LIMITS: readonly Case[] = [
  {
    name: 'ends above 65535 - mtu, the packet included',
    frames: [0, 1, 2].map((i) => segment(i)),
    options: { freebsd: { ...FREEBSD_DEFAULTS, mtu: 65_535 - 240 } },
    expected: [[[0, 1, 2], 'max-length']],
  },
  {
    name: 'not at it',
    frames: [0, 1, 2].map((i) => segment(i)),
    options: { freebsd: { ...FREEBSD_DEFAULTS, mtu: 65_535 - 340 } },
    expected: [[[0, 1, 2], 'capture-end']],
  },
  {
    name: 'holds as many flows as there are entries; of others packets go alone',
    frames: [0, 1, 2, 0, 1].map((flow, i) => ofFlow(flow, i > 2 ? 1 : 0)),
    options: { freebsd: { ...FREEBSD_DEFAULTS, entries: 2 } },
    expected: [
      [[2], 'table-full'],
      [[0, 3], 'capture-end'],
      [[1, 4], 'capture-end'],
    ],
  },
  {
    name: 'eight by default',
    frames: Array.from({ length: 9 }, (_, flow) => ofFlow(flow)),
    expected: [
      [[8], 'table-full'],
      ...Array.from({ length: 8 }, (_, flow) => [[flow], 'capture-end'] as const),
    ],
  },
  {
    name: 'merges at most --max-aggr packets, if given',
    frames: [0, 1, 2].map((i) => segment(i)),
    options: { freebsd: { ...FREEBSD_DEFAULTS, maxAggr: 2 } },
    expected: [
      [[0, 1], 'max-aggr'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'delivers all at the end of a poll, the flow held longest first',
    frames: [ofFlow(1), ofFlow(0), ofFlow(1, 1)],
    polls: [1],
    expected: [
      [[0], 'poll-end'],
      [[1], 'poll-end'],
      [[2], 'capture-end'],
    ],
  },
];

describeCases('freebsd', 'what merges', MERGING);
describeCases('freebsd', 'what ends a merge', ENDING);
describeCases('freebsd', 'limits', LIMITS);
describeCases('freebsd', 'what passes', [
  ...LENGTH_CASES,
  ...passingCases(true),
  {
    name: 'passes IP options; what is held stays',
    frames: [segment(0), segment(1, {}, { options: u8(1, 1, 1, 1) }), segment(1)],
    expected: [
      [[1], 'ip-options'],
      [[0, 2], 'capture-end'],
    ],
  },
  {
    name: 'passes a wrong checksum where checksums are looked at',
    frames: [segment(0), segment(1, { checksumError: 1 }), segment(1)],
    options: { freebsd: { ...FREEBSD_DEFAULTS, verifyChecksums: true } },
    expected: [
      [[1], 'checksum'],
      [[0, 2], 'capture-end'],
    ],
  },
]);
