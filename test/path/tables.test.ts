import { expect } from 'chai';
import { linearBufferBytes } from '../../src/path/bridge.ts';
import { EVENTS, type EventName, eventsByName } from '../../src/path/events.ts';
import { pageOrder } from '../../src/path/memory.ts';
import { RECEIVE_MODES, type ReceiveMode } from '../../src/path/netback.ts';
import { copySlots, HEAD_CAPACITY_BYTES } from '../../src/path/software-copy.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../../src/path/xen-configurations.ts';
import { createXenPath } from '../../src/path/xen-path.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';

const MSS = 1448;
const frameOf = (segments: number): number => 66 + MSS * segments;

const NO_RUN = { receivedFrames: 0, enginePackets: 0, polls: 0 };

type Counts = Partial<Record<EventName, number>>;

/** The events of one skb of full segments. */
function eventsOf(
  configuration: XenConfiguration,
  receiveMode: ReceiveMode,
  segments: number,
  lroMode: 'skb' | 'frags' = 'skb',
): Readonly<Record<EventName, number>> {
  const path = createXenPath({ configuration, receiveMode, lroMode });
  path.deliver(segments, MSS * segments, frameOf(segments));
  return eventsByName(path.finish(NO_RUN));
}

/** Slots found by filling a head and then pages, byte after byte. */
function slotsByFilling(bytes: number, headBytes: number): number {
  let slots = 1;
  let room = headBytes;
  for (let i = 0; i < bytes; i++) {
    if (room === 0) {
      slots += 1;
      room = 4096;
    }
    room -= 1;
  }
  return slots;
}

describe('path tables, super-packets of k segments of 1,448 bytes', () => {
  // docs/model.md, "Netback": S(k).
  const slots: readonly (readonly [ks: readonly number[], slots: number])[] = [
    [[1, 2], 1],
    [[3, 4, 5], 2],
    [[6, 7, 8], 3],
    [[9, 10], 4],
    [[11, 12, 13], 5],
    [[16], 6],
    [[32], 12],
  ];
  for (const [ks, expected] of slots) {
    it(`S(${ks.join(', ')}) is ${expected}`, () => {
      for (const k of ks) expect(copySlots(frameOf(k))).to.equal(expected);
    });
  }

  it('S(k) is what filling a head and pages byte by byte gives, k = 1 to 45', () => {
    for (let k = 1; k <= 45; k++) {
      expect(copySlots(frameOf(k)), `k = ${k}`).to.equal(slotsByFilling(frameOf(k), HEAD_CAPACITY_BYTES));
    }
  });

  it('a copy that fills its head exactly needs no page, one byte more does', () => {
    expect(copySlots(HEAD_CAPACITY_BYTES)).to.equal(1);
    expect(copySlots(HEAD_CAPACITY_BYTES + 1)).to.equal(2);
    expect(copySlots(HEAD_CAPACITY_BYTES + 4096)).to.equal(2);
    expect(copySlots(HEAD_CAPACITY_BYTES + 4097)).to.equal(3);
  });

  // docs/model.md, "Linearising". A buffer 128 bytes larger or smaller has the same order.
  const orders: readonly (readonly [first: number, last: number, order: number])[] = [
    [2, 2, 0],
    [3, 5, 1],
    [6, 10, 2],
    [11, 22, 3],
    [23, 44, 4],
    [45, 45, 5],
  ];
  for (const [first, last, order] of orders) {
    it(`linearising ${first} to ${last} segments allocates order ${order}`, () => {
      for (let k = first; k <= last; k++) {
        const bytes = linearBufferBytes(k, MSS * k);
        for (const error of [-128, 0, 128]) expect(pageOrder(bytes + error), `k = ${k}`).to.equal(order);
        const events = eventsOf('LRO', 'flip', k);
        for (let n = 0; n <= 5; n++) {
          expect(events[`linearisedOrder${n}` as EventName], `k = ${k}`).to.equal(n === order ? 1 : 0);
        }
      }
    });
  }

  it('counts what needs more than order 5 as order 5', () => {
    const path = createXenPath({ configuration: 'LRO', receiveMode: 'flip', lroMode: 'skb' });
    path.deliver(3, 150_000, 150_066);
    const events = eventsByName(path.finish(NO_RUN));
    expect(events.linearisedOrder5).to.equal(1);
    expect(events.linearisedSkbs).to.equal(1);
  });

  it('pageOrder is exact at its borders', () => {
    const borders = [1, 4096, 4097, 8192, 8193, 65536, 65537, 131072];
    expect(borders.map(pageOrder)).to.deep.equal([0, 0, 1, 1, 2, 4, 5, 5]);
  });
});

describe('copies by configuration and receive mode (docs/model.md, "Copies")', () => {
  const payload = (k: number): number => MSS * k;
  const S = copySlots;
  interface Row {
    readonly configuration: XenConfiguration;
    readonly mode: ReceiveMode;
    readonly linearised: (k: number) => boolean;
    readonly copied: (k: number) => boolean;
  }
  const never = (): boolean => false;
  const always = (): boolean => true;
  const merged = (k: number): boolean => k >= 2;
  const rows: readonly Row[] = [
    { configuration: 'Xen', mode: 'flip', linearised: never, copied: never },
    { configuration: 'LRO', mode: 'flip', linearised: merged, copied: merged },
    { configuration: 'Optimized', mode: 'flip', linearised: never, copied: merged },
    { configuration: 'Xen', mode: 'flip-copy', linearised: never, copied: always },
    { configuration: 'LRO', mode: 'flip-copy', linearised: merged, copied: always },
    { configuration: 'Optimized', mode: 'flip-copy', linearised: never, copied: always },
    { configuration: 'Xen', mode: 'grant-copy', linearised: never, copied: never },
    { configuration: 'LRO', mode: 'grant-copy', linearised: merged, copied: (k) => k >= 3 },
    { configuration: 'Optimized', mode: 'grant-copy', linearised: never, copied: merged },
  ];
  for (const { configuration, mode, linearised, copied } of rows) {
    it(`${configuration}, ${mode}, k = 1${configuration === 'Xen' ? '' : ' to 32'}`, () => {
      for (let k = 1; k <= (configuration === 'Xen' ? 1 : 32); k++) {
        const isLinearised = linearised(k) ? 1 : 0;
        const isCopied = copied(k) ? 1 : 0;
        const slots = S(frameOf(k));
        const grants = mode === 'grant-copy' ? 1 : 0;
        const expected: Counts = {
          skbs: 1,
          dataSkbs: 1,
          dataPackets: k,
          payloadBytes: payload(k),
          frameBytes: frameOf(k),
          superPackets: k > 1 ? 1 : 0,
          superPacketPayloadBytes: k > 1 ? payload(k) : 0,
          superPacketFrameBytes: k > 1 ? frameOf(k) : 0,
          linearisedSkbs: isLinearised,
          linearisedPayloadBytes: isLinearised * payload(k),
          linearisedTotalBytes: isLinearised * (frameOf(k) + 18),
          netbackCopiedSkbs: isCopied,
          netbackCopiedPayloadBytes: isCopied * payload(k),
          netbackCopiedTotalBytes: isCopied * frameOf(k),
          netbackPages: isCopied * (slots - 1),
          netbackZeroedPages: isCopied * (slots > 1 ? 1 : 0),
          ringSlots: slots,
          pageFlips: (1 - grants) * slots,
          grantCopyOperations: grants * slots,
          grantCopiedPayloadBytes: grants * payload(k),
          grantCopiedTotalBytes: grants * frameOf(k),
          hypercalls: 1,
          eventNotifications: 1,
          guestHeadCopiedBytes: 256,
          copyToUserBytes: payload(k),
        };
        expect(eventsOf(configuration, mode, k), `k = ${k}`).to.include(expected);
      }
    });
  }

  it('a pure ACK carries no payload, is copied like any skb where all are, and its whole frame is head', () => {
    for (const mode of RECEIVE_MODES) {
      const path = createXenPath({ configuration: 'LRO', receiveMode: mode, lroMode: 'skb' });
      path.deliver(1, 0, 66);
      const events = eventsByName(path.finish(NO_RUN));
      expect(events).to.include({ skbs: 1, dataSkbs: 0, dataPackets: 0, payloadBytes: 0, ringSlots: 1 });
      expect(events).to.include({ guestHeadCopiedBytes: 66, copyToUserBytes: 0, linearisedSkbs: 0 });
      expect(events.netbackCopiedTotalBytes).to.equal(mode === 'flip-copy' ? 66 : 0);
    }
  });

  it('a lone packet that crosses a page is copied in every mode of the time', () => {
    for (const mode of STUDY_RECEIVE_MODES) {
      for (const [frameBytes, copies] of [
        [4077, mode === 'flip-copy' ? 1 : 0],
        [4078, 1],
      ] as const) {
        const path = createXenPath({ configuration: 'Xen', receiveMode: mode, lroMode: 'skb' });
        path.deliver(1, frameBytes - 66, frameBytes);
        expect(eventsByName(path.finish(NO_RUN)).netbackCopiedSkbs, mode).to.equal(copies);
      }
    }
  });

  it('page fragments need no linearising: LRO in frags mode is Optimized', () => {
    for (const mode of RECEIVE_MODES) {
      for (let k = 1; k <= 18; k++) {
        expect(eventsOf('LRO', mode, k, 'frags')).to.deep.equal(eventsOf('Optimized', mode, k));
      }
    }
  });
});

describe('batches of netback', () => {
  it('end with the poll, and an empty poll costs nothing', () => {
    for (const configuration of XEN_CONFIGURATIONS) {
      const path = createXenPath({ configuration, receiveMode: 'flip', lroMode: 'skb' });
      path.pollEnd();
      path.deliver(1, MSS, frameOf(1));
      path.deliver(1, MSS, frameOf(1));
      path.pollEnd();
      path.pollEnd();
      path.deliver(1, MSS, frameOf(1));
      path.pollEnd();
      expect(eventsByName(path.finish(NO_RUN))).to.include({ hypercalls: 2, eventNotifications: 2 });
    }
  });

  it('end when the ring of 256 might not take another skb of 18 slots, and with the run', () => {
    const hypercalls = (skbs: number): number => {
      const path = createXenPath({ configuration: 'Xen', receiveMode: 'flip', lroMode: 'skb' });
      for (let i = 0; i < skbs; i++) path.deliver(1, MSS, frameOf(1));
      return eventsByName(path.finish(NO_RUN)).hypercalls;
    };
    expect([1, 238, 239, 476, 477].map(hypercalls)).to.deep.equal([1, 1, 2, 2, 3]);
  });
});

describe('the list of events', () => {
  it('has no name twice and a definition for each', () => {
    const names = EVENTS.map((event) => event.name);
    expect(new Set(names).size).to.equal(names.length);
    for (const event of EVENTS) expect(event.definition, event.name).to.not.equal('');
  });

  it('gets the counts of the run, and is named in order', () => {
    const path = createXenPath({ configuration: 'LRO', receiveMode: 'flip', lroMode: 'skb' });
    const named = eventsByName(path.finish({ receivedFrames: 6, enginePackets: 5, polls: 3 }));
    expect(named).to.include({ receivedFrames: 6, enginePackets: 5, polls: 3, skbs: 0 });
    expect(Object.keys(named)).to.deep.equal(EVENTS.map((event) => event.name));
  });
});
