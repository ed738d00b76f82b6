/** What lanes in the core delivered: counted there, and as skbs one by one. */
import { expect } from 'chai';
import fc from 'fast-check';
import { type Core, createCore } from '../../src/capture/core.ts';
import { REASONS } from '../../src/coalesce/reason.ts';
import { createXenPath } from '../../src/path/xen-path.ts';
import { countSkbs, createLogCounter, createReasonCounts } from '../../src/replay/reason-counts.ts';
import { createLogPasser, createSkbLog } from '../../src/replay/skb-log.ts';
import {
  choices,
  configuration,
  passOneByOne,
  receiveMode,
  type SkbRun,
  skbRuns,
} from '../helpers/skb-runs.ts';

const NO_RUN = { receivedFrames: 0, enginePackets: 0, polls: 0 };
const FEWEST_FREE_BYTES = 100_000;

interface LoggedRun extends SkbRun {
  readonly reason: number;
}

const loggedRuns = skbRuns.chain((runs) =>
  fc
    .array(fc.nat(REASONS.length - 1), { minLength: runs.length, maxLength: runs.length })
    .map((reasons) => runs.map((run, index): LoggedRun => ({ ...run, reason: reasons[index]! }))),
);

/** Entries as wasm/delivery.ts writes them. */
function write(core: Core, runs: readonly LoggedRun[]): void {
  const words = runs.flatMap(({ reason, skb, times, polls }) => [
    reason,
    skb.segments,
    skb.payloadBytes,
    skb.frameBytes,
    times,
    polls,
  ]);
  new Int32Array(core.buffer, core.at.LOG, words.length).set(words);
}

/** Up to and with each run after which somebody looks. */
function inLogs(runs: readonly LoggedRun[]): LoggedRun[][] {
  const logs: LoggedRun[][] = [[]];
  for (const run of runs) {
    logs.at(-1)!.push(run);
    if (run.isLookedAt) logs.push([]);
  }
  return logs;
}

function fillUp(core: Core): void {
  while (core.reserve(FEWEST_FREE_BYTES) !== null);
  while (core.reserve(64) !== null);
}

describe('the log of delivered skbs', () => {
  let core = createCore();
  beforeEach(() => {
    core = createCore();
  });

  for (const hasRoom of [true, false]) {
    it(`goes down a path as its skbs do, ${hasRoom ? 'in the core' : 'beside a core that is full'}`, () => {
      if (!hasRoom) fillUp(core);
      const log = createSkbLog(core);
      fc.assert(
        fc.property(configuration, receiveMode, loggedRuns, choices, (...made) => {
          const [configuration, receiveMode, runs, chosen] = made;
          const options = { configuration, receiveMode, lroMode: 'skb', ...chosen } as const;
          const [logged, one] = [createXenPath(options, core), createXenPath(options)];
          const pass = createLogPasser(logged, log);
          for (const part of inLogs(runs)) {
            write(core, part);
            pass(part.length);
            for (const run of part) passOneByOne(one, run);
            expect(logged.snapshot(NO_RUN)).to.deep.equal(one.snapshot(NO_RUN));
          }
          expect(logged.finish(NO_RUN)).to.deep.equal(one.finish(NO_RUN));
        }),
        { numRuns: 500 },
      );
    });

    it(`is counted by reason, ${hasRoom ? 'in the core' : 'beside it'}`, () => {
      if (!hasRoom) fillUp(core);
      const log = createSkbLog(core);
      fc.assert(
        fc.property(loggedRuns, (runs) => {
          const logged = createReasonCounts(core);
          const one = createReasonCounts(null);
          const count = createLogCounter(logged, log);
          for (const part of inLogs(runs)) {
            write(core, part);
            count(part.length);
          }
          for (const { reason, skb, times, polls } of runs)
            for (let i = 0; i < times * Math.max(1, polls); i++) countSkbs(one, reason, skb.segments, 1);
          expect(logged).to.deep.equal(one);
        }),
      );
    });
  }

  it('has sizes that it met counted in the core alone', () => {
    const log = createSkbLog(core);
    const path = createXenPath({ configuration: 'LRO', receiveMode: 'flip', lroMode: 'skb' }, core);
    const skb = { segments: 3, payloadBytes: 4344, frameBytes: 4410 };
    write(core, [{ skb, times: 2, polls: 1, reason: 1, isLookedAt: false }]);
    createLogPasser(path, log)(1);
    expect(path.passInCore(0, 1)).to.equal(1);
  });
});
