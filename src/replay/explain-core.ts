/** Lets the core run the lane of an engine that is explained (wasm/explain-lane.ts). */
import { reserveWords } from '../capture/core.ts';
import type { Engine } from '../coalesce/engine.ts';
import { WORD } from '../coalesce/gro-room.ts';
import type { CoreTarget, ExplainedTarget } from '../nic/poll-model.ts';
import type { PacketTable } from '../packet/table.ts';
import { coreTarget } from './core-target.ts';
import type { LossCounter } from './merge-losses.ts';

/** What is explained, beside the address of its block. */
export interface ExplainedSink extends Pick<ExplainedTarget, 'deliver'> {
  /** The core took the packets `from … to-1`, in this poll. */
  take(from: number, to: number): void;
  endPoll(): void;
}

/** Left out where the core does not know the engine, or has no room. */
export function explainedTarget(
  table: PacketTable,
  engine: Engine,
  losses: LossCounter,
  sink: ExplainedSink,
): CoreTarget | undefined {
  const usual = coreTarget(table, engine, { count() {}, deliver() {} });
  if (usual === undefined || usual.merge.maxDesc === 0) return undefined;
  const block = reserveWords(table.core, 5);
  if (losses.inCore === null || block.buffer !== usual.core.buffer) return undefined;
  const { gro } = usual.merge;
  const { states, counts } = losses.inCore;
  block.set([states, counts, gro === null ? 0 : gro[WORD.LAST_SLOTS]!, gro === null ? 0 : 1]);
  /** The first packet that nobody was told of. */
  let first = 0;

  function takeUpTo(next: number): void {
    if (next > first) sink.take(first, next);
    first = next;
  }

  const explained: ExplainedTarget = {
    address: block.byteOffset,
    begin(from) {
      first = from;
    },
    deliver: sink.deliver,
    endPoll(next) {
      takeUpTo(next);
      sink.endPoll();
    },
    end: takeUpTo,
  };
  return { ...usual, explained };
}
