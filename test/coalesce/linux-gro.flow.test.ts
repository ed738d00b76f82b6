import { replaced, u8 } from '../helpers/bytes.ts';
import { ethernet, MAC_B } from '../helpers/links.ts';
import { gre, greInIpv4, inIpv4, inIpv6, protocolOf } from '../helpers/tunnels.ts';
import { type Case, type Delivered, describeCases, train, train6 } from './linux-gro-trains.ts';

const label = (frame: Uint8Array, value: number): Uint8Array => replaced(frame, 14 + 3, u8(value));

const FLOWS: readonly Case[] = [
  {
    name: 'other MAC addresses make another flow, which ends nothing',
    frames: [
      ethernet(train(0)),
      ethernet(train(0), [], MAC_B, MAC_B),
      ethernet(train(1)),
      ethernet(train(1), [], MAC_B, MAC_B),
    ],
    expected: [
      [[0, 2], 'capture-end'],
      [[1, 3], 'capture-end'],
    ],
  },
  {
    name: 'another flow label makes another flow',
    frames: [0, 1].flatMap((i) => [1, 2].map((value) => label(ethernet(train6(i)), value))),
    expected: [
      [[0, 2], 'capture-end'],
      [[1, 3], 'capture-end'],
    ],
  },
  {
    name: 'steps over IPv6 extension headers, whose bytes are part of the flow',
    frames: [
      ethernet(train6(0, {}, [0, 43, 60])),
      ethernet(train6(0, {}, [0, 60])),
      ethernet(train6(1, {}, [0, 43, 60])),
      ethernet(train6(1, {}, [60])),
    ],
    expected: [
      [[0, 2], 'capture-end'],
      [[1], 'capture-end'],
      [[3], 'capture-end'],
    ],
  },
  {
    name: 'steps over more extension headers than real packets have',
    frames: [0, 1].map((i) => ethernet(train6(i, {}, new Array<number>(20).fill(60)))),
    expected: [[[0, 1], 'capture-end']],
  },
  {
    name: 'the hop limit and the traffic class end a merge',
    frames: [
      ethernet(train6(0)),
      replaced(ethernet(train6(1)), 14 + 7, u8(63)),
      replaced(ethernet(train6(2)), 14, u8(0x60, 0x10, 0, 0, 0, 120, 6, 63)),
    ],
    expected: [
      [[0], 'ttl-changed'],
      [[1], 'tos-changed'],
      [[2], 'capture-end'],
    ],
  },
];

/** A tunnelled train: `wrap` puts an IP packet into its tunnel. */
function tunnel(
  name: string,
  wrap: (packet: Uint8Array, i: number) => Uint8Array,
  expected: readonly Delivered[],
): Case {
  return { name, frames: [0, 1, 2].map((i) => ethernet(wrap(train(i), i))), expected };
}

const MERGED: readonly Delivered[] = [[[0, 1, 2], 'capture-end']];
const PASSED: readonly Delivered[] = [0, 1, 2].map((i) => [[i], 'not-tcp']);
const TUNNELS: readonly Case[] = [
  tunnel('IPv4 in IPv4', (packet, i) => inIpv4(protocolOf(packet), packet, { id: i }), MERGED),
  tunnel('IPv4 in IPv6', (packet) => inIpv6(protocolOf(packet), packet), MERGED),
  tunnel('IPv6 in IPv4', (_, i) => inIpv4(41, train6(i), { id: i }), MERGED),
  tunnel('IPv6 in IPv6', (_, i) => inIpv6(41, train6(i)), MERGED),
  tunnel('GRE', (packet, i) => greInIpv4(packet, {}, { id: i }), MERGED),
  tunnel('GRE in IPv6', (packet) => inIpv6(47, gre(packet)), MERGED),
  tunnel('GRE with key and checksum', (packet) => greInIpv4(packet, { key: 7, checksum: true }), MERGED),
  tunnel('GRE with sequence numbers', (packet, i) => greInIpv4(packet, { sequence: i }), PASSED),
  tunnel('a tunnel in a tunnel', (packet) => inIpv4(4, inIpv4(4, packet)), PASSED),
  {
    name: 'another key makes another flow',
    frames: [0, 1].flatMap((i) => [1, 2].map((key) => ethernet(greInIpv4(train(i), { key })))),
    expected: [
      [[0, 2], 'capture-end'],
      [[1, 3], 'capture-end'],
    ],
  },
  {
    name: 'the same addresses outside, others inside make another flow',
    frames: [0, 1].flatMap((i) =>
      ['10.0.0.1', '10.0.0.9'].map((source) => ethernet(inIpv4(4, train(i, { source })))),
    ),
    expected: [
      [[0, 2], 'capture-end'],
      [[1, 3], 'capture-end'],
    ],
  },
  tunnel('the outer TTL counts', (packet, i) => inIpv4(4, packet, { ttl: i === 0 ? 64 : 63 }), [
    [[0], 'ttl-changed'],
    [[1, 2], 'capture-end'],
  ]),
  tunnel('outer ids decide by themselves', (packet, i) => inIpv4(4, packet, { id: [5, 5, 6][i]! }), [
    [[0, 1], 'ip-id'],
    [[2], 'capture-end'],
  ]),
];

describeCases('flows', FLOWS);
describeCases('tunnels', TUNNELS);
