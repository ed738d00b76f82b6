import type { Reason } from '../../src/coalesce/reason.ts';
import { replaced, u8, u16 } from '../helpers/bytes.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, type Ipv4Fields, type TcpFields, timestamps } from '../helpers/packets.ts';
import { ack, type Case, type Delivered, describeCases, ENOUGH, train } from './linux-gro-trains.ts';

/** Packet 1 differs from packet 0 and cannot join it; it is held instead, and packet 2 finds it. */
function partsBefore(
  name: string,
  reason: Reason,
  ip: Partial<Ipv4Fields>,
  tcp: Partial<TcpFields> = {},
): Case {
  const frames = [train(0), train(1, ip, tcp), train(2, ip, tcp)].map((packet) => ethernet(packet));
  const expected: Delivered[] = [
    [[0], reason],
    [[1, 2], 'capture-end'],
  ];
  return { name, frames, expected };
}

const JOINING: readonly Case[] = [
  {
    name: 'merges in order, to the end of the capture',
    frames: [0, 1, 2].map((i) => ethernet(train(i))),
    expected: [[[0, 1, 2], 'capture-end']],
  },
  partsBefore('a TTL', 'ttl-changed', { ttl: 63 }),
  partsBefore('a TOS', 'tos-changed', { tos: 4 }),
  partsBefore('congestion experienced', 'tos-changed', { tos: 3 }),
  partsBefore('DF', 'df-changed', { fragment: 0 }),
  partsBefore('the window', 'window-changed', {}, { window: 999 }),
  partsBefore('the ACK number', 'ack-changed', {}, { ack: 5001 }),
  partsBefore('option bytes', 'options-changed', {}, { options: timestamps(1, 2) }),
  partsBefore('ECE', 'flags', {}, { flags: FLAG.ACK | FLAG.ECE }),
  partsBefore('a missing ACK flag', 'flags', {}, { flags: 0 }),
  partsBefore('a reserved bit', 'flags', {}, { reserved: 4 }),
  {
    name: 'tells a step of a timestamp as changed options',
    frames: [1, 2].map((i) => ethernet(train(i, {}, { options: timestamps(i, 7) }))),
    expected: [
      [[0], 'options-changed'],
      [[1], 'capture-end'],
    ],
  },
  {
    name: 'does not compare the urgent pointer',
    frames: [ethernet(train(0)), replaced(ethernet(train(1)), 14 + 20 + 18, u16(7))],
    options: { verifyChecksums: false },
    expected: [[[0, 1], 'capture-end']],
  },
  {
    name: 'holds a packet with CWR, and none joins it',
    frames: [0, 1, 2].map((i) => ethernet(train(i, {}, { flags: FLAG.ACK | FLAG.CWR }))),
    expected: [
      [[0], 'cwr'],
      [[1], 'cwr'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'ends at PSH, which joins',
    frames: [0, 1, 2].map((i) => ethernet(train(i, {}, { flags: FLAG.ACK | (i === 1 ? FLAG.PSH : 0) }))),
    expected: [
      [[0, 1], 'psh'],
      [[2], 'capture-end'],
    ],
  },
  {
    name: 'ends at FIN, which joins',
    frames: [0, 1].map((i) => ethernet(train(i, {}, { flags: FLAG.ACK | (i === 1 ? FLAG.FIN : 0) }))),
    expected: [[[0, 1], 'fin']],
  },
  {
    name: 'does not hold PSH, SYN, RST, URG; the held one before goes first',
    frames: [FLAG.PSH, FLAG.SYN, FLAG.RST, FLAG.URG].flatMap((flag, i) => [
      ethernet(train(2 * i)),
      ethernet(train(2 * i + 1, {}, { flags: FLAG.ACK | flag, window: 1 })),
    ]),
    expected: [
      [[0], 'window-changed'],
      [[1], 'psh'],
      [[2], 'syn'],
      [[3], 'syn'],
      [[4], 'rst'],
      [[5], 'rst'],
      [[6], 'urg'],
      [[7], 'urg'],
    ],
  },
  {
    name: 'ends at a smaller segment, which joins',
    frames: [ethernet(train(0)), ethernet(train(1, {}, { payload: u8(1) }))],
    expected: [[[0, 1], 'size-smaller']],
  },
  {
    name: 'holds a larger segment by itself',
    frames: [ethernet(train(0, {}, { payload: u8(1) })), ethernet(train(1, {}, { seq: 1001 }))],
    expected: [
      [[0], 'size-larger'],
      [[1], 'capture-end'],
    ],
  },
  {
    name: 'tells a gap, not the id that went with it',
    frames: [0, 2, 3].map((i) => ethernet(train(i))),
    expected: [
      [[0], 'sequence'],
      [[1, 2], 'capture-end'],
    ],
  },
  {
    name: 'counts sequence numbers modulo 2^32',
    frames: [0, 1].map((i) => ethernet(train(i, {}, { seq: (2 ** 32 - ENOUGH + ENOUGH * i) % 2 ** 32 }))),
    expected: [[[0, 1], 'capture-end']],
  },
  {
    name: 'never holds a pure ACK, which ends the hold of its flow',
    frames: [ethernet(ack({ seq: 1000 })), ethernet(train(0)), ethernet(ack())],
    expected: [
      [[0], 'no-payload'],
      [[1], 'no-payload'],
      [[2], 'no-payload'],
    ],
  },
  {
    name: 'stays below the greatest size',
    frames: [0, 1, 2].map((i) => ethernet(train(i))),
    options: { maxSize: 20 + 20 + 3 * ENOUGH },
    expected: [
      [[0, 1], 'max-size'],
      [[2], 'capture-end'],
    ],
  },
];

const IDS: readonly Case[] = [
  { ids: [5, 6, 7, 8], sizes: [4] },
  { ids: [5, 5, 5, 5], sizes: [4] },
  { ids: [65_535, 0, 1, 2], sizes: [4] },
  { ids: [5, 5, 6, 7], sizes: [2, 2] },
  { ids: [5, 6, 6, 6], sizes: [2, 2] },
  { ids: [5, 7, 9, 11], sizes: [1, 1, 1, 1] },
  { ids: [8, 7, 6, 5], sizes: [1, 1, 1, 1] },
].flatMap(({ ids, sizes }) =>
  [0, 0x4000].map((fragment) => {
    let first = 0;
    const expected = sizes.map((size, i): Delivered => {
      const members = Array.from({ length: size }, (_, j) => first + j);
      first += size;
      return [members, i === sizes.length - 1 ? 'capture-end' : 'ip-id'];
    });
    const frames = ids.map((id, i) => ethernet(train(i, { id, fragment })));
    return { name: `ids ${ids.join(', ')} ${fragment === 0 ? 'without' : 'with'} DF`, frames, expected };
  }),
);

describeCases('what may join', JOINING);
describeCases('IPv4 ids', IDS);
