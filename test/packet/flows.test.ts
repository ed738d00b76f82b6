import { expect } from 'chai';
import fc from 'fast-check';
import { createCore } from '../../src/capture/core.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable, type FlowTable, ipv4Text, ipv6Text } from '../../src/packet/flows.ts';
import { createPacketTable, type PacketTable } from '../../src/packet/table.ts';
import { concat, u8, u16, u32, viewOf } from '../helpers/bytes.ts';
import { type Frame, inBlocks } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet, ipv6Packet } from '../helpers/packets.ts';

interface Endpoints {
  readonly family: 4 | 6;
  /** Lowest byte of each address. */
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const address6 = (last: number): Uint8Array => concat(u8(0xfd, 0), new Uint8Array(10), u32(last));
const address4 = (last: number): string => [10, 0, last >> 8, last & 255].join('.');

function frameOf(endpoints: Endpoints): Frame {
  const { family, source, destination, ...ports } = endpoints;
  const packet =
    family === 4
      ? ipv4Packet({ source: address4(source), destination: address4(destination) }, ports)
      : ipv6Packet({ source: address6(source), destination: address6(destination) }, ports);
  const bytes = ethernet(packet);
  return { bytes, wireBytes: bytes.length, linkType: 1, timeNs: 0 };
}

const keyOf = (endpoints: Endpoints): string => JSON.stringify(endpoints);

/** Assigns flows to the packets, and compares with a Map in which flows are numbered as they come. */
function expectLikeMap(packets: readonly Endpoints[], rows: number): FlowTable {
  const table = createPacketTable(rows);
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  const numbers = new Map<string, number>();
  const assigned: number[] = [];
  inBlocks(table, packets.map(frameOf), (block: PacketTable) => {
    decodeBlock();
    flows.assign(block);
    for (let row = 0; row < block.count; row++) assigned.push(block.flow[row]!);
  });
  const expected = packets.map((packet) => {
    const key = keyOf(packet);
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
  expect(assigned.join()).to.equal(expected.join());
  expect(flows.count()).to.equal(numbers.size);
  return flows;
}

describe('the flow table', () => {
  const endpoints: fc.Arbitrary<Endpoints> = fc.record({
    family: fc.constantFrom(4, 6),
    source: fc.nat(2),
    destination: fc.nat(2),
    sourcePort: fc.constantFrom(0, 1, 80, 65_535),
    destinationPort: fc.constantFrom(0, 1, 80, 65_535),
  });

  it('numbers flows as a Map would', () => {
    fc.assert(
      fc.property(
        fc.array(endpoints, { maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        (packets, rows) => {
          expectLikeMap(packets, rows);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('grows: 9,000 flows of both families, each seen twice, and keeps what it knew', () => {
    const all = Array.from(
      { length: 9000 },
      (_, i): Endpoints => ({
        family: i % 3 === 0 ? 6 : 4,
        source: i >> 4,
        destination: 1,
        sourcePort: 1024 + (i & 15),
        destinationPort: 80,
      }),
    );
    const flows = expectLikeMap([...all, ...[...all].reverse()], 2048);
    all.forEach((packet, flow) => {
      const { family, source, destination } = packet;
      const text = (last: number): string =>
        family === 4 ? address4(last) : `fd00::${last === 0 ? '' : last.toString(16)}`;
      const found = [
        flows.family(flow),
        flows.sourceAddress(flow),
        flows.destinationAddress(flow),
        flows.sourcePort(flow),
        flows.destinationPort(flow),
      ];
      const expected = [family, text(source), text(destination), packet.sourcePort, packet.destinationPort];
      if (found.join() !== expected.join()) expect(found, `flow ${flow}`).to.deep.equal(expected);
    });
  });

  for (const core of [null, createCore()])
    it(`forgets the flows idle longest, never more than it must, and gives their numbers again${core === null ? '' : ', behind the cache of the core'}`, () => {
      const MOST = 64;
      const ROWS = 8;
      const busy = fc.integer({ min: 0, max: 5 });
      const any = fc.integer({ min: 6, max: 400 });
      const sources = fc.array(fc.oneof(busy, any), { minLength: 200, maxLength: 600 });
      let everForgotten = 0;
      fc.assert(
        fc.property(sources, (packets) => {
          const table = createPacketTable(ROWS, core);
          const decodeBlock = createDecoder(table);
          const flows = createFlowTable(MOST);
          const known = new Map<string, { flow: number; last: number }>();
          let [packet, added, forgotten] = [0, 0, 0];
          flows.onForget((flow) => {
            const [address, { last }] = [...known].find(([, one]) => one.flow === flow)!;
            expect(flows.sourceAddress(flow)).to.equal(address);
            expect(packet - last, 'packets since it was seen').to.be.at.least(MOST / 2);
            known.delete(address);
            forgotten++;
          });
          const frames = packets.map((source) =>
            frameOf({ family: 4, source, destination: 1, sourcePort: 9, destinationPort: 80 }),
          );
          inBlocks(table, frames, (block) => {
            decodeBlock();
            flows.assign(block);
            for (let row = 0; row < block.count; row++, packet++) {
              const address = address4(packets[packet]!);
              const flow = block.flow[row]!;
              const before = known.get(address);
              if (before === undefined) {
                expect([...known.values()].some((one) => one.flow === flow)).to.equal(false);
                added++;
              } else expect(flow).to.equal(before.flow);
              known.set(address, { flow, last: packet });
            }
            expect(known.size).to.be.at.most(MOST);
          });
          expect([flows.count(), flows.forgotten()]).to.deep.equal([added, forgotten]);
          expect(flows.size()).to.be.at.most(MOST);
          for (const [address, { flow }] of known) expect(flows.sourceAddress(flow)).to.equal(address);
          everForgotten += forgotten;
        }),
        { numRuns: 100 },
      );
      expect(everForgotten).to.be.above(100);
    });

  it('has no flow for what has no TCP header', () => {
    const table = createPacketTable(3);
    const frames = [
      ipv4Packet({ protocol: 17 }, {}),
      ipv4Packet({}, {}),
      ipv4Packet({ fragment: 9 }, {}),
    ].map((packet): Frame => ({ bytes: ethernet(packet), wireBytes: 54, linkType: 1, timeNs: 0 }));
    inBlocks(table, frames, () => {
      createDecoder(table)();
      createFlowTable().assign(table);
    });
    expect([...table.flow]).to.deep.equal([-1, 0, -1]);
  });
});

describe('addresses as text', () => {
  it('IPv4', () => {
    expect(ipv4Text(0x0a000001)).to.equal('10.0.0.1');
    expect(ipv4Text(-1)).to.equal('255.255.255.255');
    expect(ipv4Text(0)).to.equal('0.0.0.0');
  });

  /** What Node makes of the address: its URL parser writes the canonical form. */
  function canonical(groups: readonly number[]): string {
    const text = groups.map((group) => group.toString(16)).join(':');
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  }

  function ours(groups: readonly number[]): string {
    const view = viewOf(concat(...groups.map((group) => u16(group))));
    return ipv6Text([0, 4, 8, 12].map((at) => view.getInt32(at)));
  }

  it('IPv6: every pattern of zero groups, as Node writes it', () => {
    for (let zeros = 0; zeros < 256; zeros++) {
      const groups = Array.from({ length: 8 }, (_, i) => ((zeros >> i) & 1 ? 0 : 0xa000 + i));
      expect(ours(groups), groups.join()).to.equal(canonical(groups));
    }
  });

  it('IPv6: random groups, as Node writes them', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff), fc.nat(15));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        expect(ours(groups)).to.equal(canonical(groups));
      }),
      { numRuns: 500 },
    );
  });
});
