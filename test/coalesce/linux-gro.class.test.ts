import type { Reason } from '../../src/coalesce/reason.ts';
import { concat, pattern, replaced, u8, u16 } from '../helpers/bytes.ts';
import { ethernet, MAC_A, MAC_B } from '../helpers/links.ts';
import { ETHERTYPE } from '../helpers/packets.ts';
import { ack, type Case, type Delivered, describeCases, ofFlow, train, train6 } from './linux-gro-trains.ts';

/** Packet 1 is delivered at once and leaves packet 0 held, which packet 2 joins. */
function bypasses(name: string, reason: Reason, packet: Uint8Array): Case {
  const frames = [ethernet(train(0)), ethernet(packet), ethernet(train(1))];
  const expected: Delivered[] = [
    [[1], reason],
    [[0, 2], 'capture-end'],
  ];
  return { name, frames, expected };
}

/** Packet 1 ends the hold and is delivered alone; packet 2 is held anew. */
function spoils(name: string, reason: Reason, frame: Uint8Array): Case {
  const frames = [ethernet(train(0)), frame, ethernet(train(1))];
  const expected: Delivered[] = [
    [[0], reason],
    [[1], reason],
    [[2], 'capture-end'],
  ];
  return { name, frames, expected };
}

function badIpChecksum(): Uint8Array {
  const packet = train(1);
  return replaced(packet, 10, u8(packet[10]! ^ 1));
}

const CLASSES: readonly Case[] = [
  bypasses('another protocol', 'not-tcp', train(1, { protocol: 17 })),
  bypasses('IP options', 'ip-options', train(1, { options: u8(1, 1, 1, 1) })),
  bypasses('a first fragment', 'ip-fragment', train(1, { fragment: 0x2000 })),
  bypasses('a later fragment', 'ip-fragment', train(1, { fragment: 0x0010 })),
  bypasses('a bad IP checksum', 'checksum', badIpChecksum()),
  bypasses('a TTL that the IP checksum does not know', 'checksum', replaced(train(1), 8, u8(63))),
  {
    ...bypasses('a bad TCP checksum', 'checksum', train(1, {}, { checksumError: 1 })),
    options: { verifyChecksums: true },
  },
  bypasses('a short data offset', 'bad-header', train(1, {}, { dataOffset: 4 })),
  bypasses('a data offset beyond the frame', 'bad-header', ack({ dataOffset: 15 })),
  bypasses('an IPv6 fragment header', 'ip-fragment', train6(1, {}, [44])),
  bypasses('an authentication header', 'not-tcp', train6(1, {}, [51])),
  {
    name: 'a VLAN tag still in the frame passes',
    frames: [0, 1].map((i) => ethernet(train(i), [ETHERTYPE.VLAN])),
    expected: [
      [[0], 'not-tcp'],
      [[1], 'not-tcp'],
    ],
  },
  {
    name: 'a VLAN tag that the NIC strips is part of the flow',
    frames: [
      ethernet(train(0), [ETHERTYPE.VLAN]),
      ethernet(train(0)),
      ethernet(train(1), [ETHERTYPE.VLAN]),
      ethernet(train(1)),
    ],
    options: { vlan: 'strip' },
    expected: [
      [[0, 2], 'capture-end'],
      [[1, 3], 'capture-end'],
    ],
  },
  {
    name: 'another Ethernet type passes',
    frames: [concat(MAC_B, MAC_A, u16(ETHERTYPE.ARP), pattern(46))],
    expected: [[[0], 'not-tcp']],
  },
  spoils('a trailer', 'length-mismatch', concat(ethernet(train(1)), u8(0))),
  spoils('an IP length of 0', 'length-mismatch', ethernet(train(1, { totalLength: 0 }))),
  spoils('a short IP length', 'length-mismatch', ethernet(train(1, { totalLength: 130 }))),
  spoils('the reserved bit', 'ip-fragment', ethernet(train(1, { fragment: 0xc000 }))),
  {
    name: 'a bad TCP checksum passes for right unless it is to be looked at',
    frames: [ethernet(train(0)), ethernet(train(1, {}, { checksumError: 1 }))],
    options: { verifyChecksums: false },
    expected: [[[0, 1], 'capture-end']],
  },
];

const LISTS: readonly Case[] = [
  {
    name: 'a full list lets go of the skb held longest',
    frames: [ofFlow(0), ofFlow(1), ofFlow(0, 1), ofFlow(2)],
    options: { perBucket: 2 },
    expected: [
      [[0, 2], 'table-full'],
      [[1], 'capture-end'],
      [[3], 'capture-end'],
    ],
  },
  {
    name: 'a packet that ended its own hold pushes nobody out and goes to the young end',
    frames: [ofFlow(0), ofFlow(1), ofFlow(0, 5), ofFlow(2)],
    options: { perBucket: 2 },
    expected: [
      [[0], 'sequence'],
      [[1], 'table-full'],
      [[2], 'capture-end'],
      [[3], 'capture-end'],
    ],
  },
  {
    name: 'what is not held pushes nobody out',
    frames: [ofFlow(0), ethernet(ack({ sourcePort: 2001 })), ofFlow(0, 1)],
    options: { perBucket: 1 },
    expected: [
      [[1], 'no-payload'],
      [[0, 2], 'capture-end'],
    ],
  },
];

describeCases('what passes and what spoils', CLASSES);
describeCases('lists', LISTS);
