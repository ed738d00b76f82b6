import { expect } from 'chai';
import fc from 'fast-check';
import { type Cost, costOf } from '../../src/cost/cycles.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { coefficientsOf } from '../../src/cost/profile.ts';
import { createEvents, EVENT } from '../../src/path/events.ts';
import { XEN_CONFIGURATIONS } from '../../src/path/xen-configurations.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';

const profile = loadProfile('aizu-2008');

const counts = fc.array(fc.nat(1_000_000), {
  minLength: EVENT.copyToUserBytes + 1,
  maxLength: EVENT.copyToUserBytes + 1,
});
const mode = fc.constantFrom(...STUDY_RECEIVE_MODES);
const configuration = fc.constantFrom(...XEN_CONFIGURATIONS);

describe('costOf', () => {
  it('adds up: stages to domains, cycles to cycles per byte', () => {
    fc.assert(
      fc.property(
        counts,
        mode,
        configuration,
        fc.integer({ min: 1, max: 1e9 }),
        (list, receiveMode, name, bytes) => {
          const events = Float64Array.from(list);
          const cost = costOf({ events, profile, receiveMode, configuration: name, goodputBytes: bytes });
          for (const [domain, cycles] of [
            [cost.domain0, cost.cycles.domain0],
            [cost.domainU, cost.cycles.domainU],
          ] as const) {
            const sum = domain.stages.reduce(
              (total, stage) => total + (stage.cyclesPerByte ?? Number.NaN),
              0,
            );
            const perByte = domain.cyclesPerByte ?? Number.NaN;
            expect(sum).to.be.closeTo(perByte, 1e-9 * perByte);
            expect(cycles / bytes).to.equal(perByte);
          }
        },
      ),
    );
  });

  it('prices one event of each kind at its coefficient', () => {
    const price = (event: keyof typeof EVENT): Cost['cycles'] => {
      const events = createEvents();
      events[EVENT[event]] = 1;
      return costOf({ events, profile, receiveMode: 'flip', configuration: 'Optimized', goodputBytes: 1 })
        .cycles;
    };
    const { lro, guestWire, guestSkb } = profile.coefficients;
    const { wire, skb, linearise, netbackCopy } = coefficientsOf(profile, 'flip');
    expect(price('enginePackets')).to.deep.equal({ domain0: lro?.value, domainU: 0, unexplainedDomainU: 0 });
    expect(price('receivedFrames').domain0).to.equal(wire?.value);
    expect(price('receivedFrames').domainU).to.equal(guestWire?.value);
    expect(price('skbs').domain0).to.equal(skb?.value);
    expect(price('skbs').domainU).to.equal(guestSkb?.value);
    expect(price('linearisedPayloadBytes').domain0).to.equal(linearise?.value);
    expect(price('netbackCopiedPayloadBytes').domain0).to.equal(netbackCopy?.value);
    expect(price('dataPackets').unexplainedDomainU).to.equal(profile.unexplained?.value);
    // Counted, but inside one of the lumps: no price of its own.
    expect(price('ringSlots')).to.deep.equal({ domain0: 0, domainU: 0, unexplainedDomainU: 0 });
  });

  it('keeps unexplained cycles out of the guest, and null where there are none', () => {
    const events = createEvents();
    events[EVENT.dataPackets] = 100;
    const cost = (name: 'Xen' | 'LRO' | 'Optimized'): Cost =>
      costOf({ events, profile, receiveMode: 'flip', configuration: name, goodputBytes: 144_800 });
    expect(cost('Xen').unexplainedDomainUCyclesPerByte).to.equal(null);
    expect(cost('LRO').cycles.unexplainedDomainU).to.equal(null);
    expect(cost('Optimized').unexplainedDomainUCyclesPerByte).to.be.closeTo(
      (profile.unexplained?.value ?? 0) / 1448,
      1e-12,
    );
    expect(cost('Optimized').domainU.cyclesPerByte).to.equal(0);
    const explained = { ...profile, unexplained: null };
    const input = {
      events,
      profile: explained,
      receiveMode: 'flip',
      configuration: 'Optimized',
      goodputBytes: 1,
    } as const;
    expect(costOf(input).unexplainedDomainUCyclesPerByte).to.equal(null);
  });

  it('names the stages in the order of the path', () => {
    const input = { events: createEvents(), profile, configuration: 'LRO', goodputBytes: 1 } as const;
    const stages = (cost: Cost): readonly string[] => cost.domain0.stages.map((stage) => stage.stage);
    const flip = ['per-packet', 'merge-engine', 'per-skb', 'linearise', 'netback-copy'];
    expect(stages(costOf({ ...input, receiveMode: 'flip' }))).to.deep.equal(flip);
    expect(stages(costOf({ ...input, receiveMode: 'grant-copy' }))).to.deep.equal([...flip, 'grant-copy']);
  });

  it('has no cycles per byte without goodput', () => {
    const events = createEvents();
    events[EVENT.skbs] = 3;
    const cost = costOf({
      events,
      profile,
      receiveMode: 'flip',
      configuration: 'Optimized',
      goodputBytes: 0,
    });
    expect(cost.domain0.cyclesPerByte).to.equal(null);
    expect(cost.domainU.stages.map((stage) => stage.cyclesPerByte)).to.deep.equal([null, null]);
    expect(cost.unexplainedDomainUCyclesPerByte).to.equal(null);
    expect(cost.cycles.domain0).to.be.above(0);
  });
});
