import { expect } from 'chai';
import fc from 'fast-check';
import { type EventName, eventsByName } from '../../src/path/events.ts';
import type { FragmentCopy, ReceiveMode } from '../../src/path/netback.ts';
import type { XenConfiguration } from '../../src/path/xen-configurations.ts';
import { createXenPath } from '../../src/path/xen-path.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';
import {
  choices,
  configuration,
  lone,
  merged,
  passOneByOne,
  receiveMode,
  type Skb,
  skbRuns,
} from '../helpers/skb-runs.ts';

const skbs = fc.array(fc.oneof(lone, merged), { maxLength: 60 });
const loneSkbs = fc.array(lone, { maxLength: 60 });

type Events = Readonly<Record<EventName, number>>;

interface Choices {
  readonly fragmentCopy?: FragmentCopy;
  readonly lineariseMaxOrder?: number;
}

function run(
  configuration: XenConfiguration,
  receiveMode: ReceiveMode,
  input: readonly Skb[],
  choices: Choices = {},
): Events {
  const path = createXenPath({ configuration, receiveMode, lroMode: 'skb', ...choices });
  for (const skb of input) path.deliver(skb.segments, skb.payloadBytes, skb.frameBytes);
  return eventsByName(path.finish({ receivedFrames: 0, enginePackets: 0, polls: 0 }));
}

function sum(input: readonly Skb[], value: (skb: Skb) => number): number {
  return input.reduce((total, skb) => total + value(skb), 0);
}

describe('path properties', () => {
  it('a run is as many skbs and ends of polls as it says', () => {
    const counts = { receivedFrames: 0, enginePackets: 0, polls: 0 };
    fc.assert(
      fc.property(configuration, receiveMode, skbRuns, choices, (...made) => {
        const [configuration, receiveMode, runs, chosen] = made;
        const options = { configuration, receiveMode, lroMode: 'skb', ...chosen } as const;
        const [inRuns, one] = [createXenPath(options), createXenPath(options)];
        for (const run of runs) {
          const { skb, times, polls } = run;
          inRuns.deliverRun(skb.segments, skb.payloadBytes, skb.frameBytes, times, polls);
          passOneByOne(one, run);
          if (run.isLookedAt) expect(inRuns.snapshot(counts)).to.deep.equal(one.snapshot(counts));
        }
        expect(inRuns.finish(counts)).to.deep.equal(one.finish(counts));
      }),
      { numRuns: 500 },
    );
  });

  it('bytes are conserved through every stage', () => {
    fc.assert(
      fc.property(configuration, receiveMode, skbs, choices, (name, mode, input, chosen) => {
        const events = run(name, mode, input, chosen);
        const payload = sum(input, (skb) => skb.payloadBytes);
        expect(events.payloadBytes).to.equal(payload);
        expect(events.frameBytes).to.equal(sum(input, (skb) => skb.frameBytes));
        expect(events.copyToUserBytes + events.droppedPayloadBytes).to.equal(payload);
        const linearises = name === 'LRO' && mode !== 'modern';
        expect(events.linearisedPayloadBytes).to.equal(
          linearises ? events.superPacketPayloadBytes - events.droppedPayloadBytes : 0,
        );
        expect(events.linearisedSkbs + events.droppedSkbs).to.equal(linearises ? events.superPackets : 0);
        expect(events.netbackCopiedPayloadBytes).to.be.at.most(events.copyToUserBytes);
        const granted = mode === 'grant-copy' || mode === 'modern';
        expect(events.grantCopiedPayloadBytes).to.equal(granted ? events.copyToUserBytes : 0);
        expect(events.grantCopiedTotalBytes).to.equal(
          granted ? events.frameBytes - events.droppedFrameBytes : 0,
        );
        expect(events.skbs).to.equal(input.length);
        expect(events.dataSkbs).to.equal(input.filter((skb) => skb.payloadBytes > 0).length);
      }),
    );
  });

  it('slots can hold all bytes, each slot is handed over once, each copy has its buffers', () => {
    fc.assert(
      fc.property(configuration, receiveMode, skbs, choices, (name, mode, input, chosen) => {
        const events = run(name, mode, input, chosen);
        const bytes = events.frameBytes - events.droppedFrameBytes;
        const filled = events.ringSlots - events.gsoSlots;
        expect(filled * 4096).to.be.at.least(bytes);
        expect(filled).to.be.at.least(events.skbs - events.droppedSkbs);
        expect(events.gsoSlots).to.equal(mode === 'modern' ? events.superPackets : 0);
        if (mode === 'flip' || mode === 'flip-copy') {
          expect(events).to.include({ pageFlips: events.ringSlots, grantCopyOperations: 0 });
        } else {
          expect(events.pageFlips).to.equal(0);
          expect(events.grantCopyOperations).to.be.at.least(filled);
        }
        expect(events.netbackZeroedPages).to.be.at.most(events.netbackPages);
        expect(events.hypercalls).to.be.at.least(filled / 256);
      }),
    );
  });

  it('every slot but the first of an skb is a page of a software copy, where there is one', () => {
    fc.assert(
      fc.property(configuration, fc.constantFrom(...STUDY_RECEIVE_MODES), skbs, (name, mode, input) => {
        const events = run(name, mode, input);
        expect(events.ringSlots).to.equal(events.skbs + events.netbackPages);
        if (mode === 'grant-copy') expect(events.grantCopyOperations).to.equal(events.ringSlots);
      }),
    );
  });

  it('an ACK for every second skb with payload at least, where the segment size is lost', () => {
    fc.assert(
      fc.property(configuration, fc.constantFrom(...STUDY_RECEIVE_MODES), skbs, (name, mode, input) => {
        const events = run(name, mode, input);
        expect(events.guestAcks).to.be.at.most(events.dataSkbs / 2);
        expect(run(name, 'modern', input).guestAcks).to.be.at.least(events.guestAcks);
      }),
    );
  });

  it('linearising allocates one buffer for each super-packet and copies all of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STUDY_RECEIVE_MODES), skbs, (mode, input) => {
        const events = run('LRO', mode, input);
        const supers = input.filter((skb) => skb.segments > 1);
        const allocations = [0, 1, 2, 3, 4, 5].map((order) => events[`linearisedOrder${order}` as EventName]);
        expect(allocations.reduce((total, count) => total + count, 0)).to.equal(supers.length);
        expect(events.superPackets).to.equal(supers.length);
        expect(events.linearisedPayloadBytes).to.equal(sum(supers, (skb) => skb.payloadBytes));
        expect(events.linearisedTotalBytes).to.equal(sum(supers, (skb) => skb.frameBytes + 18));
      }),
    );
  });

  it('without merging, the three configurations count the same', () => {
    fc.assert(
      fc.property(receiveMode, loneSkbs, (mode, input) => {
        const xen = run('Xen', mode, input);
        expect(run('LRO', mode, input)).to.deep.equal(xen);
        expect(run('Optimized', mode, input)).to.deep.equal(xen);
      }),
    );
  });

  it('with page flips, LRO is Optimized and the linearising', () => {
    const isLinearising = (name: string): boolean => name.startsWith('linearised');
    fc.assert(
      fc.property(fc.constantFrom('flip', 'flip-copy'), skbs, (mode, input) => {
        const lro = Object.entries(run('LRO', mode, input));
        const optimized = Object.entries(run('Optimized', mode, input));
        const rest = lro.filter(([name]) => !isLinearising(name));
        expect(rest).to.deep.equal(optimized.filter(([name]) => !isLinearising(name)));
        for (const [name, count] of optimized.filter(([name]) => isLinearising(name))) {
          expect(count, name).to.equal(0);
        }
      }),
    );
  });
});
