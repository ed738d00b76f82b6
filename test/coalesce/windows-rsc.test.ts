import { WINDOWS_RSC_DEFAULTS } from '../../src/coalesce/windows-rsc.ts';
import { pattern, replaced, u8 } from '../helpers/bytes.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import {
  ACK_PSH,
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

const stamped = (i: number, tsval: number): Uint8Array => segment(i, { options: timestamps(tsval, 0) });

const alone = (reason: Delivered[1]): Delivered[] => [
  [[0], reason],
  [[1], reason],
  [[2], 'capture-end'],
];

const MERGING: readonly Case[] = [
  {
    name: 'merges in order; PSH is ORed and ends nothing; the last ACK and window are shown',
    frames: [segment(0), segment(1, { flags: ACK_PSH }), segment(2, { ack: 5001, window: 7 })],
    expected: [[[0, 1, 2], 'capture-end']],
    header: { flags: ACK_PSH, ack: 5001, window: 7 },
  },
  {
    name: 'TTL, DF, DSCP and size may differ',
    frames: [segment(0), segment(1, { payload: u8(1) }, { ttl: 1, fragment: 0, tos: 0xf0 })],
    expected: [[[0, 1], 'capture-end']],
  },
  { name: 'merges IPv6', frames: [segment6(0), segment6(1)], expected: [[[0, 1], 'capture-end']] },
  {
    name: 'takes timestamps that do not go back, also with an echo of 0',
    frames: [stamped(0, 5), stamped(1, 5), stamped(2, 6)],
    expected: [[[0, 1, 2], 'capture-end']],
    header: { tsval: 6, tsecr: 0 },
  },
  {
    name: 'counts duplicate ACKs, and takes data behind them',
    frames: [segment(0), pureAck(1), pureAck(1), segment(1)],
    expected: [[[0, 1, 2, 3], 'capture-end']],
    pureAcks: 2,
  },
  {
    name: 'takes a window update',
    frames: [segment(0), pureAck(1, { window: 77 })],
    expected: [[[0, 1], 'capture-end']],
    header: { window: 77 },
    pureAcks: 1,
  },
  {
    name: 'takes an ACK that advances behind a window update, which is no duplicate ACK',
    frames: [segment(0), pureAck(1, { window: 77 }), segment(1, { ack: 5001, window: 77 })],
    expected: [[[0, 1, 2], 'capture-end']],
  },
];

const ENDING: readonly Case[] = [
  {
    name: 'an ACK that advances behind a duplicate ACK ends the unit',
    frames: [segment(0), pureAck(1), segment(1, { ack: 5001 })],
    expected: [
      [[0, 1], 'duplicate-ack'],
      [[2], 'duplicate-ack'],
    ],
  },
  {
    name: 'a pure ACK that advances ends it',
    frames: [segment(0), pureAck(1, { ack: 5001 }), segment(1)],
    expected: alone('pure-ack'),
  },
  {
    name: 'an ACK that goes back ends it',
    frames: [segment(0), segment(1, { ack: 4999 }), segment(1)],
    expected: alone('ack-backwards'),
  },
  {
    name: 'a gap ends it; the segment goes alone',
    frames: [segment(0), segment(2), segment(3)],
    expected: alone('sequence'),
  },
  ...[FLAG.FIN, FLAG.SYN, FLAG.RST, FLAG.URG, FLAG.ECE, FLAG.CWR].map(
    (flag): Case => ({
      name: `flag ${flag} ends it`,
      frames: [segment(0), segment(1, { flags: FLAG.ACK | flag }), segment(1)],
      expected: alone('tcp-flags'),
    }),
  ),
  {
    name: 'TCP options other than timestamps end it',
    frames: [segment(0), segment(1, { options: u8(1, 1, 1, 1) }), segment(1)],
    expected: alone('tcp-options'),
  },
  {
    name: 'timestamps where there were none end it',
    frames: [segment(0), stamped(1, 1), segment(1)],
    expected: alone('options-changed'),
  },
  {
    name: 'TSval may not go back',
    frames: [stamped(0, 5), stamped(1, 4), stamped(1, 5)],
    expected: alone('timestamp-backwards'),
  },
  {
    name: 'a wrong TCP checksum ends it',
    frames: [segment(0), segment(1, { checksumError: 1 }), segment(1)],
    expected: alone('checksum'),
  },
  {
    name: 'a wrong IPv4 header checksum ends it',
    frames: [segment(0), replaced(segment(1), 14 + 10, u8(1, 2)), segment(1)],
    expected: alone('checksum'),
  },
  {
    name: 'IP options end it',
    frames: [segment(0), segment(1, {}, { options: u8(1, 1, 1, 1) }), segment(1)],
    expected: alone('ip-options'),
  },
  {
    name: 'so do extension headers of IPv6',
    frames: [
      segment6(0),
      ethernet(
        ipv6Packet(
          { extensions: [{ protocol: 60, bytes: u8(0, 0, 1, 4, 0, 0, 0, 0) }] },
          { seq: 1100, payload: pattern(100) },
        ),
      ),
      segment6(1),
    ],
    expected: alone('ip-options'),
  },
  {
    name: 'so does a first fragment',
    frames: [segment(0), segment(1, {}, { fragment: 0x2000 }), segment(1)],
    expected: alone('ip-fragment'),
  },
  {
    name: 'so does a frame that is shorter than its datagram',
    frames: [segment(0), segment(1).subarray(0, 100), segment(1)],
    expected: alone('length-mismatch'),
  },
  {
    name: 'a pure ACK opens nothing',
    frames: [pureAck(0), pureAck(0)],
    expected: [
      [[0], 'no-payload'],
      [[1], 'no-payload'],
    ],
  },
];

/** 21 segments of 3115 bytes and one of `last` fill a datagram of 40 + 65,415 + last bytes. */
const filling = (last: number): Uint8Array[] => [
  ...Array.from({ length: 21 }, (_, i) =>
    ethernet(ipv4Packet({}, { seq: 3115 * i, payload: pattern(3115, i) })),
  ),
  ethernet(ipv4Packet({}, { seq: 65_415, payload: pattern(last) })),
  ethernet(ipv4Packet({}, { seq: 65_415 + last, payload: pattern(1) })),
];

const RESUMING: readonly Case[] = [
  {
    name: 'other ECN bits end the unit, and the segment opens the next one',
    frames: [segment(0), segment(1, {}, { tos: 1 }), segment(2, {}, { tos: 1 }), segment(3, {}, { tos: 3 })],
    expected: [
      [[0], 'ecn-changed'],
      [[1, 2], 'ecn-changed'],
      [[3], 'capture-end'],
    ],
  },
  {
    name: 'so it is with the ECN bits of IPv6',
    frames: [segment6(0), replaced(segment6(1), 14 + 1, u8(0x10)), replaced(segment6(2), 14 + 1, u8(0x10))],
    expected: [
      [[0], 'ecn-changed'],
      [[1, 2], 'capture-end'],
    ],
  },
  {
    name: 'a pure ACK with other ECN bits ends the unit and goes alone',
    frames: [segment(0), pureAck(1, {}, { tos: 1 })],
    expected: [
      [[0], 'ecn-changed'],
      [[1], 'ecn-changed'],
    ],
  },
  {
    name: 'fills a datagram of 65,535 bytes; what is beyond opens the next unit',
    frames: filling(80),
    expected: [
      [range(0, 22), 'max-length'],
      [[22], 'capture-end'],
    ],
  },
  {
    name: 'does not go beyond it',
    frames: filling(81),
    expected: [
      [range(0, 21), 'max-length'],
      [[21, 22], 'capture-end'],
    ],
  },
];

const LIMITS: readonly Case[] = [
  {
    name: 'holds any number of flows',
    frames: [...range(0, 40).map((flow) => ofFlow(flow)), ofFlow(0, 1)],
    expected: [[[0, 40], 'capture-end'], ...range(1, 40).map((i): Delivered => [[i], 'capture-end'])],
  },
  {
    name: '--max-desc and --max-aggr limit it',
    frames: [ofFlow(0), ofFlow(1), ofFlow(0, 1), ofFlow(0, 2)],
    options: { windowsRsc: { ...WINDOWS_RSC_DEFAULTS, maxUnits: 1, maxAggr: 2 } },
    expected: [
      [[1], 'table-full'],
      [[0, 2], 'max-aggr'],
      [[3], 'capture-end'],
    ],
  },
];

describeCases('windows-rsc', 'what merges', MERGING);
describeCases('windows-rsc', 'exceptions', ENDING);
describeCases('windows-rsc', 'exceptions after which it goes on', RESUMING);
describeCases('windows-rsc', 'limits', LIMITS);
describeCases('windows-rsc', 'what passes', [LENGTH_CASES[0]!, ...passingCases(true)]);
