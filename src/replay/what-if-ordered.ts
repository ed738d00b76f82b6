/** Replays without reordering: the packets of each window in sequence order, see sequence-order.ts. */
import { OBSTACLE, type ObstacleSet } from '../coalesce/obstacle.ts';
import type { PacketTable } from '../packet/table.ts';
import type { EngineOptions } from './coalesce.ts';
import { createSequenceOrder, type OrderedWindow } from './sequence-order.ts';
import { countSkbs, type PollFollower } from './what-if.ts';

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
    count: countSkbs(order.table, options, waived),
    skipped: 0,
  }));
  /** Whether engines hold nothing where the window begins, and what the plain run had delivered by then. */
  let atPollEnd = true;
  let plainAtStart = 0;
  /** In polls that ended. */
  let plainDataSkbs = 0;

  function replayWindow(window: OrderedWindow): void {
    const { received, endAt, endReason, ends, consecutive } = window;
    const endsWithPoll = ends > 0 && endAt[ends - 1] === received;
    const unchanged = atPollEnd && endsWithPoll && consecutive;
    if (!unchanged || !replays.every(({ onlyOrder }) => onlyOrder)) window.load();
    for (const replay of replays) {
      const { engine } = replay.count;
      if (unchanged && replay.onlyOrder) {
        replay.skipped += plainDataSkbs - plainAtStart;
        continue;
      }
      let from = 0;
      for (let end = 0; end < ends; end++) {
        const reason = endReason[end]!;
        if (endAt[end]! > from) engine.receive(from, endAt[end]!);
        from = endAt[end]!;
        if (!replay.endless || reason === captureEnd) engine.flushAll(reason);
      }
      if (received > from) engine.receive(from, received);
    }
    atPollEnd = endsWithPoll;
    plainAtStart = plainDataSkbs;
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
