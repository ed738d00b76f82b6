/** Lets the core run a lane: its engine, what it counts, and where its skbs go. */
import type { Engine } from '../coalesce/engine.ts';
import type { CoreTarget } from '../nic/poll-model.ts';
import type { PacketTable } from '../packet/table.ts';
import { createSkbLog, type SkbLog, type TakeLog } from './skb-log.ts';

/** What a lane wants to know of skbs. */
export interface RunSink {
  /** Packets taken, beside those that the engine was handed. */
  readonly count: (packets: number) => void;
  readonly deliver: TakeLog;
}

/** Left out where the core does not know the engine. */
export function coreTarget(
  table: PacketTable,
  engine: Engine,
  sinkOf: (log: SkbLog) => RunSink,
): CoreTarget | undefined {
  const { core } = table;
  const { inCore, counters } = engine;
  if (core === null || inCore === undefined) return undefined;
  const { count, deliver } = sinkOf(createSkbLog(core));
  return {
    core,
    merge: inCore,
    count(taken, flushed, alone, noDesc) {
      count(taken);
      if (inCore.maxDesc > 0) counters.aggregated += taken - alone;
      counters.flushed += flushed;
      counters.noDesc += noDesc;
    },
    deliver(entries) {
      if (entries > 0) deliver(entries);
    },
  };
}
