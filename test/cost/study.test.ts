import { expect } from 'chai';
import { costOf } from '../../src/cost/cycles.ts';
import { predictGoodput } from '../../src/cost/laws.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { type Coefficient, coefficientsOf } from '../../src/cost/profile.ts';
import { STUDY, STUDY_PAYLOAD_BYTES, scheduleOf, studyEvents } from '../../src/cost/study.ts';
import {
  ASSUMED_ENGINE_CYCLES_PER_PACKET,
  fitClocksGhz,
  fitDomain0,
  fitDomainU,
  STUDY_LINK_USE,
} from '../../src/cost/study-fit.ts';
import type { ReceiveMode } from '../../src/path/netback.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../../src/path/xen-configurations.ts';
import { createXenPath } from '../../src/path/xen-path.ts';
import { STUDY_RECEIVE_MODES } from '../helpers/receive-modes.ts';

const profile = loadProfile('aizu-2008');

/** The cost of a row of the study in a receive mode, under the given schedule of segments an skb. */
function costOfRow(configuration: XenConfiguration, receiveMode: ReceiveMode): ReturnType<typeof costOf> {
  const { events, payloadBytes } = studyEvents(STUDY[configuration], receiveMode);
  return costOf({ events, profile, receiveMode, configuration, goodputBytes: payloadBytes });
}

// As printed in the study (Domain0), and as the rates of the study predict (DomainU).
const TABLE = [
  {
    configuration: 'Xen',
    rate: 1,
    domain0: '12.72',
    domainU: '8.97',
    unexplained: undefined,
    serial: '575.5',
  },
  {
    configuration: 'LRO',
    rate: 2.49,
    domain0: '13.51',
    domainU: '7.08',
    unexplained: undefined,
    serial: '587.1',
  },
  {
    configuration: 'Optimized',
    rate: 2.43,
    domain0: '12.64',
    domainU: '7.11',
    unexplained: '0.67',
    serial: '588.9',
  },
] as const;

describe('aizu-2008 on the schedule of the study', () => {
  for (const receiveMode of STUDY_RECEIVE_MODES) {
    for (const { configuration, domain0, domainU, unexplained, serial } of TABLE) {
      it(`${configuration}, ${receiveMode}: ${domain0}, ${domainU}, unexplained ${unexplained ?? 'none'}`, () => {
        const cost = costOfRow(configuration, receiveMode);
        expect(cost.domain0.cyclesPerByte?.toFixed(2)).to.equal(domain0);
        expect(cost.domainU.cyclesPerByte?.toFixed(2)).to.equal(domainU);
        expect(cost.unexplainedDomainUCyclesPerByte?.toFixed(2)).to.equal(unexplained);
        const { mbps } = predictGoodput('serial', profile, STUDY_LINK_USE, cost);
        expect(mbps?.toFixed(1)).to.equal(serial);
      });
    }
  }

  it('has the merge rates of the study exactly', () => {
    for (const { configuration, rate } of TABLE) {
      const schedule = scheduleOf(STUDY[configuration].lroRate);
      expect(schedule.reduce((sum, segments) => sum + segments, 0) / schedule.length).to.equal(rate);
    }
    expect(scheduleOf(2.49).filter((segments) => segments === 2)).to.have.length(51);
    expect(scheduleOf(2.49).filter((segments) => segments === 3)).to.have.length(49);
  });

  it('in flip mode any schedule of these rates will do whose skbs all hold two segments or more', () => {
    // 243 packets in 100 skbs and 249 in 100, with a few long merges.
    const schedules = {
      LRO: [51, ...Array(99).fill(2)],
      Optimized: [10, 15, 24, ...Array(97).fill(2)],
    } as const;
    for (const { configuration, rate, domain0, domainU } of TABLE.slice(1)) {
      const schedule: readonly number[] = schedules[configuration as keyof typeof schedules];
      const packets = schedule.reduce((sum, segments) => sum + segments, 0);
      expect(packets / schedule.length).to.equal(rate);
      const path = createXenPath({ configuration, receiveMode: 'flip', lroMode: 'skb' });
      for (const k of schedule) path.deliver(k, k * STUDY_PAYLOAD_BYTES, 66 + k * STUDY_PAYLOAD_BYTES);
      const events = path.finish({ receivedFrames: packets, enginePackets: packets, polls: 0 });
      const cost = costOf({
        events,
        profile,
        receiveMode: 'flip',
        configuration,
        goodputBytes: packets * STUDY_PAYLOAD_BYTES,
      });
      expect(cost.domain0.cyclesPerByte?.toFixed(2)).to.equal(domain0);
      expect(cost.domainU.cyclesPerByte?.toFixed(2)).to.equal(domainU);
    }
  });
});

describe('the numbers of aizu-2008 are the solution of the fit', () => {
  function value(coefficients: Readonly<Record<string, Coefficient>>, id: string): number {
    return coefficients[id]?.value ?? Number.NaN;
  }
  for (const mode of STUDY_RECEIVE_MODES) {
    it(`Domain0, ${mode}`, () => {
      const fit = fitDomain0(mode);
      const coefficients = coefficientsOf(profile, mode);
      expect(value(coefficients, 'wire')).to.be.closeTo(fit.cyclesPerPacket, 1e-4);
      expect(value(coefficients, 'skb')).to.be.closeTo(fit.cyclesPerSkb, 1e-4);
      const copies = ['linearise', 'netbackCopy', ...(mode === 'grant-copy' ? ['grantCopy'] : [])];
      for (const id of copies) {
        expect(value(coefficients, id)).to.be.closeTo(fit.copyCyclesPerByte, 1e-7);
      }
      expect(value(coefficients, 'lro')).to.equal(ASSUMED_ENGINE_CYCLES_PER_PACKET);
      expect(Object.keys(coefficients)).to.have.length(copies.length + 5);
      expect(fit.cyclesPerPacket, 'a cost').to.be.above(0);
      expect(fit.cyclesPerSkb, 'a cost').to.be.above(0);
    });
  }

  it('DomainU, its residual, and the clocks', () => {
    const fit = fitDomainU();
    expect(value(profile.coefficients, 'guestWire')).to.be.closeTo(fit.cyclesPerPacket, 1e-4);
    expect(value(profile.coefficients, 'guestSkb')).to.be.closeTo(fit.cyclesPerSkb, 1e-4);
    expect(profile.unexplained?.value).to.be.closeTo(fit.unexplainedCyclesPerPacket, 1e-4);
    const clocks = fitClocksGhz();
    for (const law of ['serial', 'shared-core', 'two-cores'] as const) {
      expect(profile.throughput.laws[law]?.value).to.be.closeTo(clocks[law], 1e-6);
    }
  });

  it('agrees with the fit made by hand, in flip mode', () => {
    const { cyclesPerPacket, cyclesPerSkb, copyCyclesPerByte } = fitDomain0('flip');
    // a_wire was computed by hand from rounded a_super and kappa.
    expect(cyclesPerPacket).to.be.closeTo(14313, 1);
    expect(cyclesPerSkb.toFixed(0)).to.equal('4106');
    expect(copyCyclesPerByte.toFixed(3)).to.equal('0.898');
    const guest = fitDomainU();
    expect(guest.cyclesPerPacket.toFixed(0)).to.equal('8415');
    expect(guest.cyclesPerSkb.toFixed(0)).to.equal('4573');
    expect(guest.unexplainedCyclesPerPacket.toFixed(0)).to.equal('968');
    expect(fitClocksGhz().serial.toFixed(3)).to.equal('4.015');
  });

  it('moves with the assumed price of the merge engine as docs/model.md says', () => {
    const perSkb = (mode: ReceiveMode, engine: number): string =>
      fitDomain0(mode, engine).cyclesPerSkb.toFixed(0);
    expect([perSkb('flip', 300), perSkb('flip', 1500)]).to.deep.equal(['2896', '4970']);
    expect([perSkb('flip-copy', 300), perSkb('flip-copy', 1500)]).to.deep.equal(['707', '2746']);
  });

  it('is exact whatever is assumed: the fit is no evidence for the model', () => {
    for (const mode of STUDY_RECEIVE_MODES) {
      for (const engine of [0, 300, 1500, 3000]) {
        const fit = fitDomain0(mode, engine);
        for (const configuration of XEN_CONFIGURATIONS) {
          const { events, payloadBytes } = studyEvents(STUDY[configuration], mode);
          const refitted = {
            ...profile,
            receiveModes: { [mode]: { note: '', coefficients: withFit(mode, fit, engine) } },
          };
          const cost = costOf({
            events,
            profile: refitted,
            receiveMode: mode,
            configuration,
            goodputBytes: payloadBytes,
          });
          expect(cost.domain0.cyclesPerByte).to.be.closeTo(STUDY[configuration].domain0CyclesPerByte, 1e-9);
        }
      }
    }
  });

  function withFit(
    mode: ReceiveMode,
    fit: ReturnType<typeof fitDomain0>,
    engine: number,
  ): Readonly<Record<string, Coefficient>> {
    const byUnit: Readonly<Record<string, number>> = {
      cyclesPerPacket: fit.cyclesPerPacket,
      cyclesPerSkb: fit.cyclesPerSkb,
      cyclesPerByte: fit.copyCyclesPerByte,
    };
    const entries = Object.entries(coefficientsOf(profile, mode))
      .filter(([, term]) => term.domain === 'Domain0')
      .map(([id, term]) => [id, { ...term, value: id === 'lro' ? engine : byUnit[term.unit] }]);
    return Object.fromEntries(entries);
  }
});
