import { expect } from 'chai';
import { describeDecision } from '../../src/report/explain-decision.ts';
import { pattern, replaced, u16 } from '../helpers/bytes.ts';
import { type ExplainSetup, explainFrames } from '../helpers/explain-run.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, type Ipv4Fields, ipv4Packet, type TcpFields, timestamps } from '../helpers/packets.ts';

const BYTES = 100;

function segment(i: number, tcp: Partial<TcpFields> = {}, ip: Partial<Ipv4Fields> = {}): Uint8Array {
  const options = timestamps(7, 7);
  return ethernet(
    ipv4Packet({ id: 10 + i, ...ip }, { seq: 1000 + BYTES * i, options, payload: pattern(BYTES, i), ...tcp }),
  );
}

const gro = { engine: 'linux-gro' } as const;
const lro = { engine: 'inet_lro' } as const;

/** What is said of packet 1 after packet 0. */
const CASES: readonly {
  name: string;
  setup: ExplainSetup;
  second: Uint8Array;
  said: string;
}[] = [
  {
    name: 'joins',
    setup: gro,
    second: segment(1),
    said: '1: joined the skb of packet 0, which left with 2 packets: capture-end.',
  },
  {
    name: 'has another ACK number',
    setup: gro,
    second: segment(1, { ack: 12_345 }),
    said: '1: ended the skb of packet 0 (1 packet): ack-changed by packet 1 (ACK 12345 against 5000); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'has another window',
    setup: gro,
    second: segment(1, { window: 7 }),
    said: '1: ended the skb of packet 0 (1 packet): window-changed by packet 1 (window 7 against 1000); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'has a later timestamp',
    setup: gro,
    second: segment(1, { options: timestamps(9, 7) }),
    said: '1: ended the skb of packet 0 (1 packet): options-changed by packet 1 (TSval 9 against 7); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'echoes another timestamp',
    setup: gro,
    second: segment(1, { options: timestamps(7, 8) }),
    said: '1: ended the skb of packet 0 (1 packet): options-changed by packet 1 (TSecr 8 against 7); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'comes after a gap',
    setup: lro,
    second: segment(3),
    said: '1: ended the skb of packet 0 (1 packet): sequence by packet 1 (sequence number 1300 against 1100); went up alone.',
  },
  {
    name: 'has another id',
    setup: gro,
    second: segment(1, {}, { id: 99 }),
    said: '1: ended the skb of packet 0 (1 packet): ip-id by packet 1 (IP id 99 against 10 or 11); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'has another TTL',
    setup: gro,
    second: segment(1, {}, { ttl: 9 }),
    said: '1: ended the skb of packet 0 (1 packet): ttl-changed by packet 1 (TTL 9 against 64); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'is larger',
    setup: gro,
    second: segment(1, { payload: pattern(150) }),
    said: '1: ended the skb of packet 0 (1 packet): size-larger by packet 1 (payload bytes 150 against 100); opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'has PSH',
    setup: gro,
    second: segment(1, { flags: FLAG.ACK | FLAG.PSH }),
    said: '1: joined the skb of packet 0, which left with 2 packets: psh by packet 1 (TCP flags PSH ACK against ACK).',
  },
  {
    name: 'fills the session',
    setup: { ...lro, inetLro: { maxAggr: 2 } },
    second: segment(1),
    said: '1: joined the skb of packet 0, which left with 2 packets: max-aggr by packet 1 (packets 2 against 2).',
  },
  {
    name: 'finds no descriptor',
    setup: { ...lro, inetLro: { maxDesc: 1 } },
    second: segment(1, { sourcePort: 9 }),
    said: '1: went up alone: table-full by packet 1.',
  },
  {
    name: 'pushes another flow out',
    setup: { ...gro, linuxGro: { buckets: 1, perBucket: 1 } },
    second: segment(1, { sourcePort: 9 }),
    said: '1: ended the skb of packet 0 (1 packet): table-full by packet 1; opened an skb, which left with 1 packet: capture-end.',
  },
  {
    name: 'goes past the engine with its flow held',
    setup: lro,
    second: replaced(segment(1), 12, u16(0x0806)),
    said: '1: went up alone: not-ipv4 by packet 1.',
  },
  {
    name: 'ends a session by its flags',
    setup: lro,
    second: segment(1, { flags: FLAG.ACK | FLAG.FIN }),
    said: '1: ended the skb of packet 0 (1 packet): tcp-flags by packet 1 (TCP flags FIN ACK against ACK); went up alone.',
  },
];

describe('following a packet', () => {
  for (const { name, setup, second, said } of CASES) {
    it(`${setup.engine}: that ${name}`, () => {
      const { trace } = explainFrames([segment(0), second], { ...setup, packets: [1] });
      expect(describeDecision(1, trace.decisions()[0]!)).to.equal(said);
    });
  }

  it('tells which packet ended the skb later, and where a poll did', () => {
    const frames = [segment(0), segment(1), segment(2, { ack: 12_345 }), segment(3, { ack: 12_345 })];
    const { trace } = explainFrames(frames, { ...gro, packets: [3, 0, 9, 1], lastPackets: [3] });
    expect(
      trace.decisions().map((decision, i) => describeDecision([3, 0, 9, 1][i]!, decision)),
    ).to.deep.equal([
      '3: joined the skb of packet 2, which left with 2 packets: poll-end.',
      '0: opened an skb, which left with 2 packets: ack-changed by packet 2 (ACK 12345 against 5000).',
      '9: not received by this engine.',
      '1: joined the skb of packet 0, which left with 2 packets: ack-changed by packet 2 (ACK 12345 against 5000).',
    ]);
  });

  it('changes nothing that the engine delivers', () => {
    const frames = Array.from({ length: 40 }, (_, i) => segment(i, i % 9 === 0 ? { window: i } : {}));
    const plain = explainFrames(frames, { ...gro, lastPackets: [20] });
    const traced = explainFrames(frames, { ...gro, lastPackets: [20], packets: [5, 20] });
    expect(traced.lane.fates.total()).to.deep.equal(plain.lane.fates.total());
  });
});
