/** Replays without reordering: the packets of each window in sequence order, see sequence-order.ts. */
import type { Engine } from '../coalesce/engine.ts';
import { OBSTACLE, type ObstacleSet } from '../coalesce/obstacle.ts';
import type { PacketTable } from '../packet/table.ts';
import { createEngine, type EngineOptions, reserveState } from './coalesce.ts';
import { createSequenceOrder, type OrderedWindow } from './sequence-order.ts';
import { countingSink, type PollFollower, withoutObstacles } from './what-if.ts';

export interface OrderedWhatIfs extends PollFollower {
  /** Skbs with payload more (or, below 0, fewer) than in the plain run, for each set; null for sets not asked for. */
  difference(waived: ObstacleSet): number | null;
}

/** A window that begins and ends with a poll, and in which nothing is out of order, is not replayed: its skbs are those of the plain run. */
export function createOrderedWhatIfs(
  table: PacketTable,
  options: EngineOptions,
  sets: readonly ObstacleSet[],
  captureEnd: number,
): OrderedWhatIfs {
  const wholePackets = options.inetLro.verifyChecksums || options.linuxGro?.verifyChecksums === true;
  const order = createSequenceOrder(table, wholePackets, captureEnd, replayWindow);
  const replays = sets.map((waived) => ({
    waived,
    endless: (waived & OBSTACLE['poll-end']) !== 0,
    onlyOrder: waived === OBSTACLE.reordering,
    ...countInTwoTables(table, order.table, options, waived),
    skipped: 0,
  }));
  type Replay = (typeof replays)[number];
  /** Whether engines hold nothing where the window begins, and what the plain run had delivered by then. */
  let atPollEnd = true;
  let plainAtStart = 0;
  /** In polls that ended. */
  let plainDataSkbs = 0;

  function replayWindow(window: OrderedWindow): void {
    const { received, endAt, ends, consecutive, fitsCopy } = window;
    const endsWithPoll = ends > 0 && endAt[ends - 1] === received;
    const unchanged = atPollEnd && endsWithPoll && consecutive;
    const skips = ({ onlyOrder }: Replay): boolean => unchanged && onlyOrder;
    const replayed = replays.filter((replay) => !skips(replay));
    // Where order changes nothing packets are taken from where they are.
    const asTheyCame = consecutive && fitsCopy && replayed.every(({ inBlock }) => inBlock !== null);
    if (!asTheyCame && replayed.length > 0) window.load();
    for (const replay of replays) {
      if (skips(replay)) replay.skipped += plainDataSkbs - plainAtStart;
      else replayPolls(replay, window, asTheyCame ? window.copied : received);
    }
    atPollEnd = endsWithPoll;
    plainAtStart = plainDataSkbs;
  }

  /** @param copied how many packets are in the copy */
  function replayPolls(
    { inCopy, inBlock, endless }: Replay,
    { received, blockFrom, endAt, endReason, ends }: OrderedWindow,
    copied: number,
  ): void {
    const take = (from: number, to: number): void => {
      if (from < copied && from < to) inCopy.receive(from, Math.min(to, copied));
      const first = Math.max(from, copied);
      if (first < to) inBlock?.receive(blockFrom + first - copied, blockFrom + to - copied);
    };
    let from = 0;
    for (let end = 0; end < ends; end++) {
      const reason = endReason[end]!;
      if (endless && reason !== captureEnd) continue;
      take(from, endAt[end]!);
      from = endAt[end]!;
      inCopy.flushAll(reason);
    }
    take(from, received);
  }

  return {
    receive: order.receive,
    endBlock: order.endBlock,
    flushAll(reason, dataSkbs) {
      plainDataSkbs += dataSkbs;
      order.flushAll(reason);
    },
    difference(waived) {
      const replay = replays.find((one) => one.waived === waived);
      return replay === undefined ? null : replay.count.dataSkbs + replay.skipped - plainDataSkbs;
    },
  };
}

/** Two engines that hold the same: for packets of the copy, and for those of the block, null where an engine cannot share. */
function countInTwoTables(
  table: PacketTable,
  copy: PacketTable,
  options: EngineOptions,
  waived: ObstacleSet,
): {
  readonly count: { readonly dataSkbs: number };
  readonly inCopy: Engine;
  readonly inBlock: Engine | null;
} {
  const count = { dataSkbs: 0 };
  const without = withoutObstacles(options, waived);
  const state = reserveState(table, without);
  const engineFor = (rows: PacketTable): Engine =>
    createEngine(rows, without, countingSink(rows, count), state ?? {});
  return { count, inCopy: engineFor(copy), inBlock: state === null ? null : engineFor(table) };
}
