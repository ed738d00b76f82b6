/** Random traces for receive offload: a few connections, mostly in order, with everything that can go wrong. */
import fc from 'fast-check';
import { concat, pattern, u8 } from '../helpers/bytes.ts';
import type { Frame } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, type Ipv4Fields, ipv4Packet, type TcpFields, timestamps } from '../helpers/packets.ts';

/** What a packet is besides the next segment of its flow. */
const oddity = fc.oneof(
  { weight: 14, arbitrary: fc.constant({ kind: 'none' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('skip' as const),
      bytes: fc.integer({ min: -3000, max: 3000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'no-payload' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('flags' as const),
      flags: fc.constantFrom(...Object.values(FLAG), 0x08, 0x08),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'no-ack' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tos' as const), tos: fc.nat(255) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('padding' as const), bytes: fc.integer({ min: 1, max: 10 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('total-length' as const),
      length: fc.oneof(fc.nat(60), fc.nat(3000)),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'ip-options' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fragment' as const),
      field: fc.constantFrom(0x2000, 1, 0x8000, 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('protocol' as const), protocol: fc.constantFrom(1, 17, 6) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('data-offset' as const),
      words: fc.integer({ min: 0, max: 15 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('other-options' as const),
      words: fc.integer({ min: 1, max: 10 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('checksum' as const),
      error: fc.integer({ min: 1, max: 65_534 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      bytes: fc.oneof(fc.nat(120), fc.constant(54), fc.constant(66)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('tags' as const),
      tags: fc.constantFrom([0x8100], [0x88a8, 0x8100], [0x8100, 0x8100]),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'not-ip' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'other-timestamp-habit' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'echo-zero' as const }) },
);

/** Steps of a flow's clock: mostly forward, now and then back, or by half the number space. */
const tick = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.integer({ min: -5, max: -1 }) },
  { weight: 1, arbitrary: fc.constantFrom(0x7fffffff, 0x80000000, -0x80000000) },
);

const step = fc.record({
  flow: fc.nat(4),
  payload: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 3, arbitrary: fc.constantFrom(1448, 1460, 100) },
    { weight: 1, arbitrary: fc.integer({ min: 8000, max: 40_000 }) },
  ),
  tick,
  ack: fc.nat(0xffffffff),
  window: fc.nat(65_535),
  gapNs: fc.oneof(fc.nat(2000), fc.nat(200_000), fc.integer({ min: -5000, max: 0 })),
  oddity,
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs of steps in one flow make long merges likely. */
export const trace = fc
  .array(fc.tuple(step, fc.array(step, { maxLength: 8 }), fc.boolean()), { minLength: 1, maxLength: 12 })
  .map((groups) =>
    groups.flatMap(([head, rest, together]) => [
      head,
      ...rest.map((one) => (together ? { ...one, flow: head.flow } : one)),
    ]),
  );

interface Connection {
  readonly ip: Partial<Ipv4Fields>;
  readonly ports: Pick<TcpFields, 'sourcePort' | 'destinationPort'>;
  readonly hasTimestamps: boolean;
  seq: number;
  tsval: number;
}

/** Five flows: two of one host pair, the reverse of the first, another host, and one across the wrap of the numbers. */
function connections(): Connection[] {
  const there = { source: '10.0.0.1', destination: '10.0.0.2' };
  const back = { source: '10.0.0.2', destination: '10.0.0.1' };
  const ports = (sourcePort: number, destinationPort: number): Connection['ports'] => ({
    sourcePort,
    destinationPort,
  });
  return [
    { ip: there, ports: ports(1111, 80), hasTimestamps: true, seq: 1000, tsval: 500 },
    { ip: there, ports: ports(1112, 80), hasTimestamps: false, seq: 0x7ffffff0, tsval: 3 },
    { ip: back, ports: ports(80, 1111), hasTimestamps: true, seq: 7, tsval: 0 },
    { ip: { ...there, source: '10.0.0.3' }, ports: ports(1111, 80), hasTimestamps: false, seq: 5, tsval: 1 },
    { ip: there, ports: ports(1113, 81), hasTimestamps: true, seq: 0xfffffe00, tsval: 0xfffffffe },
  ];
}

/** The frames of a trace. */
export function framesOf(steps: readonly Step[]): Frame[] {
  const flows = connections();
  let timeNs = 0;
  return steps.map((one, i) => {
    timeNs += one.gapNs;
    return { ...frameOf(one, flows[one.flow]!, i), linkType: 1, timeNs };
  });
}

function frameOf(one: Step, flow: Connection, index: number): { bytes: Uint8Array; wireBytes: number } {
  const odd = one.oddity;
  if (odd.kind === 'not-ip') {
    const arp = concat(new Uint8Array(12), u8(8, 6), pattern(28, index));
    return { bytes: arp, wireBytes: arp.length };
  }
  if (odd.kind === 'skip') flow.seq = (flow.seq + odd.bytes + 2 ** 32) % 2 ** 32;
  flow.tsval = (flow.tsval + one.tick + 2 ** 33) % 2 ** 32;
  const stamped = flow.hasTimestamps !== (odd.kind === 'other-timestamp-habit');
  const echo = odd.kind === 'echo-zero' ? 0 : 1 + (one.ack % 1000);
  const payload = odd.kind === 'no-payload' ? new Uint8Array(0) : pattern(one.payload, index);
  let flags: number = FLAG.ACK;
  if (odd.kind === 'flags') flags |= odd.flags;
  if (odd.kind === 'no-ack') flags = FLAG.PSH;
  const packet = ipv4Packet(
    {
      ...flow.ip,
      id: index,
      ...(odd.kind === 'tos' ? { tos: odd.tos } : {}),
      ...(odd.kind === 'total-length' ? { totalLength: odd.length } : {}),
      ...(odd.kind === 'ip-options' ? { options: u8(1, 1, 1, 0) } : {}),
      ...(odd.kind === 'fragment' ? { fragment: odd.field } : {}),
      ...(odd.kind === 'protocol' ? { protocol: odd.protocol } : {}),
    },
    {
      ...flow.ports,
      seq: flow.seq,
      ack: one.ack,
      flags,
      window: one.window,
      options:
        odd.kind === 'other-options'
          ? pattern(4 * odd.words, index)
          : stamped
            ? timestamps(flow.tsval, echo)
            : new Uint8Array(0),
      dataOffset: odd.kind === 'data-offset' ? odd.words : null,
      payload,
      checksumError: odd.kind === 'checksum' ? odd.error : 0,
    },
  );
  flow.seq = (flow.seq + payload.length) % 2 ** 32;
  let bytes = ethernet(packet, odd.kind === 'tags' ? odd.tags : []);
  if (odd.kind === 'padding') bytes = concat(bytes, pattern(odd.bytes));
  const wireBytes = bytes.length;
  if (odd.kind === 'cut') bytes = bytes.slice(0, Math.min(odd.bytes, bytes.length));
  return { bytes, wireBytes };
}
