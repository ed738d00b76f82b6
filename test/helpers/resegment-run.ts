/** Resegments made-up frames, without a capture file. */
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import {
  createResegmenter,
  type ResegmentCounts,
  type ResegmentOptions,
} from '../../src/packet/resegment.ts';
import { createPacketTable, recordNumber } from '../../src/packet/table.ts';
import { type Frame, inBlocks } from './fill-table.ts';
import { type PlainPacket, plainPacket } from './read-capture.ts';

export interface ResegmentRun {
  readonly packets: readonly (PlainPacket & { readonly record: number })[];
  readonly counts: ResegmentCounts;
  /** Rows of each block that came out. */
  readonly blocks: readonly number[];
}

export interface ResegmentRunOptions extends Partial<ResegmentOptions> {
  /** Rows of a block. */
  readonly capacity?: number;
  /** Whether the frame of this index reached the receiver; all do where left out. */
  readonly received?: (index: number) => boolean;
  /** Shows the frames before the first pass, as the look for a receiver does. */
  readonly lookAhead?: boolean;
}

export function resegment(frames: readonly Frame[], options: ResegmentRunOptions = {}): ResegmentRun {
  const { capacity = 7, received = (): boolean => true } = options;
  const table = createPacketTable(capacity);
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  const { linkMbps = 1000, mtu = 1500 } = options;
  const resegmenter = createResegmenter(flows, { linkMbps, mtu }, capacity);
  const packets: (PlainPacket & { record: number })[] = [];
  const blocks: number[] = [];
  if (options.lookAhead === true) {
    inBlocks(table, frames, (block) => {
      decodeBlock();
      flows.assign(block);
      resegmenter.learn(block);
    });
    resegmenter.restart();
  }
  inBlocks(table, frames, (block) => {
    decodeBlock();
    flows.assign(block);
    block.received = 0;
    for (let row = 0; row < block.count; row++)
      if (received(block.firstRecord + row)) block.rows[block.received++] = row;
    resegmenter.start(block);
    while (resegmenter.next()) {
      const out = resegmenter.table;
      blocks.push(out.count);
      for (let row = 0; row < out.count; row++)
        packets.push({ ...plainPacket(out, row), record: recordNumber(out, row) });
    }
  });
  return { packets, counts: resegmenter.counts(), blocks };
}
