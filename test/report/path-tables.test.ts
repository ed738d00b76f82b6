import { expect } from 'chai';
import { pathSummaries } from '../../src/report/path-summary.ts';
import { renderPathTables } from '../../src/report/path-tables.ts';
import { emptyRecord, sampleConfiguration, sampleRecord } from './sample-record.ts';

const LRO = sampleConfiguration('LRO', {
  engine: 'inet_lro',
  mbps: 600,
  rate: 3,
  perFlush: 3,
  domain0: 13,
  domainU: 7,
  unexplained: null,
});
const EVENTS = {
  ...LRO.events,
  receivedFrames: 30,
  skbs: 10,
  payloadBytes: 1000,
  linearisedPayloadBytes: 800,
  netbackCopiedPayloadBytes: 500,
  grantCopiedPayloadBytes: 1000,
  copyToUserBytes: 1000,
  linearisedSkbs: 8,
  linearisedOrder1: 6,
  linearisedOrder2: 2,
  netbackCopiedSkbs: 5,
  netbackPages: 7,
  ringSlots: 17,
  grantCopyOperations: 17,
  hypercalls: 4,
  eventNotifications: 4,
  guestAcks: 5,
};

describe('pathSummaries', () => {
  it('divides copies by the payload and everything else by the skbs', () => {
    const [summary] = pathSummaries(sampleRecord({ configurations: [{ ...LRO, events: EVENTS }] }));
    expect(summary!.copiesPerByte).to.deep.equal({
      linearise: 0.8,
      netback: 0.5,
      grantCopy: 1,
      domain0: 2.3,
      toUser: 1,
    });
    expect(summary!.perSkb).to.deep.equal({
      packets: 3,
      linearBuffers: 0.8,
      linearBuffersByOrder: [0, 0.6, 0.2, 0, 0, 0],
      netbackHeads: 0.5,
      netbackPages: 0.7,
      slots: 1.7,
      pageFlips: 0,
      grantCopyOperations: 1.7,
      hypercalls: 0.4,
      notifications: 0.4,
      acks: 0.5,
      dropped: 0,
    });
  });

  it('has null and not 0 where there is nothing to divide by', () => {
    const events = Object.fromEntries(Object.keys(EVENTS).map((name) => [name, 0]));
    const [summary] = pathSummaries(
      sampleRecord({ configurations: [{ ...LRO, events: { ...LRO.events, ...events } }] }),
    );
    expect(summary!.copiesPerByte.linearise).to.equal(null);
    expect(summary!.perSkb.slots).to.equal(null);
  });

  it('refuses a record without an event that it needs', () => {
    const configurations = [{ ...LRO, events: { skbs: 1, payloadBytes: 1 } }];
    expect(() => pathSummaries(sampleRecord({ configurations }))).to.throw('there is no event');
  });
});

describe('renderPathTables', () => {
  it('has a column for each configuration and leaves out rows that never occurred', () => {
    const text = renderPathTables(sampleRecord({ configurations: [{ ...LRO, events: EVENTS }] }));
    expect(text).to.match(/Copies of a payload byte +LRO\n +linearised between bridge and vif +0\.800\n/);
    expect(text).to.match(/ {4}of page order 1 +0\.600\n +of page order 2 +0\.200\n +allocations: heads/);
    expect(text).to.match(/grant-copy operations +1\.700\n +hypercalls +0\.400/);
    expect(text).to.not.include('page flips');
    expect(text).to.match(/Domain0, cycles per byte +LRO\n +per-packet +13\.00\n +total +13\.00\n/);
    expect(text).to.include('Cost profile aizu-2008');
  });

  it('keeps what is unexplained out of the total, and prints records without numbers', () => {
    expect(renderPathTables(sampleRecord())).to.match(
      /unexplained, not in the total +- +- +0\.67\n +total +8\.97 +7\.08 +7\.11\n/,
    );
    expect(renderPathTables(emptyRecord())).to.match(/total +- +- +-\n/);
  });
});
