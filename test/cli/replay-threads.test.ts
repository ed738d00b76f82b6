import { join } from 'node:path';
import { expect } from 'chai';
import type { ReplayedJob, ReplayJob } from '../../src/cli/replay-job.ts';
import { replayInThreads } from '../../src/cli/replay-threads.ts';
import { STUDY_OPTIONS } from '../../src/cli/study-definitions.ts';
import { type RawStudyOptions, resolveStudy } from '../../src/cli/study-options.ts';
import { CAPTURES } from '../helpers/surroundings.ts';

const DEFAULTS = Object.fromEntries(
  Object.entries(STUDY_OPTIONS).map(([name, option]) => [name, option.default]),
) as unknown as RawStudyOptions;

function jobOf(capture: string, startsNs: readonly number[] | null): ReplayJob {
  const studies = ['1', '2', '4', '8', '16'].map((maxAggr) =>
    resolveStudy({ ...DEFAULTS, poll: ['napi'], 'max-aggr': maxAggr }),
  );
  return {
    capture: join(CAPTURES, capture),
    session: studies[0]!.session,
    points: studies.map(({ study }) => study),
    startsNs,
  };
}

const run = (job: ReplayJob, threads: number, signal = new AbortController().signal): Promise<ReplayedJob> =>
  replayInThreads(job, false, signal, threads);

describe('a replay in threads', function () {
  this.timeout(60_000);

  for (const startsNs of [null, [4e6, 9e6]]) {
    it(`finds the same in one, two or four threads${startsNs === null ? '' : ', for each part too'}`, async () => {
      const job = jobOf('full-f4.pcap.gz', startsNs);
      const one = await run(job, 1);
      expect(one.records.map((part) => part.length)).to.deep.equal(startsNs === null ? [5] : [5, 5, 5, 5]);
      for (const threads of [2, 4]) expect(await run(job, threads)).to.deep.equal(one);
    });
  }

  it('stops all threads at one block, whenever it is interrupted', async () => {
    for (const afterMs of [0, 150]) {
      const controller = new AbortController();
      if (afterMs === 0) controller.abort();
      else setTimeout(() => controller.abort(), afterMs);
      const { records } = await run(jobOf('f1.pcap.gz', null), 2, controller.signal);
      const packets = new Set(records[0]!.map(({ capture }) => capture.packets));
      expect(packets.size, [...packets].join(' ')).to.equal(1);
      expect(records[0]).to.have.length(5);
      if (afterMs === 0) expect([...packets][0]).to.be.below(80_000);
    }
  });
});
