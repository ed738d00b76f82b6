import { join } from 'node:path';
import { expect } from 'chai';
import { parseConfigurationPolls } from '../../src/cli/poll-option.ts';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import type { NapiSpec } from '../../src/nic/napi-state.ts';
import { nicPreset } from '../../src/nic/presets.ts';
import { type ConfigurationSetup, studySetups } from '../../src/replay/configurations.ts';
import { MAX_PACE_PASSES, type Pace, replayAtPace } from '../../src/replay/pace.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { openSession } from '../../src/replay/session.ts';
import { study } from '../../src/replay/study.ts';
import { ROOT } from '../helpers/surroundings.ts';

const TG3 = nicPreset('tg3');
const NAPI: NapiSpec = {
  kind: 'napi',
  nic: 'tg3',
  moderation: TG3.moderation.value,
  ringPackets: 256,
  weight: 64,
  cpuGhz: 2,
  interruptLatencyUs: 2,
  perPacketShare: 1,
  afterFlush: 'interrupt',
  timeScale: 1,
};
const polls = parseConfigurationPolls(['napi', 'Xen=batch:8'], () => NAPI);
const setups = studySetups(polls.of);

async function replay(paced: readonly ConfigurationSetup[]): Promise<ResultRecord> {
  const session = await openSession(join(ROOT, 'captures', 'full-f4.pcap.gz'), {
    receiver: 'auto',
    fcsBytes: null,
    stdin: () => process.stdin,
  });
  try {
    return await study(session, {
      setups: paced,
      withoutTimes: null,
      pollText: polls.text,
      pollDescription: '',
      nic: null,
      pace: 'cpu',
      inetLro: INET_LRO_DEFAULTS,
      path: { receiveMode: 'flip' },
      profile: loadProfile('aizu-2008'),
      set: [],
      law: 'serial',
      receiver: 'auto',
      fcsBytes: null,
    });
  } finally {
    session.close();
  }
}

const CPU: Pace = { kind: 'cpu' };

describe('replayAtPace', () => {
  it('stretches only what polls by napi, and ends where both rates agree', async () => {
    const { configurations, throughput, warnings } = await replayAtPace(CPU, setups, replay);
    const [xen, lro, optimized] = configurations;
    expect(xen?.pace).to.equal(null);
    for (const one of [lro!, optimized!]) {
      const { offeredMbps, timeScale, converged } = one.pace!;
      expect(converged).to.equal(true);
      expect(one.predictedThroughputMbps).to.be.closeTo(offeredMbps, 0.001 * offeredMbps);
      expect(offeredMbps * timeScale).to.be.closeTo(throughput.capturedGoodputMbps!, 1e-6);
    }
    expect(warnings).to.deep.equal([]);
  });

  it('leaves the capture as it is at its own pace', async () => {
    const record = await replayAtPace({ kind: 'capture' }, setups, replay);
    expect(record).to.deep.equal(await replay(setups));
  });

  it('says so when the rates never meet', async () => {
    let passes = 0;
    /** Predicts 500 and 600 in turn, whatever is offered. */
    const restless = async (paced: readonly ConfigurationSetup[]): Promise<ResultRecord> => {
      const record = await replay(paced);
      const predictedThroughputMbps = passes++ % 2 === 0 ? 500 : 600;
      return {
        ...record,
        configurations: record.configurations.map((one) => ({ ...one, predictedThroughputMbps })),
      };
    };
    const { configurations, warnings } = await replayAtPace(CPU, setups, restless);
    expect(passes).to.equal(MAX_PACE_PASSES);
    expect(configurations[1]?.pace).to.deep.include({ passes: MAX_PACE_PASSES, converged: false });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['W-NO-FIXED-POINT']);
  });

  it('says so when there is no throughput to compare', async () => {
    const silent = async (paced: readonly ConfigurationSetup[]): Promise<ResultRecord> => {
      const record = await replay(paced);
      return { ...record, throughput: { ...record.throughput, capturedGoodputMbps: null } };
    };
    const { configurations, warnings } = await replayAtPace(CPU, setups, silent);
    expect(configurations.every(({ pace }) => pace === null)).to.equal(true);
    expect(warnings.map(({ code }) => code)).to.deep.equal(['W-NO-PACE']);
  });
});
