import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { STUDY_OPTIONS } from '../../src/cli/study-definitions.ts';
import { type RawStudyOptions, resolveStudy } from '../../src/cli/study-options.ts';
import { createConfigurationRuns } from '../../src/replay/configurations.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { openSession, type Session } from '../../src/replay/session.ts';
import { type StudyOptions, study, studyMany } from '../../src/replay/study.ts';
import { studyParts, timeSpan } from '../../src/replay/study-parts.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');

const DEFAULTS = Object.fromEntries(
  Object.entries(STUDY_OPTIONS).map(([name, option]) => [name, option.default]),
) as unknown as RawStudyOptions;

function options(own: Partial<RawStudyOptions>): StudyOptions {
  return resolveStudy({ ...DEFAULTS, poll: ['window:125'], ...own }).study;
}

async function inSession<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
  const stdin = (): never => {
    throw new Error('not read');
  };
  const session = await openSession(CAPTURE, { receiver: 'auto', fcsBytes: null, stdin });
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

const configurationsOf = (records: readonly ResultRecord[]): unknown =>
  records.map(({ configurations }) => configurations);

describe('many studies in one pass', () => {
  const napi = { poll: ['napi'] };
  const shared: readonly { name: string; points: Partial<RawStudyOptions>[]; lanes: number }[] = [
    { name: 'one study: Xen has a lane, LRO and Optimized share one', points: [{}], lanes: 2 },
    { name: 'equal studies', points: [{}, {}, { poll: ['window:125:64'] }], lanes: 2 },
    { name: 'max-aggr: nothing merges in Xen', points: [{ 'max-aggr': '2' }, { 'max-aggr': '3' }], lanes: 3 },
    {
      name: 'laws, receive modes and clocks of the path',
      points: [{ law: 'none' }, { 'receive-mode': 'grant-copy' }],
      lanes: 2,
    },
    { name: 'polls', points: [{ poll: ['end'] }, { poll: ['batch:2'] }], lanes: 4 },
    { name: 'napi: each configuration has polls of its own', points: [napi], lanes: 3 },
    { name: 'napi, equal', points: [napi, { ...napi, nic: 'tg3' }, { ...napi, law: 'none' }], lanes: 3 },
    { name: 'napi with other clocks', points: [napi, { ...napi, 'cpu-ghz': '1' }], lanes: 6 },
    { name: 'napi with other prices', points: [napi, { ...napi, 'receive-mode': 'flip-copy' }], lanes: 6 },
    { name: 'napi with other limits of the engine', points: [napi, { ...napi, 'max-aggr': '2' }], lanes: 5 },
    { name: 'engines', points: [{}, { engine: 'linux-gro' }, { engine: 'none' }], lanes: 3 },
  ];
  for (const { name, points, lanes } of shared) {
    it(`${name}: ${lanes} lanes`, async () => {
      const studies = points.map(options);
      await inSession(async ({ table }) => {
        const plans = studies.map(({ setups, inetLro, linuxGro, path, profile }) => ({
          setups,
          engines: { inetLro, linuxGro: linuxGro! },
          price: { ...path, lroMode: inetLro.mode, profile },
        }));
        expect(createConfigurationRuns(table, plans).lanes).to.equal(lanes);
      });
    });
  }

  const anyOptions: fc.Arbitrary<Partial<RawStudyOptions>> = fc.record(
    {
      poll: fc.constantFrom(['napi'], ['batch:5'], ['window:60:9'], ['end'], ['napi', 'LRO=batch:3']),
      'max-aggr': fc.constantFrom('1', '4', '64'),
      'lro-mode': fc.constantFrom('skb', 'frags'),
      engine: fc.constantFrom('none', 'inet_lro', 'linux-gro'),
      'receive-mode': fc.constantFrom('flip', 'flip-copy', 'grant-copy'),
      law: fc.constantFrom('serial', 'none'),
    },
    { requiredKeys: [] },
  );

  it('find what each finds alone, whatever they share', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOptions, { minLength: 2, maxLength: 5 }), async (points) => {
        const studies = points.map(options);
        const together = await inSession((session) => studyMany(session, studies));
        for (const [index, one] of studies.entries()) {
          const alone = await inSession((session) => study(session, one));
          // Only a study by itself is sliced.
          expect(together[index]).to.deep.equal({ ...alone, slices: null });
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('the parts of a capture', () => {
  const points = [options({}), options({ poll: ['napi'] })];

  it('are the whole where there is one, and the whole is as without parts', async () => {
    const [whole, part] = (await inSession((session) => studyParts(session, points, []))) as [
      ResultRecord[],
      ResultRecord[],
    ];
    expect(configurationsOf(part)).to.deep.equal(configurationsOf(whole));
    expect(whole).to.deep.equal(await inSession((session) => studyMany(session, points)));
  });

  it('take every received packet once, each in its time', async () => {
    const span = (await inSession((session) => timeSpan(session)))!;
    const times: number[] = [];
    await inSession((session) =>
      session.run(({ rows, received, timeNs }) => {
        for (let i = 0; i < received; i++) times.push(timeNs[rows[i]!]!);
        return undefined;
      }),
    );
    expect(span).to.deep.equal({ firstNs: Math.min(...times), lastNs: Math.max(...times) });
    const cuts = [0.2, 0.2, 0.7].map((share) => span.firstNs + share * (span.lastNs - span.firstNs));
    const [, ...parts] = await inSession((session) => studyParts(session, points, cuts));
    const packets = parts.map(([one]) => one!.configurations[0]!.counters.packets);
    const edges = [Number.NEGATIVE_INFINITY, ...cuts, Number.POSITIVE_INFINITY];
    const expected = edges
      .slice(1)
      .map((edge, index) => times.filter((time) => time >= edges[index]! && time < edge).length);
    expect(packets).to.deep.equal(expected);
    expect(packets[1]).to.equal(0);
    for (const [index, part] of parts.entries()) {
      for (const { configurations } of part)
        for (const { counters } of configurations) expect(counters.packets).to.equal(expected[index]);
    }
  });

  it('begin with nothing held over from the part before', async () => {
    const span = (await inSession((session) => timeSpan(session)))!;
    const middle = (span.firstNs + span.lastNs) / 2;
    const [, first] = await inSession((session) =>
      studyParts(session, [options({ poll: ['end'] })], [middle]),
    );
    const lro = first![0]!.configurations.find(({ name }) => name === 'LRO')!;
    // One poll for each part: its last sessions leave with its end.
    expect(lro.counters.polls).to.equal(1);
    expect(lro.reasons.find(({ reason }) => reason === 'capture-end')!.skbs).to.be.above(0);
  });
});
