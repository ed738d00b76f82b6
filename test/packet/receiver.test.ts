import { expect } from 'chai';
import fc from 'fast-check';
import { LINK } from '../../src/capture/link-types.ts';
import { DIRECTION } from '../../src/capture/record-block.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import {
  createReceiverFilter,
  createReceiverFinder,
  macText,
  type ReceiverChoice,
} from '../../src/packet/receiver.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { concat, pattern, u8, viewOf } from '../helpers/bytes.ts';
import { type Frame, inBlocks } from '../helpers/fill-table.ts';
import { ethernet, MAC_A, MAC_B } from '../helpers/links.ts';
import { IPV6_A, IPV6_B, ipv4Packet, ipv6Packet } from '../helpers/packets.ts';

const A = '10.0.0.1';
const B = '10.0.0.2';
const C = '10.0.0.3';
const MAC_C = u8(2, 0, 0, 0, 0, 3);
const BROADCAST = u8(255, 255, 255, 255, 255, 255);
const MULTICAST = u8(1, 0, 0x5e, 0, 0, 1);
const textOf = (mac: Uint8Array): string => macText(viewOf(mac), 0);

const frame = (
  bytes: Uint8Array,
  direction = DIRECTION.UNKNOWN as number,
  linkType: number = LINK.ETHERNET,
): Frame => ({
  bytes,
  wireBytes: bytes.length,
  linkType,
  timeNs: 0,
  direction,
});

/** A TCP segment of so many payload bytes. */
function tcp(source: string, destination: string, bytes: number, from = MAC_A, to = MAC_B): Frame {
  return frame(ethernet(ipv4Packet({ source, destination }, { payload: pattern(bytes) }), [], from, to));
}

function find(frames: readonly Frame[], rows = 2048): ReceiverChoice {
  const table = createPacketTable(rows);
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  const finder = createReceiverFinder(flows);
  inBlocks(table, frames, (block) => {
    decodeBlock();
    flows.assign(block);
    finder.add(block, block.count);
  });
  return finder.choose();
}

/** Record numbers of the frames that the receiver got. */
function receivedBy(choice: ReceiverChoice, frames: readonly Frame[], rows = 2048): number[] {
  const table = createPacketTable(rows);
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  const filter = createReceiverFilter(choice);
  const received: number[] = [];
  inBlocks(table, frames, (block) => {
    decodeBlock();
    flows.assign(block);
    filter(block, flows);
    for (let i = 0; i < block.received; i++) received.push(block.firstRecord + block.rows[i]!);
  });
  return received;
}

describe('finding the receiver', () => {
  it('takes the host that got most payload, by its MAC address', () => {
    const choice = find([tcp(A, B, 100), tcp(B, A, 99, MAC_B, MAC_A), tcp(A, B, 0)]);
    expect(choice).to.deep.equal({
      mode: 'mac',
      address: textOf(MAC_B),
      why: `10.0.0.2 received 50.3 % of the TCP payload in the first 3 packets; its frames go to ${textOf(MAC_B)}`,
    });
  });

  it('adds up all flows of a host, over all blocks', () => {
    const frames = [tcp(A, B, 60), tcp(C, B, 60, MAC_C), tcp(B, A, 100, MAC_B, MAC_A)];
    for (const rows of [1, 2, 3]) expect(find(frames, rows)).to.include({ address: textOf(MAC_B) });
  });

  it('takes the IP address where one MAC address does not stand for the host', () => {
    // Two MAC addresses for one host; a multicast one; both ends the same.
    expect(find([tcp(A, B, 10), tcp(C, B, 10, MAC_A, MAC_C)])).to.include({ mode: 'ip', address: B });
    expect(find([tcp(A, B, 10, MAC_A, MULTICAST)])).to.include({ mode: 'ip', address: B });
    expect(find([tcp(A, B, 10, MAC_A, MAC_A)])).to.include({ mode: 'ip', address: B });
  });

  it('takes the IP address where frames have no MAC address', () => {
    const raw = frame(ipv6Packet({}, { payload: pattern(9) }), DIRECTION.UNKNOWN, LINK.RAW);
    expect(find([raw])).to.include({ mode: 'ip', address: 'fd00::2' });
  });

  it('believes direction marks more than payload', () => {
    const choice = find([frame(tcp(A, B, 100).bytes, DIRECTION.OUTBOUND)]);
    expect(choice.mode).to.equal('marks');
    expect(find([frame(tcp(A, B, 100).bytes, DIRECTION.OTHER_HOST)]).mode).to.equal('mac');
  });

  it('takes everything where there is no payload', () => {
    expect(find([tcp(A, B, 0)]).mode).to.equal('all');
    expect(find([]).mode).to.equal('all');
  });

  it('looks at as many rows as it is told', () => {
    const table = createPacketTable(2);
    const flows = createFlowTable();
    const finder = createReceiverFinder(flows);
    inBlocks(table, [tcp(A, B, 1), tcp(B, A, 1000, MAC_B, MAC_A)], (block) => {
      createDecoder(block)();
      flows.assign(block);
      finder.add(block, 1);
    });
    expect(finder.choose()).to.include({ address: textOf(MAC_B) });
  });
});

describe('what the receiver got', () => {
  const udp = ethernet(ipv4Packet({ protocol: 17 }, {}));
  const arp = concat(BROADCAST, MAC_A, u8(8, 6), pattern(28));
  const frames: readonly Frame[] = [
    tcp(A, B, 10),
    tcp(B, A, 10, MAC_B, MAC_A),
    frame(udp),
    frame(arp),
    frame(concat(BROADCAST, MAC_B, u8(8, 6), pattern(28))),
    frame(concat(MULTICAST, MAC_C, u8(8, 6), pattern(28))),
    tcp(C, B, 10, MAC_C, MAC_C),
    frame(ethernet(ipv6Packet({ source: IPV6_A, destination: IPV6_B }, {}), [], MAC_A, MAC_B)),
    frame(u8(1, 2, 3)),
    frame(ethernet(ipv4Packet({ fragment: 5 }, {})), DIRECTION.INBOUND),
  ];

  it('all: every frame', () => {
    expect(receivedBy({ mode: 'all', why: '' }, frames)).to.deep.equal(frames.map((_, i) => i));
  });

  it('a MAC address: frames to it, and to groups from others', () => {
    expect(receivedBy({ mode: 'mac', address: textOf(MAC_B), why: '' }, frames)).to.deep.equal([
      0, 2, 3, 5, 7, 9,
    ]);
  });

  it('an IPv4 address: packets to it, TCP or not, fragments too', () => {
    expect(receivedBy({ mode: 'ip', address: B, why: '' }, frames)).to.deep.equal([0, 2, 6, 9]);
  });

  it('an IPv6 address', () => {
    expect(receivedBy({ mode: 'ip', address: 'fd00::2', why: '' }, frames)).to.deep.equal([7]);
  });

  it('marks: what is neither outbound nor for another host', () => {
    const marked = [DIRECTION.INBOUND, DIRECTION.OUTBOUND, DIRECTION.OTHER_HOST, DIRECTION.UNKNOWN];
    expect(
      receivedBy(
        { mode: 'marks', why: '' },
        marked.map((mark) => frame(arp, mark)),
      ),
    ).to.deep.equal([0, 3]);
  });

  it('is the same for blocks of any size, and as a look at each frame tells', () => {
    const macs = [MAC_A, MAC_B, MAC_C, BROADCAST];
    const hosts = [A, B, C];
    const one = fc.record({
      from: fc.nat(3),
      to: fc.nat(3),
      source: fc.nat(2),
      destination: fc.nat(2),
      tcp: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), fc.integer({ min: 1, max: 41 }), (list, rows) => {
        const made = list.map(({ from, to, source, destination, tcp: isTcp }) =>
          frame(
            ethernet(
              ipv4Packet(
                { source: hosts[source]!, destination: hosts[destination]!, protocol: isTcp ? 6 : 17 },
                {},
              ),
              [],
              macs[from]!,
              macs[to]!,
            ),
          ),
        );
        const byMac = list.flatMap(({ from, to }, i) => (to === 1 || (to === 3 && from !== 1) ? [i] : []));
        expect(receivedBy({ mode: 'mac', address: textOf(MAC_B), why: '' }, made, rows)).to.deep.equal(byMac);
        const byIp = list.flatMap(({ destination }, i) => (destination === 1 ? [i] : []));
        expect(receivedBy({ mode: 'ip', address: B, why: '' }, made, rows)).to.deep.equal(byIp);
      }),
      { numRuns: 200 },
    );
  });
});
