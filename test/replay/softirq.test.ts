import { expect } from 'chai';
import fc from 'fast-check';
import { costOf } from '../../src/cost/cycles.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { XEN_CONFIGURATIONS } from '../../src/path/xen-configurations.ts';
import { createXenPath } from '../../src/path/xen-path.ts';
import { softirqCycles } from '../../src/replay/softirq.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';

const profile = loadProfile('aizu-2008');
const HEADER_BYTES = 66;

describe('what polls cost', () => {
  const skbs = fc.array(
    fc.record({ segments: fc.integer({ min: 1, max: 45 }), segmentBytes: fc.constantFrom(0, 1, 500, 1448) }),
    { minLength: 1, maxLength: 30 },
  );

  it('adds up to the Domain0 cycles of the result, in every receive mode and configuration', () => {
    const modes = fc.constantFrom(...STUDY_RECEIVE_MODES);
    const configurations = fc.constantFrom(...XEN_CONFIGURATIONS);
    fc.assert(
      fc.property(modes, configurations, skbs, (receiveMode, configuration, made) => {
        const price = { configuration, receiveMode, lroMode: 'skb', profile } as const;
        const merges = configuration !== 'Xen';
        const cycles = softirqCycles(price, merges, 1);
        const path = createXenPath(price);
        let [packets, spent] = [0, 0];
        for (const { segments, segmentBytes } of made) {
          const merged = merges && segmentBytes > 0 ? segments : 1;
          const payloadBytes = merged * segmentBytes;
          path.deliver(merged, payloadBytes, HEADER_BYTES + payloadBytes);
          spent +=
            merged * cycles.perPacket + cycles.ofSkb(merged, payloadBytes, HEADER_BYTES + payloadBytes);
          packets += merged;
        }
        const events = path.finish({
          receivedFrames: packets,
          enginePackets: merges ? packets : 0,
          polls: made.length,
        });
        const cost = costOf({ events, profile, receiveMode, configuration, goodputBytes: 1 });
        expect(spent).to.be.closeTo(cost.cycles.domain0, 1e-9 * spent);
      }),
    );
  });

  it('takes a share of the cycles per packet, and all of those of the engine', () => {
    const price = { configuration: 'LRO', receiveMode: 'flip', lroMode: 'skb', profile } as const;
    expect(softirqCycles(price, true, 1).perPacket).to.be.closeTo(14_312.5118 + 1000, 1e-9);
    expect(softirqCycles(price, true, 0.5).perPacket).to.be.closeTo(14_312.5118 / 2 + 1000, 1e-9);
    expect(softirqCycles(price, false, 0).perPacket).to.equal(0);
  });
});

describe('what polls cost in mode modern', () => {
  it('leaves out netback, which has a thread of its own, and the guest’s ACKs', () => {
    const price = {
      configuration: 'LRO',
      receiveMode: 'modern',
      lroMode: 'skb',
      profile: loadProfile('modern-estimate'),
    } as const;
    const { driver, mergeEngine, interrupt, bridge } = price.profile.coefficients;
    const cycles = softirqCycles(price, true, 1);
    expect(cycles.perPacket).to.equal((driver?.value ?? 0) + (mergeEngine?.value ?? 0));
    expect(cycles.perPoll).to.equal(interrupt?.value);
    expect(cycles.ofSkb(3, 3 * 1448, 66 + 3 * 1448)).to.equal(bridge?.value);
  });
});
