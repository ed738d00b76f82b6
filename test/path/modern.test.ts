import { expect } from 'chai';
import fc from 'fast-check';
import { eventsByName } from '../../src/path/events.ts';
import { grantOperations } from '../../src/path/grant-operations.ts';
import type { FragmentCopy, ReceiveMode } from '../../src/path/netback.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../../src/path/xen-configurations.ts';
import { createXenPath } from '../../src/path/xen-path.ts';

const MSS = 1448;
const frameOf = (k: number): number => 66 + MSS * k;
const NO_RUN = { receivedFrames: 0, enginePackets: 0, polls: 0 };

type Events = ReturnType<typeof eventsByName>;

function eventsOf(
  configuration: XenConfiguration,
  receiveMode: ReceiveMode,
  segments: readonly number[],
  fragmentCopy: FragmentCopy = 'software',
): Events {
  const path = createXenPath({ configuration, receiveMode, lroMode: 'skb', fragmentCopy });
  for (const k of segments) path.deliver(k, MSS * k, frameOf(k));
  return eventsByName(path.finish(NO_RUN));
}

/** Operations counted byte by byte: a new one at each packet and at each page border on either side. */
function operationsByBytes(segments: number, payloadBytes: number, headerBytes: number): number {
  const share = Math.trunc(payloadBytes / segments);
  let [operations, written] = [0, 0];
  for (let packet = 1; packet <= segments; packet++) {
    const payload = packet < segments ? share : payloadBytes - (segments - 1) * share;
    const bytes = payload + (packet === 1 ? headerBytes : 0);
    const start = 18 + (packet === 1 ? 0 : headerBytes);
    for (let i = 0; i < bytes; i++) {
      if (i === 0 || written % 4096 === 0 || (start + i) % 4096 === 0) operations++;
      written++;
    }
  }
  return operations;
}

// docs/model.md, "Direct copies": k packets and one more for each page border inside a packet.
const OPERATIONS: readonly (readonly [k: number, operations: number, pages: number])[] = [
  [1, 1, 1],
  [2, 2, 1],
  [3, 4, 2],
  [4, 5, 2],
  [5, 6, 2],
  [6, 8, 3],
  [8, 10, 3],
  [16, 21, 6],
  [32, 43, 12],
];

describe('grant-copy operations of fragment lists', () => {
  for (const [k, operations, pages] of OPERATIONS) {
    it(`${k} segments take ${operations} operations, in ${pages} slots, and one more slot in mode modern`, () => {
      expect(grantOperations(k, MSS * k, frameOf(k))).to.equal(operations);
      const modern = eventsOf('Optimized', 'modern', [k]);
      const gsoSlots = k > 1 ? 1 : 0;
      expect(modern).to.include({ grantCopyOperations: operations, ringSlots: pages + gsoSlots, gsoSlots });
      const direct = eventsOf('Optimized', 'grant-copy', [k], 'direct');
      expect(direct).to.include({ grantCopyOperations: operations, ringSlots: pages, gsoSlots: 0 });
    });
  }

  it('are those of a walk byte by byte, whatever the sizes', () => {
    const sizes = fc.record({
      segments: fc.integer({ min: 1, max: 20 }),
      payload: fc.integer({ min: 20, max: 60_000 }),
      header: fc.integer({ min: 42, max: 94 }),
    });
    fc.assert(
      fc.property(sizes, ({ segments, payload, header }) => {
        expect(grantOperations(segments, payload, header + payload)).to.equal(
          operationsByBytes(segments, payload, header),
        );
      }),
    );
  });

  it('end with the page that is read, too: a jumbo frame lies in three', () => {
    // 18 + 9014 bytes read from three pages, written to three: borders at 4078, 4096, 8174 and 8192 of 9014.
    expect(grantOperations(1, 8948, 9014)).to.equal(5);
  });
});

describe('receive mode modern', () => {
  const skbs = fc.array(fc.integer({ min: 1, max: 45 }), { maxLength: 200 });

  it('linearises nothing and copies nothing in netback, so that LRO is Optimized', () => {
    fc.assert(
      fc.property(skbs, (segments) => {
        const lro = eventsOf('LRO', 'modern', segments);
        expect(lro).to.deep.equal(eventsOf('Optimized', 'modern', segments));
        expect(lro).to.include({ linearisedSkbs: 0, netbackCopiedSkbs: 0, netbackPages: 0, pageFlips: 0 });
        expect(lro.grantCopiedPayloadBytes).to.equal(lro.payloadBytes);
      }),
    );
  });

  it('hands over 64 operations a hypercall and 64 skbs a batch, a notification for each', () => {
    const hypercalls = (segments: readonly number[]): number =>
      eventsOf('Xen', 'modern', segments).hypercalls;
    const lone = (count: number): number[] => Array<number>(count).fill(1);
    expect([0, 1, 64, 65, 128, 129].map((count) => hypercalls(lone(count)))).to.deep.equal([
      0, 1, 1, 2, 2, 3,
    ]);
    // 43 operations each: the second skb fills the first hypercall, the third the second one.
    expect([1, 2, 3].map((count) => hypercalls(Array<number>(count).fill(32)))).to.deep.equal([1, 2, 3]);
    const { hypercalls: calls, eventNotifications } = eventsOf('LRO', 'modern', [...lone(70), 32, 3]);
    expect(eventNotifications).to.equal(calls);
  });

  it('ends the batch with the poll', () => {
    const path = createXenPath({ configuration: 'Xen', receiveMode: 'modern', lroMode: 'skb' });
    for (let i = 0; i < 3; i++) {
      path.deliver(1, MSS, frameOf(1));
      path.pollEnd();
      path.pollEnd();
    }
    expect(eventsByName(path.finish(NO_RUN)).hypercalls).to.equal(3);
  });

  it('without super-packets is grant-copy, but for its hypercalls', () => {
    const strip = ({ hypercalls: _, eventNotifications: __, ...rest }: Events): object => rest;
    for (const configuration of XEN_CONFIGURATIONS) {
      const lone = Array<number>(100).fill(1);
      expect(strip(eventsOf(configuration, 'modern', lone))).to.deep.equal(
        strip(eventsOf(configuration, 'grant-copy', lone)),
      );
    }
  });
});

describe('direct copies in mode grant-copy', () => {
  const skbs = fc.array(fc.integer({ min: 1, max: 45 }), { maxLength: 60 });

  it('change fragment lists only: Xen and LRO, which have none, stay as they are', () => {
    fc.assert(
      fc.property(skbs, (segments) => {
        for (const [name, input] of [
          ['Xen', segments.map(() => 1)],
          ['LRO', segments],
        ] as const) {
          expect(eventsOf(name, 'grant-copy', input, 'direct')).to.deep.equal(
            eventsOf(name, 'grant-copy', input, 'software'),
          );
        }
      }),
    );
  });

  it('save Optimized its software copies, for more operations', () => {
    fc.assert(
      fc.property(skbs, (segments) => {
        const direct = eventsOf('Optimized', 'grant-copy', segments, 'direct');
        const software = eventsOf('Optimized', 'grant-copy', segments);
        expect(direct.netbackCopiedSkbs).to.equal(0);
        expect(direct.grantCopiedPayloadBytes).to.equal(software.grantCopiedPayloadBytes);
        expect(direct.grantCopyOperations).to.be.at.least(software.grantCopyOperations);
      }),
    );
  });
});

describe('linear buffers that cannot be allocated', () => {
  function limited(maxOrder: number | undefined, segments: readonly number[]): Events {
    const limit = maxOrder === undefined ? {} : { lineariseMaxOrder: maxOrder };
    const path = createXenPath({ configuration: 'LRO', receiveMode: 'flip', lroMode: 'skb', ...limit });
    for (const k of segments) path.deliver(k, MSS * k, frameOf(k));
    return eventsByName(path.finish(NO_RUN));
  }

  it('drop the super-packet, which then costs nothing further down', () => {
    // Orders 0, 1, 2 and 3 (docs/model.md, "Linearising").
    const events = limited(1, [1, 2, 5, 10, 22]);
    expect(events).to.include({ skbs: 5, superPackets: 4, linearisedSkbs: 2, droppedSkbs: 2 });
    expect(events).to.include({ droppedPackets: 32, droppedPayloadBytes: 32 * MSS });
    expect(events).to.include({ droppedFrameBytes: frameOf(10) + frameOf(22) });
    expect(events).to.include({ linearisedOrder0: 1, linearisedOrder1: 1, linearisedOrder2: 0 });
    expect(events).to.include({ ringSlots: 1 + 1 + 2, copyToUserBytes: 8 * MSS, guestHeadCopiedBytes: 768 });
  });

  it('never occur without a limit, nor where nothing is linearised', () => {
    expect(limited(undefined, [45, 40, 3])).to.deep.equal(limited(5, [45, 40, 3]));
    expect(limited(undefined, [45]).droppedSkbs).to.equal(0);
    for (const [configuration, receiveMode] of [
      ['Optimized', 'flip'],
      ['LRO', 'modern'],
    ] as const) {
      const path = createXenPath({ configuration, receiveMode, lroMode: 'skb', lineariseMaxOrder: 0 });
      path.deliver(45, MSS * 45, frameOf(45));
      expect(eventsByName(path.finish(NO_RUN)).droppedSkbs).to.equal(0);
    }
  });
});

describe('ACKs of the guest', () => {
  const acks = (mode: ReceiveMode, segments: readonly number[]): number =>
    eventsOf('Optimized', mode, segments).guestAcks;

  const cases: readonly (readonly [name: string, segments: readonly number[], lost: number, kept: number])[] =
    [
      ['every second lone packet', [1, 1, 1, 1, 1], 2, 2],
      ['super-packets of two', [2, 2, 2, 2], 2, 4],
      ['two and three in turn', [2, 3, 2, 3], 2, 4],
      ['a lone packet before a super-packet', [1, 3], 1, 1],
      ['none', [], 0, 0],
    ];
  for (const [name, segments, lost, kept] of cases) {
    it(`${name}: ${lost} where the segment size is lost, ${kept} where the guest is told it`, () => {
      expect(acks('flip', segments)).to.equal(lost);
      expect(acks('modern', segments)).to.equal(kept);
    });
  }

  it('pure ACKs bring none about', () => {
    const path = createXenPath({ configuration: 'LRO', receiveMode: 'modern', lroMode: 'skb' });
    for (let i = 0; i < 5; i++) path.deliver(1, 0, 66);
    expect(eventsByName(path.finish(NO_RUN)).guestAcks).to.equal(0);
  });
});
