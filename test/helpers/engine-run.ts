/** Runs a merge engine over made-up frames, without a capture file. */
import { LINK } from '../../src/capture/link-types.ts';
import { REASONS, type Reason } from '../../src/coalesce/reason.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { createLane, type EngineOptions } from '../../src/replay/coalesce.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { type JsonlStats, jsonlStats } from '../../src/replay/skb-json.ts';
import { type Frame, inBlocks } from './fill-table.ts';

export interface PlainSkb {
  readonly packets: readonly number[];
  readonly reason: Reason;
  readonly held: boolean;
  readonly pureAcks: number;
  readonly gsoSize: number;
  /** The frame as delivered, as far as it was captured. */
  readonly bytes: Uint8Array;
  readonly wireBytes: number;
}

export interface EngineRun {
  readonly skbs: readonly PlainSkb[];
  readonly stats: JsonlStats;
}

/** An Ethernet frame captured whole. */
export function frameOf(bytes: Uint8Array): Frame {
  return { bytes, wireBytes: bytes.length, linkType: LINK.ETHERNET, timeNs: 0 };
}

/** `lastPackets` end polls; `capacity` is the number of rows of a block. */
export function runEngine(
  frames: readonly Frame[],
  options: EngineOptions,
  lastPackets: readonly number[] = [],
  capacity = 5,
): EngineRun {
  const poll = { kind: 'file', file: '', lastPackets: Float64Array.from(lastPackets) } as const;
  return runPolls(frames, options, poll, capacity);
}

export function runPolls(
  frames: readonly Frame[],
  options: EngineOptions,
  poll: PollSpec,
  capacity = 5,
): EngineRun {
  const table = createPacketTable(capacity);
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  const skbs: PlainSkb[] = [];
  const recorder = createRecorder(table, true, (skb) => {
    const { frameOffset, capturedBytes, wireBytes, held, pureAcks, gsoSize } = skb;
    skbs.push({
      packets: [...skb.packets],
      reason: REASONS[skb.reason]!,
      held,
      pureAcks,
      gsoSize,
      bytes: skb.bytes.slice(frameOffset, frameOffset + capturedBytes),
      wireBytes,
    });
  });
  const lane = createLane(table, options, poll, recorder);
  inBlocks(table, frames, (block) => {
    decodeBlock();
    flows.assign(block);
    block.received = block.count;
    for (let row = 0; row < block.count; row++) block.rows[row] = row;
    lane.run(block);
  });
  lane.finish();
  return { skbs, stats: jsonlStats(lane.stats()) };
}
