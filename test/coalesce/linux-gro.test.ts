import { expect } from 'chai';
import { LINK } from '../../src/capture/link-types.ts';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { concat, pattern, u16 } from '../helpers/bytes.ts';
import { frameOf, runEngine } from '../helpers/engine-run.ts';
import { onesSum } from '../helpers/internet-checksum.ts';
import { ethernet, nullOrLoop } from '../helpers/links.ts';
import { FLAG, ipv4Bytes } from '../helpers/packets.ts';
import { greInIpv4 } from '../helpers/tunnels.ts';
import { type Delivered, deliveries, ENOUGH, ofFlow, run, train, train6 } from './linux-gro-trains.ts';

describe('linux-gro, polls and lists', () => {
  it('delivers everything held at the end of a poll, in the order in which it was first held', () => {
    const { skbs, stats } = run([ofFlow(0), ofFlow(1), ofFlow(0, 1), ofFlow(1, 1)], {}, [2]);
    expect(deliveries({ skbs, stats })).to.deep.equal([
      [[0, 2], 'poll-end'],
      [[1], 'poll-end'],
      [[3], 'capture-end'],
    ]);
    expect(stats).to.deep.equal({
      packets: 4,
      delivered: 3,
      polls: 2,
      aggregated: 4,
      flushed: 3,
      noDesc: 0,
    });
  });

  it('spreads flows over the lists, and keeps each flow in one', () => {
    const flows = 64;
    const frames = [0, 1].flatMap((i) => Array.from({ length: flows }, (_, flow) => ofFlow(flow, i)));
    const { stats } = run(frames, { buckets: 64, perBucket: 64 });
    expect(stats.delivered).to.equal(flows);
    const crowded = run(frames, { buckets: 8, perBucket: 8 });
    expect(crowded.stats.delivered).to.be.within(flows, 2 * flows - 1);
  });
});

describe('linux-gro, link types', () => {
  const linkRun = (links: readonly number[]): readonly Delivered[] => {
    const frames = links.map((linkType, i) => ({ ...frameOf(nullOrLoop(train(i), false)), linkType }));
    return deliveries(runEngine(frames, { engine: 'linux-gro', inetLro: INET_LRO_DEFAULTS }));
  };

  it('do not matter by themselves', () => {
    expect(linkRun([LINK.LOOP, LINK.LOOP])).to.deep.equal([[[0, 1], 'capture-end']]);
  });

  it('make a flow of their own each', () => {
    expect(linkRun([LINK.LOOP, LINK.NULL])).to.have.lengthOf(2);
  });
});

describe('linux-gro, the delivered header', () => {
  /** Checksums of an IPv4 TCP packet, and of a GRE header before it. */
  function checkIpv4(packet: Uint8Array): void {
    expect(onesSum(packet.subarray(0, 20))).to.equal(0xffff);
    const tcp = packet.subarray(20);
    expect(onesSum(concat(packet.subarray(12, 20), u16(6), u16(tcp.length), tcp))).to.equal(0xffff);
    expect(packet[2]! * 256 + packet[3]!).to.equal(packet.length);
  }

  it('has FIN and PSH of the last packet, and otherwise that of the first', () => {
    const last = { flags: FLAG.ACK | FLAG.PSH | FLAG.FIN, payload: pattern(33, 9) };
    const { skbs } = run([0, 1, 2].map((i) => ethernet(train(i, {}, i === 2 ? last : {}))));
    const [skb] = skbs;
    expect(skbs).to.have.lengthOf(1);
    expect(skb?.gsoSize).to.equal(ENOUGH);
    const payload = concat(pattern(ENOUGH, 0), pattern(ENOUGH, 1), pattern(33, 9));
    const expected = ethernet(train(0, {}, { flags: last.flags, payload }));
    expect(skb?.bytes).to.deep.equal(expected);
  });

  it('sums payloads of odd length', () => {
    const odd = [0, 1, 2].map((i) => ethernet(train(i, {}, { seq: 1000 + 33 * i, payload: pattern(33, i) })));
    const { skbs } = run(odd);
    expect(skbs).to.have.lengthOf(1);
    checkIpv4(skbs[0]!.bytes.subarray(14));
  });

  it('has the length and the checksum of a merged IPv6 packet', () => {
    const { skbs } = run([0, 1].map((i) => ethernet(train6(i))));
    const payload = concat(pattern(ENOUGH, 0), pattern(ENOUGH, 1));
    expect(skbs.map(({ bytes }) => bytes)).to.deep.equal([ethernet(train6(0, { payload }))]);
  });

  it('has the lengths and checksums of both packets of a tunnel, and of GRE', () => {
    const payload = concat(pattern(ENOUGH, 0), pattern(ENOUGH, 1));
    const merged = train(0, {}, { payload });
    const fields = { key: 7, checksum: true };
    const { skbs } = run([0, 1].map((i) => ethernet(greInIpv4(train(i), fields, { id: i }))));
    expect(skbs.map(({ bytes }) => bytes)).to.deep.equal([ethernet(greInIpv4(merged, fields, { id: 0 }))]);
    expect(ipv4Bytes('192.0.2.1')).to.deep.equal(skbs[0]?.bytes.subarray(26, 30));
  });

  it('is untouched for a packet that was held alone', () => {
    const frame = ethernet(train(0, {}, { checksumError: 5 }));
    const { skbs } = run([frame], { verifyChecksums: false });
    expect(skbs).to.deep.equal([
      {
        packets: [0],
        reason: 'capture-end',
        held: true,
        pureAcks: 0,
        gsoSize: 0,
        bytes: frame,
        wireBytes: frame.length,
      },
    ]);
  });
});
