/** Lets the core run a lane: its engine, what it counts, and where its skbs go. */
import type { Engine } from '../coalesce/engine.ts';
import type { CoreTarget } from '../nic/poll-model.ts';
import type { PacketTable } from '../packet/table.ts';

/** What a lane wants to know of skbs: the same in all ways that a path has to count them. */
export interface RunSink {
  /** Packets taken, beside those that the engine was handed. */
  readonly count: (packets: number) => void;
  readonly deliver: CoreTarget['deliver'];
}

/** Left out where the core does not know the engine. */
export function coreTarget(
  table: PacketTable,
  engine: Engine,
  { count, deliver }: RunSink,
): CoreTarget | undefined {
  const { core } = table;
  const { inCore, counters } = engine;
  if (core === null || inCore === undefined) return undefined;
  return {
    core,
    merge: inCore,
    count(taken, flushed) {
      count(taken);
      if (inCore.maxDesc > 0) counters.aggregated += taken;
      counters.flushed += flushed;
    },
    deliver,
  };
}
