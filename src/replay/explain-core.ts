/** Lets the core run the lane of an engine that is explained (wasm/explain-lane.ts). */
import { reserveWords } from '../capture/core.ts';
import type { Engine } from '../coalesce/engine.ts';
import { WORD } from '../coalesce/gro-room.ts';
import { OBSTACLES_OF_REASON } from '../coalesce/obstacle.ts';
import type { CoreTarget } from '../nic/poll-model.ts';
import type { PacketTable } from '../packet/table.ts';
import { coreTarget } from './core-target.ts';
import type { FateCounts } from './fate-counts.ts';
import type { LossCounter } from './merge-losses.ts';
import type { PollProgress } from './poll-progress.ts';

/** What is kept of a lane outside of the core. */
export interface ExplainedSink {
  /** The core takes received packets from here on, … */
  begin(from: number): void;
  /** … took those up to here, and delivered so many skbs with payload. */
  end(next: number, dataSkbs: number): void;
}

const BLOCK_WORDS = 10;
/** Of them, the skbs with payload of a call. */
const CALL_DATA_SKBS = 9;

/** Left out where the core does not know the engine, or has no room. `lists`: whether anybody asks for the polls. */
export function explainedTarget(
  table: PacketTable,
  engine: Engine,
  fates: FateCounts,
  losses: LossCounter,
  { words, polls }: PollProgress,
  lists: boolean,
  sink: ExplainedSink,
): CoreTarget | undefined {
  const usual = coreTarget(table, engine, () => ({ count() {}, deliver() {} }));
  if (usual === undefined || usual.merge.maxDesc === 0) return undefined;
  if (losses.inCore === null || fates.inCore === 0) return undefined;
  const { core, merge } = usual;
  const block = reserveWords(core, BLOCK_WORDS);
  const obstacles = reserveWords(core, OBSTACLES_OF_REASON.length);
  if ([block, obstacles, words, polls].some(({ buffer }) => buffer !== core.buffer)) return undefined;
  obstacles.set(OBSTACLES_OF_REASON);
  const { gro } = merge;
  block.set([
    losses.inCore.states,
    losses.inCore.counts,
    gro === null ? 0 : gro[WORD.LAST_SLOTS]!,
    gro === null ? 0 : 1,
    words.byteOffset,
    lists ? polls.byteOffset : 0,
    obstacles.byteOffset,
    0,
    fates.inCore,
  ]);
  return {
    ...usual,
    explained: block.byteOffset,
    begin: sink.begin,
    deliver(_entries, next) {
      const dataSkbs = block[CALL_DATA_SKBS]!;
      block[CALL_DATA_SKBS] = 0;
      sink.end(next, dataSkbs);
    },
  };
}
