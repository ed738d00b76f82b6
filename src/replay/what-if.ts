/**
 * The counterfactual: what one engine would have merged with some obstacles gone, under the same polls.
 *
 * Most replays are lazy. At the end of a poll an engine holds nothing, so that a replay without an obstacle can only differ
 * from the plain run in polls in which the plain run met that obstacle: those alone are replayed, and the difference of
 * their skbs is counted. A poll that the end of a block cuts in two is replayed in any case, because its first rows are gone
 * by the time it is known what happens in it. Replays without poll ends have no such places and take every packet.
 */
import { reserveWords } from '../capture/core.ts';
import { kernelsFor } from '../capture/record-block.ts';
import type { Engine, SkbSink } from '../coalesce/engine.ts';
import { OBSTACLE, type ObstacleSet } from '../coalesce/obstacle.ts';
import { REASON } from '../coalesce/reason.ts';
import type { PacketTable } from '../packet/table.ts';
import { createEngine, type EngineOptions } from './coalesce.ts';

/** Sessions that stand for a table without limit: inside a poll, and where no poll ever ends. */
const UNLIMITED_IN_POLL = 1024;
const UNLIMITED = 16_384;
const LIST = 16;
/** The largest 32-bit number: far beyond what a capture holds of one flow without an end. */
const NO_SIZE_LIMIT = 0x7fff_ffff;

/** The options of an engine without the obstacles. */
export function withoutObstacles(options: EngineOptions, waived: ObstacleSet): EngineOptions {
  const unlimited = (waived & OBSTACLE['table-full']) !== 0;
  const sessions = (waived & OBSTACLE['poll-end']) !== 0 ? UNLIMITED : UNLIMITED_IN_POLL;
  const { inetLro, linuxGro } = options;
  const engine: EngineOptions = {
    ...options,
    inetLro: { ...inetLro, waived, maxDesc: unlimited ? sessions : inetLro.maxDesc },
  };
  if (linuxGro === undefined) return engine;
  return {
    ...engine,
    linuxGro: {
      ...linuxGro,
      waived,
      ...(unlimited ? { buckets: sessions / LIST, perBucket: LIST } : {}),
      ...((waived & OBSTACLE['size-limit']) !== 0 ? { maxSize: NO_SIZE_LIMIT } : {}),
    },
  };
}

/** A replay that counts skbs with payload and nothing else. */
export interface SkbCount {
  readonly engine: Engine;
  dataSkbs: number;
}

export function countSkbs(table: PacketTable, options: EngineOptions, waived: ObstacleSet): SkbCount {
  const { tcpAt, payloadBytes } = table;
  const count = { dataSkbs: 0 };
  const sink: SkbSink = {
    endedInCore(skbs) {
      count.dataSkbs += skbs;
    },
    deliverHeld() {
      count.dataSkbs++;
    },
    deliverAlone(row) {
      if (tcpAt[row] !== 0 && payloadBytes[row]! > 0) count.dataSkbs++;
    },
  };
  const engine = createEngine(table, withoutObstacles(options, waived), sink);
  return Object.assign(count, { engine });
}

/** What the plain run tells of the poll that is going on. */
export interface PollProgress {
  dataSkbs: number;
  /** Obstacles that may be behind its decisions so far. */
  met: ObstacleSet;
}

export interface WhatIfs {
  receive(from: number, to: number): void;
  /** After the plain run's flush; the caller then starts a new `progress`. */
  flushAll(reason: number): void;
  /** After each block, before its rows are gone. */
  endBlock(): void;
  /** Skbs with payload more (or, below 0, fewer) than in the plain run, for each set; null for sets not asked for. */
  difference(waived: ObstacleSet): number | null;
}

interface Replay {
  readonly waived: ObstacleSet;
  readonly count: SkbCount;
  difference: number;
  /** Polls of this block to be replayed, a pair of words each: the first packet and the one after the poll. */
  readonly polls: Int32Array;
  listed: number;
}

/** Polls that a replay keeps until they are taken together. */
const MOST_LISTED = 2048;

/** `sets` without reordering, which needs another order of packets. */
export function createWhatIfs(
  table: PacketTable,
  options: EngineOptions,
  sets: readonly ObstacleSet[],
  progress: PollProgress,
): WhatIfs {
  const replays = sets.map(
    (waived): Replay => ({
      waived,
      count: countSkbs(table, options, waived),
      difference: 0,
      polls: reserveWords(table.core, 2 * MOST_LISTED),
      listed: 0,
    }),
  );
  const endless = replays.filter(({ waived }) => (waived & OBSTACLE['poll-end']) !== 0);
  const lazy = replays.filter((replay) => !endless.includes(replay));
  const anyLazy = lazy.reduce((all, { waived }) => all | waived, 0);
  /** Rows of this block that endless replays have not taken yet. */
  let endlessFrom = 0;
  let endlessTo = 0;
  /** Of all polls that ended. */
  let plainDataSkbs = 0;
  /** Rows of this block that the poll took and lazy replays have not. */
  let from = 0;
  let to = 0;
  /** Lazy replays have taken the first packets of the poll. */
  let begun = false;

  /** Lists are taken in the order in which their polls came, and before anything else. */
  function takeListed(replay: Replay): void {
    const { count, polls, listed } = replay;
    if (listed === 0) return;
    const { engine } = count;
    if (engine.takePolls !== undefined && polls.buffer === table.core?.buffer && kernelsFor(table) !== null) {
      engine.takePolls(polls, listed);
    } else {
      for (let poll = 0; poll < listed; poll++) {
        engine.receive(polls[2 * poll]!, polls[2 * poll + 1]!);
        engine.flushAll(REASON['poll-end']);
      }
    }
    replay.difference += count.dataSkbs;
    count.dataSkbs = 0;
    replay.listed = 0;
  }

  function begin(): void {
    for (const replay of lazy) takeListed(replay);
    if (from === to) return;
    for (const { count } of lazy) count.engine.receive(from, to);
    from = to;
    begun = true;
  }

  function takeEndless(): void {
    if (endlessTo > endlessFrom)
      for (const { count } of endless) count.engine.receive(endlessFrom, endlessTo);
    endlessFrom = endlessTo;
  }

  function endPoll(replay: Replay, reason: number): void {
    const { count, polls } = replay;
    if (!begun) {
      if ((progress.met & replay.waived) === 0) return;
      replay.difference -= progress.dataSkbs;
      polls[2 * replay.listed] = from;
      polls[2 * replay.listed + 1] = to;
      replay.listed++;
      if (replay.listed === MOST_LISTED) takeListed(replay);
      return;
    }
    if (to > from) count.engine.receive(from, to);
    count.engine.flushAll(reason);
    replay.difference += count.dataSkbs - progress.dataSkbs;
    count.dataSkbs = 0;
  }

  return {
    receive(first, end) {
      // Rows that a full ring dropped lie between.
      if (first !== endlessTo) {
        takeEndless();
        endlessFrom = first;
      }
      endlessTo = end;
      if (lazy.length === 0) return;
      if (first !== to) begin();
      if (from === to) from = first;
      to = end;
    },
    flushAll(reason) {
      if (begun || (progress.met & anyLazy) !== 0) for (const replay of lazy) endPoll(replay, reason);
      plainDataSkbs += progress.dataSkbs;
      if (reason === REASON['capture-end']) {
        for (const replay of lazy) takeListed(replay);
        takeEndless();
        for (const replay of endless) {
          replay.count.engine.flushAll(reason);
          replay.difference = replay.count.dataSkbs - plainDataSkbs;
        }
      }
      begun = false;
      from = to;
    },
    endBlock() {
      begin();
      from = 0;
      to = 0;
      takeEndless();
      endlessFrom = 0;
      endlessTo = 0;
    },
    difference: (waived) => replays.find((replay) => replay.waived === waived)?.difference ?? null,
  };
}
