/** Replays made-up frames through inet_lro, without a file. */
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import { REASONS } from '../../src/coalesce/reason.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createReceiverFilter } from '../../src/packet/receiver.ts';
import { BLOCK_ROWS, createPacketTable } from '../../src/packet/table.ts';
import { createLane } from '../../src/replay/coalesce.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { type JsonlStats, jsonlStats, skbJson } from '../../src/replay/skb-json.ts';
import { type Frame, inBlocks } from './fill-table.ts';

/** The delivered header, as its JSON line has it. */
export interface SkbHeader {
  readonly ipLength: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly flags: number;
  readonly tsval: number | null;
  readonly tsecr: number | null;
  readonly ipChecksum: number;
  readonly tcpChecksum: number;
}

export interface ReplayedSkb {
  readonly packets: readonly number[];
  readonly lro: boolean;
  readonly reason: string;
  readonly gsoSize: number;
  readonly header: SkbHeader;
  /** The delivered frame, as far as it was captured. */
  readonly bytes: Uint8Array;
  readonly wireBytes: number;
}

export interface Replayed {
  readonly skbs: readonly ReplayedSkb[];
  readonly stats: JsonlStats;
}

export interface ReplayOptions {
  readonly lro?: Partial<InetLroOptions>;
  readonly poll?: PollSpec;
  /** Rows of a block. */
  readonly rows?: number;
}

export function replayFrames(frames: readonly Frame[], options: ReplayOptions = {}): Replayed {
  const table = createPacketTable(options.rows ?? BLOCK_ROWS);
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  const filter = createReceiverFilter({ mode: 'all', why: '' });
  const skbs: ReplayedSkb[] = [];
  const sink = createRecorder(table, true, (skb) => {
    skbs.push({
      packets: [...skb.packets],
      lro: skb.held,
      reason: REASONS[skb.reason]!,
      gsoSize: skb.gsoSize,
      header: headerOf(skbJson(skb)),
      bytes: skb.bytes.slice(skb.frameOffset, skb.frameOffset + skb.capturedBytes),
      wireBytes: skb.wireBytes,
    });
  });
  const inetLro = { ...INET_LRO_DEFAULTS, ...options.lro };
  const lane = createLane(table, { engine: 'inet_lro', inetLro }, options.poll ?? { kind: 'end' }, sink);
  inBlocks(table, frames, () => {
    decodeBlock();
    flows.assign(table);
    filter(table, flows);
    lane.run(table);
  });
  lane.finish();
  return { skbs, stats: jsonlStats(lane.stats()) };
}

function headerOf(line: string): SkbHeader {
  const { ipLength, seq, ack, window, flags, tsval, tsecr, ipChecksum, tcpChecksum } = JSON.parse(
    line,
  ) as SkbHeader;
  return { ipLength, seq, ack, window, flags, tsval, tsecr, ipChecksum, tcpChecksum };
}
