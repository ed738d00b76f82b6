/** Received rows parted by time, through sessions with a core and without, against a walk packet by packet. */
import { expect } from 'chai';
import fc from 'fast-check';
import { openSession } from '../../src/replay/session.ts';
import { splitByTime } from '../../src/replay/split-by-time.ts';
import { pcapFile } from '../helpers/capture-files.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

const EDGE_NS = 10;

/** Times by turn; a turn begins where an edge is passed, of which there is one every 10 ns. */
function turnsOf(times: readonly number[]): number[][] {
  const turns: number[][] = [[]];
  let edge = EDGE_NS;
  for (const time of times) {
    for (; time >= edge; edge += EDGE_NS) turns.push([]);
    turns.at(-1)!.push(time);
  }
  return turns;
}

async function splitOf(path: string, core: boolean): Promise<number[][]> {
  const session = await openSession(path, {
    receiver: { mode: 'all', why: '' },
    fcsBytes: null,
    stdin: () => process.stdin,
    core,
  });
  try {
    const turns: number[][] = [[]];
    const { table } = session;
    await session.run(() => {
      splitByTime(table, {
        edgeNs: () => turns.length * EDGE_NS,
        pass: () => {
          turns.push([]);
        },
        take() {
          const { rows, received, timeNs } = table;
          turns.at(-1)!.push(...Array.from(rows.subarray(0, received), (row) => timeNs[row]!));
        },
      });
      return undefined;
    });
    return turns;
  } finally {
    session.close();
  }
}

describe('received rows by time', () => {
  const folder = useTempFolder();
  const bytes = ethernet(ipv4Packet({}, {}));
  const steps = fc.array(fc.oneof(fc.nat(4), fc.nat(40), fc.integer({ min: -12, max: -1 })), {
    maxLength: 60,
  });

  for (const core of [true, false]) {
    it(`are in the turn of their time, or stay in a later one: ${core ? 'with' : 'without'} a core`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, fc.boolean(), async (gaps, isSorted) => {
          let now = 0;
          const times = [
            0,
            ...gaps.map((gap) => (now = Math.max(0, now + (isSorted ? Math.abs(gap) : gap)))),
          ];
          const path = folder.write(
            'times',
            pcapFile(times.map((time) => ({ bytes, timeNs: 1_000_000_000n + BigInt(time) }))),
          );
          expect(await splitOf(path, core)).to.deep.equal(turnsOf(times));
        }),
        { numRuns: 200 },
      );
    });
  }
});
