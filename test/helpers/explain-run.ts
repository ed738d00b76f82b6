/** Runs the lane of `analyze explain` over made-up frames, without a capture file. */
import type { SkbSink } from '../../src/coalesce/engine.ts';
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../../src/coalesce/linux-gro.ts';
import { type Obstacle, type ObstacleSet, obstacleSet } from '../../src/coalesce/obstacle.ts';
import { createSoftirq, NO_CYCLES } from '../../src/nic/softirq.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createPacketTable, type PacketTable } from '../../src/packet/table.ts';
import { createLane, type EngineName, type EngineOptions } from '../../src/replay/coalesce.ts';
import { createExplainLane, type ExplainLane } from '../../src/replay/explain-lane.ts';
import { createPacketTrace, type PacketTrace } from '../../src/replay/packet-trace.ts';
import { withoutObstacles } from '../../src/replay/what-if.ts';
import { frameOf } from './engine-run.ts';
import { inBlocks } from './fill-table.ts';

export interface ExplainSetup {
  readonly engine: EngineName;
  readonly inetLro?: Partial<InetLroOptions>;
  readonly linuxGro?: Partial<LinuxGroOptions>;
  readonly lastPackets?: readonly number[];
  readonly sets?: readonly ObstacleSet[];
  /** Packets to follow. */
  readonly packets?: readonly number[];
  /** Rows of a block. */
  readonly rows?: number;
  /** In stead of a table with `rows` rows. */
  readonly table?: PacketTable;
  /** Is told what is delivered. */
  readonly observer?: SkbSink;
}

export interface ExplainRun {
  readonly lane: ExplainLane;
  readonly trace: PacketTrace;
  /** Skbs with payload without the obstacles. */
  without(...obstacles: readonly Obstacle[]): number;
}

export function engineOptions({ engine, inetLro, linuxGro }: ExplainSetup): EngineOptions {
  return {
    engine,
    inetLro: { ...INET_LRO_DEFAULTS, ...inetLro },
    linuxGro: { ...LINUX_GRO_DEFAULTS, ...linuxGro },
  };
}

function feed(table: PacketTable, frames: readonly Uint8Array[], run: (block: PacketTable) => void): void {
  const decodeBlock = createDecoder(table);
  const flows = createFlowTable();
  inBlocks(table, frames.map(frameOf), (block) => {
    decodeBlock();
    flows.assign(block);
    block.received = block.count;
    for (let row = 0; row < block.count; row++) block.rows[row] = row;
    run(block);
  });
}

function pollsOf({ lastPackets }: ExplainSetup) {
  return { kind: 'file', file: '', lastPackets: Float64Array.from(lastPackets ?? []) } as const;
}

export function explainFrames(frames: readonly Uint8Array[], setup: ExplainSetup): ExplainRun {
  const table = setup.table ?? createPacketTable(setup.rows ?? 5);
  const options = engineOptions(setup);
  const trace = createPacketTrace(table, setup.packets ?? [], {
    maxAggr: options.inetLro.maxAggr,
    maxBytes: 65_535,
  });
  const lane = createExplainLane(table, {
    options,
    poll: pollsOf(setup),
    softirq: createSoftirq(NO_CYCLES, 1),
    sets: setup.sets ?? [],
    trace: setup.packets === undefined ? null : trace,
    observer: setup.observer ?? null,
  });
  feed(table, frames, lane.run);
  lane.finish();
  return {
    lane,
    trace,
    without: (...obstacles) => {
      const difference = lane.difference(obstacleSet(obstacles));
      if (difference === null) throw new Error(`not replayed without ${obstacles.join(', ')}`);
      return lane.dataSkbs() + difference;
    },
  };
}

/** Skbs with payload of one replay of everything, with an engine of its own: what the lazy replays have to come to. */
export function replayAll(frames: readonly Uint8Array[], setup: ExplainSetup, waived: ObstacleSet): number {
  const table = createPacketTable(setup.rows ?? 5);
  let dataSkbs = 0;
  const sink: SkbSink = {
    deliverHeld() {
      dataSkbs++;
    },
    deliverAlone(row) {
      if (table.tcpAt[row] !== 0 && table.payloadBytes[row]! > 0) dataSkbs++;
    },
  };
  const endless = (waived & obstacleSet(['poll-end'])) !== 0;
  const poll = endless ? ({ kind: 'end' } as const) : pollsOf(setup);
  const lane = createLane(table, withoutObstacles(engineOptions(setup), waived), poll, sink);
  feed(table, frames, lane.run);
  lane.finish();
  return dataSkbs;
}
