/** One engine over one capture: `analyze coalesce`. */
import type { Engine, EngineCounters, SkbSink } from '../coalesce/engine.ts';
import { createInetLro, type InetLroOptions } from '../coalesce/inet-lro.ts';
import { createLinuxGro, LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../coalesce/linux-gro.ts';
import { createNone } from '../coalesce/none.ts';
import { REASON } from '../coalesce/reason.ts';
import { createPollModel, type PollSpec } from '../nic/poll.ts';
import type { PacketTable } from '../packet/table.ts';
import type { Session } from './session.ts';

/** The merge engines by name. */
export const ENGINES = ['none', 'inet_lro', 'linux-gro'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface EngineOptions {
  readonly engine: EngineName;
  readonly inetLro: InetLroOptions;
  /** The defaults where left out. */
  readonly linuxGro?: LinuxGroOptions;
}

export interface CoalesceStats extends EngineCounters {
  /** Packets that the engine received. */
  packets: number;
  /** Skbs delivered. */
  delivered: number;
  polls: number;
}

export function createEngine(table: PacketTable, options: EngineOptions, sink: SkbSink): Engine {
  switch (options.engine) {
    case 'none':
      return createNone(table, sink);
    case 'inet_lro':
      return createInetLro(table, options.inetLro, sink);
    case 'linux-gro':
      return createLinuxGro(table, options.linuxGro ?? LINUX_GRO_DEFAULTS, sink);
  }
}

/** An engine with its polls: one lane of a replay, fed block by block. */
export interface Lane {
  run(table: PacketTable): void;
  finish(): void;
  /** Valid after `finish`. */
  stats(): CoalesceStats;
}

export function createLane(table: PacketTable, options: EngineOptions, poll: PollSpec, sink: SkbSink): Lane {
  let packets = 0;
  const engine = createEngine(table, options, sink);
  const model = createPollModel(poll, engine, {
    pollEnd: REASON['poll-end'],
    captureEnd: REASON['capture-end'],
  });
  return {
    run(block) {
      packets += block.received;
      model.run(block);
    },
    finish: () => model.finish(),
    stats() {
      const { counters } = engine;
      // Every packet either entered a slot or was delivered alone.
      const delivered = counters.flushed + packets - counters.aggregated;
      return { ...counters, packets, delivered, polls: model.polls() };
    },
  };
}

/** Runs the whole capture through one engine. */
export async function coalesce(
  session: Session,
  options: EngineOptions,
  poll: PollSpec,
  sink: SkbSink,
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<CoalesceStats> {
  const lane = createLane(session.table, options, poll, sink);
  await session.run((table) => {
    lane.run(table);
    return afterBlock?.();
  }, signal);
  lane.finish();
  return lane.stats();
}
