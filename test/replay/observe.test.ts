/** What is counted of received traffic in the core, against the code beside it. */
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createTrafficObserver, type TrafficCounts } from '../../src/replay/observe.ts';
import { openSession } from '../../src/replay/session.ts';
import { framesOf, trace } from '../coalesce/random-trace.ts';
import { pcapFile } from '../helpers/capture-files.ts';
import { CAPTURES, FORMATS, filesIn, useTempFolder } from '../helpers/surroundings.ts';

const isCapture = (name: string): boolean => /\.(pcap|pcapng)(\.gz)?$/.test(name);

async function observe(path: string, core: boolean, receiver: 'auto' | 'all'): Promise<TrafficCounts> {
  const session = await openSession(path, {
    receiver: receiver === 'all' ? { mode: 'all', why: '' } : 'auto',
    fcsBytes: null,
    stdin: () => process.stdin,
    core,
  });
  try {
    const observer = createTrafficObserver(session.table.core);
    await session.run((table) => {
      observer.addRecords(table);
      observer.add(table);
      return undefined;
    });
    return observer.counts();
  } finally {
    session.close();
  }
}

describe('received traffic, counted in the core and beside it', () => {
  const folder = useTempFolder();

  for (const base of [CAPTURES, FORMATS]) {
    for (const name of filesIn(base).filter(isCapture)) {
      it(`agrees on ${name}`, async () => {
        const path = join(base, name);
        expect(await observe(path, true, 'auto')).to.deep.equal(await observe(path, false, 'auto'));
      });
    }
  }

  it('agrees on random traffic', async () => {
    await fc.assert(
      fc.asyncProperty(trace, async (steps) => {
        const frames = framesOf(steps).map((frame) => ({ ...frame, timeNs: BigInt(frame.timeNs) }));
        const path = folder.write('random', pcapFile(frames));
        expect(await observe(path, true, 'all')).to.deep.equal(await observe(path, false, 'all'));
      }),
      { numRuns: 300 },
    );
  });
});
