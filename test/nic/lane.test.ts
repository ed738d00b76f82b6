/** `napi` with the real engine and the real path: through the library, and through the command. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import type { NapiSpec } from '../../src/nic/napi-state.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { createLane } from '../../src/replay/coalesce.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { skbJson } from '../../src/replay/skb-json.ts';
import { createPricedSoftirq } from '../../src/replay/softirq.ts';
import { runCommand } from '../helpers/command.ts';
import { type Frame, inBlocks } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, ipv4Packet } from '../helpers/packets.ts';
import { ROOT } from '../helpers/surroundings.ts';

const TG3: NapiSpec = {
  kind: 'napi',
  nic: 'tg3',
  moderation: { kind: 'coalesce', rxUsecs: 20, rxFrames: 5, timer: 'first' },
  ringPackets: 32,
  weight: 8,
  cpuGhz: 2,
  interruptLatencyUs: 2,
  perPacketShare: 0.5,
  afterFlush: 'interrupt',
  timeScale: 1,
};

interface MadeSegment {
  readonly gapNs: number;
  readonly flow: number;
  readonly payloadBytes: number;
  readonly lost: boolean;
}

/** Data segments of three flows, some of them out of sequence. */
function framesOf(segments: readonly MadeSegment[]): Frame[] {
  const nextSeq = [1, 1, 1];
  let timeNs = 0;
  return segments.map(({ gapNs, flow, payloadBytes, lost }) => {
    timeNs += gapNs;
    if (lost) nextSeq[flow]! += 1000;
    const seq = nextSeq[flow]!;
    nextSeq[flow]! += payloadBytes;
    const tcp = { sourcePort: 1000 + flow, seq, flags: FLAG.ACK, payload: new Uint8Array(payloadBytes) };
    const bytes = ethernet(ipv4Packet({}, tcp));
    return { bytes, wireBytes: bytes.length, linkType: 1, timeNs };
  });
}

/** The skbs as text, with the counters last. */
function replay(frames: readonly Frame[], blockRows: number): string[] {
  const table = createPacketTable(blockRows);
  const decode = createDecoder(table);
  const flows = createFlowTable();
  const lines: string[] = [];
  const sink = createRecorder(table, false, (skb) => lines.push(skbJson(skb)));
  const price = {
    configuration: 'LRO',
    receiveMode: 'flip',
    lroMode: 'skb',
    profile: loadProfile('aizu-2008'),
  } as const;
  const softirq = createPricedSoftirq(price, true, TG3);
  const lane = createLane(table, { engine: 'inet_lro', inetLro: INET_LRO_DEFAULTS }, TG3, sink, { softirq });
  inBlocks(table, frames, () => {
    decode();
    flows.assign(table);
    table.received = table.count;
    for (let row = 0; row < table.count; row++) table.rows[row] = row;
    lane.run(table);
  });
  lane.finish();
  return [...lines, JSON.stringify(lane.stats())];
}

describe('napi above inet_lro', () => {
  const segments = fc.array(
    fc.record({
      gapNs: fc.oneof(fc.nat(2000), fc.nat(40_000)),
      flow: fc.nat(2),
      payloadBytes: fc.constantFrom(0, 1, 500, 1448),
      lost: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 120 },
  );

  it('delivers the same skbs and hold times in blocks of any size', () => {
    fc.assert(
      fc.property(segments, fc.integer({ min: 1, max: 50 }), (made, blockRows) => {
        const frames = framesOf(made);
        expect(replay(frames, blockRows)).to.deep.equal(replay(frames, 200));
      }),
    );
  });

  it('holds every packet that it did not drop for a time', () => {
    fc.assert(
      fc.property(segments, (made) => {
        const stats = JSON.parse(replay(framesOf(made), 200).at(-1)!);
        expect(stats.packets + stats.dropped).to.equal(made.length);
        expect(stats.holdTimes.count).to.equal(stats.packets);
      }),
    );
  });
});

describe('--polls-out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'analyze-polls-'));
  after(() => rmSync(folder, { recursive: true }));
  const capture = join(ROOT, 'captures', 'full-f4.pcap.gz');

  for (const poll of ['napi', 'veth', 'window:50:8', 'batch:7']) {
    it(`writes the polls of ${poll} so that --poll file: gives the same skbs`, async () => {
      const file = join(folder, `${poll.replaceAll(':', '-')}.polls`);
      const written = await runCommand(['coalesce', capture, '--jsonl', '--poll', poll, '--polls-out', file]);
      expect(written.code).to.equal(0);
      const boundaries = readFileSync(file, 'utf8').trimEnd().split('\n');
      expect(boundaries).to.have.length.above(20);
      const read = await runCommand(['coalesce', capture, '--jsonl', '--poll', `file:${file}`]);
      expect(read.stdout).to.equal(written.stdout);
    });
  }
});

describe('--poll napi of the main command', () => {
  const capture = join(ROOT, 'captures', 'full-f4.pcap.gz');
  const analyze = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand([capture, '--format', 'none', '--json', '-q', ...args]);

  it('has the counters that coalesce has for the configuration', async () => {
    const record = JSON.parse((await analyze('--poll', 'napi', '--cpu-ghz', '1')).stdout);
    for (const configuration of record.configurations.slice(1)) {
      const args = ['--poll', 'napi', '--cpu-ghz', '1', '--configuration', configuration.name, '--jsonl'];
      const lines = (await runCommand(['coalesce', capture, ...args])).stdout.trimEnd().split('\n');
      const { stats } = JSON.parse(lines.at(-1)!);
      expect(configuration.counters).to.include(stats);
    }
  });

  it('finds the pace at which offered and predicted throughput agree', async () => {
    const record = JSON.parse((await analyze('--poll', 'napi', '--pace', 'cpu')).stdout);
    for (const { pace, predictedThroughputMbps } of record.configurations) {
      expect(pace.converged).to.equal(true);
      expect(predictedThroughputMbps).to.be.closeTo(pace.offeredMbps, 0.001 * pace.offeredMbps);
    }
  });

  it('offers a given rate', async () => {
    const record = JSON.parse((await analyze('--poll', 'napi', '--pace', '400')).stdout);
    const [, lro] = record.configurations;
    expect(lro.pace.offeredMbps).to.equal(400);
    expect(lro.pace.timeScale).to.be.closeTo(record.throughput.capturedGoodputMbps / 400, 1e-9);
  });

  it('warns of packets that a slow processor drops', async () => {
    const { stdout } = await analyze('--poll', 'napi', '--cpu-ghz', '0.5', '--ring', '16');
    const record = JSON.parse(stdout);
    expect(record.warnings.map((warning: { code: string }) => warning.code)).to.include('W-RING-FULL');
    const [xen] = record.configurations;
    expect(xen.counters.packets + xen.counters.dropped).to.equal(record.receiver.packets);
  });

  const refused: readonly (readonly string[])[] = [
    ['--poll', 'window:125', '--nic', 'tg3'],
    ['--poll', 'end', '--pace', 'cpu'],
    ['--poll', 'napi', '--pace', 'fast'],
    ['--poll', 'napi', '--pace', 'cpu', '--law', 'none'],
    ['--poll', 'napi', '--nic', 'e1000', '--rx-timer', 'last'],
    ['--poll', 'napi', '--weight', '0'],
    ['--poll', 'napi', '--poll-share', '1.5'],
  ];
  for (const args of refused) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, stderr } = await analyze(...args);
      expect(code, stderr).to.equal(2);
    });
  }
});
