import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { studySetups } from '../../src/replay/configurations.ts';
import { type ResolvedStudy, replayCapture } from '../../src/replay/replay-capture.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const STUDY: ResolvedStudy = {
  session: { receiver: 'auto', fcsBytes: null },
  pace: { kind: 'capture' },
  study: {
    setups: studySetups(() => ({ text: 'end', spec: { kind: 'end' } })),
    pollText: 'end',
    pollDescription: '',
    nic: null,
    pace: 'capture',
    inetLro: INET_LRO_DEFAULTS,
    withoutTimes: null,
    path: { receiveMode: 'flip' },
    profile: loadProfile('aizu-2008'),
    set: [],
    law: 'serial',
    receiver: 'auto',
    fcsBytes: null,
  },
};

const stdin = (): never => {
  throw new Error('stdin is not read');
};

describe('replaying a capture file', () => {
  const folder = useTempFolder();

  it('says that the file changed while it was read', async () => {
    const growing = folder.path('growing.pcap.gz');
    cpSync(join(CAPTURES, 'full-f4.pcap.gz'), growing);
    const still = await replayCapture(growing, STUDY, { stdin });
    let grown = false;
    const record = await replayCapture(growing, STUDY, {
      stdin,
      afterBlock: () => {
        if (!grown) appendFileSync(growing, Buffer.alloc(16));
        grown = true;
        return undefined;
      },
    });
    expect(still.warnings).to.deep.equal([]);
    expect(record.warnings.map(({ code }) => code)).to.include('W-CHANGED');
    expect(record.configurations).to.deep.equal(still.configurations);
  });
});
