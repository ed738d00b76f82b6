import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Engine, SkbSink } from '../../src/coalesce/engine.ts';
import { createLinuxGro, LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../../src/coalesce/linux-gro.ts';
import { REASON, REASONS } from '../../src/coalesce/reason.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { frameOf } from '../helpers/engine-run.ts';
import { fillTable } from '../helpers/fill-table.ts';
import { type ModelSkb, modelGro } from './linux-gro-model.ts';
import { TRAFFIC } from './linux-gro-traffic.ts';
import { ofFlow } from './linux-gro-trains.ts';

/** Runs the engine over whole frames; `between` is called with it before each packet and, `after`, behind it. */
function drive(
  frames: readonly Uint8Array[],
  options: Partial<LinuxGroOptions>,
  between: (engine: Engine, packet: number, after: boolean) => void,
): ModelSkb[] {
  const table = createPacketTable(frames.length);
  fillTable(table, frames.map(frameOf));
  createDecoder(table)();
  createFlowTable().assign(table);
  table.received = table.count;
  for (let row = 0; row < table.count; row++) table.rows[row] = row;
  const out: ModelSkb[] = [];
  const sink: SkbSink = createRecorder(table, false, ({ packets, reason }) =>
    out.push({ packets: [...packets], reason: REASONS[reason]! }),
  );
  const engine = createLinuxGro(table, { ...LINUX_GRO_DEFAULTS, verifyChecksums: true, ...options }, sink);
  for (let row = 0; row < table.count; row++) {
    between(engine, row, false);
    engine.receive(row, row + 1);
    between(engine, row, true);
  }
  engine.flushAll(REASON['capture-end']);
  return out;
}

const PLACES = fc.uniqueArray(fc.nat(60), { maxLength: 12 });

describe('linux-gro, polls that end without delivering what is young', () => {
  it('delivers what the slow model delivers', () => {
    fc.assert(
      fc.property(TRAFFIC, PLACES, PLACES, (traffic, ticks, oldEnds) => {
        const { frames, lastPackets, perBucket, maxSize } = traffic;
        const skbs = drive(
          frames,
          { buckets: 1, perBucket, maxSize },
          ({ aging, flushAll }, packet, after) => {
            if (!after && ticks.includes(packet)) aging?.beginTick();
            if (after && oldEnds.includes(packet)) aging?.flushOld(REASON['poll-end']);
            if (after && lastPackets.includes(packet)) flushAll(REASON['poll-end']);
          },
        );
        const model = modelGro(frames, lastPackets, { perBucket, maxSize, ticks, oldEnds });
        expect(skbs).to.deep.equal(model);
      }),
      { numRuns: 600 },
    );
  });

  it('goes by when an skb was first held, not by its last packet', () => {
    const frames = [ofFlow(0, 0), ofFlow(0, 1), ofFlow(0, 2)];
    const skbs = drive(frames, { buckets: 1 }, ({ aging }, packet, after) => {
      if (!after) aging?.beginTick();
      else if (packet === 1) aging?.flushOld(REASON['poll-end']);
    });
    expect(skbs.map(({ packets }) => packets)).to.deep.equal([[0, 1], [2]]);
  });

  it('looks into every list, and leaves what is young in each', () => {
    const flows = Array.from({ length: 20 }, (_, flow) => flow);
    const frames = [...flows.slice(0, 10), ...flows.slice(10)].map((flow) => ofFlow(flow));
    const skbs = drive(frames, { buckets: 4, perBucket: 20 }, ({ aging }, packet, after) => {
      if (packet === 10 && !after) aging?.beginTick();
      if (packet === 19 && after) aging?.flushOld(REASON['poll-end']);
    });
    const ended = skbs.filter(({ reason }) => reason === 'poll-end').flatMap(({ packets }) => packets);
    expect(ended.toSorted((a, b) => a - b)).to.deep.equal(flows.slice(0, 10));
    expect(skbs).to.have.length(20);
  });
});
