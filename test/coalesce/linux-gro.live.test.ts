import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SkbSink } from '../../src/coalesce/engine.ts';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { coalesce } from '../../src/replay/coalesce.ts';
import { openSession } from '../../src/replay/session.ts';
import { frameOf } from '../helpers/engine-run.ts';
import { ethernet } from '../helpers/links.ts';
import { LIVE, type LiveRun, liveRuns, skbsOf, vethOf } from '../helpers/live-runs.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { type PlainCapture, type PlainPacket, readCapture } from '../helpers/read-capture.ts';
import { ROOT } from '../helpers/surroundings.ts';
import { impossibleSkbs } from './possible-merges.ts';

const page = readFileSync(join(ROOT, 'docs', 'polls.md'), 'utf8');

/** How near the prediction must come, by the issue. */
const TOLERANCE = 0.15;

async function predicted(run: LiveRun, poll: PollSpec): Promise<number> {
  const receiver = { mode: 'all', why: '' } as const;
  const stdin = () => process.stdin;
  const session = await openSession(join(LIVE, run.capture), { receiver, fcsBytes: null, stdin });
  let segments = 0;
  let skbs = 0;
  const { table } = session;
  const sink: SkbSink = {
    deliverHeld(skb) {
      segments += skb.segments;
      skbs++;
    },
    deliverAlone(row) {
      if (table.tcpAt[row] === 0 || table.payloadBytes[row]! <= 0) return;
      segments++;
      skbs++;
    },
  };
  const linuxGro = { ...LINUX_GRO_DEFAULTS, buckets: 1 };
  await coalesce(session, { engine: 'linux-gro', inetLro: INET_LRO_DEFAULTS, linuxGro }, poll, sink);
  session.close();
  return segments / skbs;
}

describe('linux-gro and a kernel left alone', () => {
  const runs = liveRuns();

  it('has four runs', () => {
    expect(runs).to.have.length(4);
  });

  for (const run of runs) {
    describe(`${run.capture}, ${run.settings}`, () => {
      const skbs = skbsOf(run);
      let packets: readonly PlainPacket[] = [];

      before(async () => {
        const capture: PlainCapture = await readCapture(join(LIVE, run.capture));
        ({ packets } = capture);
      });

      it('lists skbs that have the number of segments given', () => {
        const data = skbs.filter(([first]) => (packets[first!]?.tcp?.payloadBytes ?? 0) > 0);
        const segments = data.reduce((sum, skb) => sum + skb.length, 0);
        expect(segments / data.length).to.be.closeTo(run.dataSegmentsPerSkb, 0.01);
      });

      it('made no skb that the engine could not have made', () => {
        expect(impossibleSkbs(packets, skbs)).to.deep.equal([]);
      });

      it('made skbs among which a wrong one is found', () => {
        const long = skbs.filter((skb) => skb.length > 2).filter((_, i) => i % 20 === 0);
        expect(long).to.have.length.above(5);
        const withGaps = long.map(([first, , ...others]) => [first!, ...others]);
        expect(impossibleSkbs(packets, withGaps)).to.deep.equal(withGaps);
      });

      it(`merges as far as the poll model says, within ${100 * TOLERANCE} %`, async () => {
        const prediction = await predicted(run, vethOf(run));
        const off = prediction / run.dataSegmentsPerSkb - 1;
        expect(off).to.be.within(-TOLERANCE, TOLERANCE);
        const percent = `${off < 0 ? '−' : '+'}${Math.abs(100 * off).toFixed(1)} %`;
        const row = `| ${run.dataSegmentsPerSkb.toFixed(2)} | ${prediction.toFixed(2)} | ${percent} |`;
        expect(page.includes(row), `docs/polls.md has no ${row}`).to.equal(true);
      });
    });
  }
});

describe('impossibleSkbs', () => {
  const flow = (sourcePort: number, i: number, flags = 0x10): PlainPacket => {
    const tcp = { sourcePort, seq: 1 + 100 * i, flags, payload: new Uint8Array(100) };
    return { ...frameOf(ethernet(ipv4Packet({ id: i }, tcp))) } as unknown as PlainPacket;
  };

  it('finds a merge over PSH, and one of two flows', () => {
    const frames = [flow(1, 0), flow(1, 1, 0x18), flow(1, 2), flow(2, 0)];
    expect(impossibleSkbs(frames, [[0, 1], [2], [3]])).to.deep.equal([]);
    expect(impossibleSkbs(frames, [[0, 1, 2], [3]])).to.deep.equal([[0, 1, 2]]);
    expect(impossibleSkbs(frames, [[0, 3]])).to.deep.equal([[0, 3]]);
  });

  it('takes a merge that ended early for possible: a poll may have', () => {
    const frames = [flow(1, 0), flow(1, 1), flow(1, 2)];
    expect(impossibleSkbs(frames, [[0], [1], [2]])).to.deep.equal([]);
  });

  it('knows that an older skb is pushed out first', () => {
    // Flows 1 to 8 fill the list, then each goes on; flow 9 pushes out flow 1, not flow 8.
    const ports = [1, 2, 3, 4, 5, 6, 7, 8];
    const frames = [
      ...ports.map((port) => flow(port, 0)),
      ...ports.slice(1).map((port) => flow(port, 1)),
      flow(9, 0),
      flow(8, 2),
    ];
    const skbs = [[0], ...ports.slice(1, 7).map((_, i) => [i + 1, i + 8]), [7, 14, 16], [15]];
    expect(impossibleSkbs(frames, skbs)).to.deep.equal([]);
  });
});
