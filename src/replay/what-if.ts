/**
 * The counterfactual: what one engine would have merged with some obstacles gone, under the same polls.
 *
 * Most replays are lazy. At the end of a poll an engine holds nothing, so that a replay without an obstacle can only differ
 * from the plain run in polls in which the plain run met that obstacle: those alone are replayed, and the difference of
 * their skbs is counted. Of a poll that a block cuts in two the packets are copied, because its first rows are gone by the
 * time it is known what happens in it. Replays without poll ends have no such places and take every packet.
 */
import type { Engine, SkbSink } from '../coalesce/engine.ts';
import { OBSTACLE, type ObstacleSet } from '../coalesce/obstacle.ts';
import { REASON } from '../coalesce/reason.ts';
import type { PacketTable } from '../packet/table.ts';
import { createEngine, type EngineOptions } from './coalesce.ts';
import { createPacketCopy } from './packet-copy.ts';

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

/** Packets of a poll that is cut by the end of a block, kept until the poll ends; longer polls are replayed as they come. */
const KEPT_PACKETS = 1024;

interface LazyReplay {
  readonly waived: ObstacleSet;
  /** Replays polls that lie inside a block. */
  readonly direct: SkbCount;
  /** Replays copies of packets whose block is gone. */
  readonly copied: SkbCount;
  difference: number;
}

/** `sets` without reordering, which needs another order of packets. */
export function createWhatIfs(
  table: PacketTable,
  options: EngineOptions,
  sets: readonly ObstacleSet[],
  progress: PollProgress,
): WhatIfs {
  const wholePackets = options.inetLro.verifyChecksums || options.linuxGro?.verifyChecksums === true;
  const copy = createPacketCopy(table, KEPT_PACKETS, wholePackets);
  const lazy = sets
    .filter((waived) => (waived & OBSTACLE['poll-end']) === 0)
    .map(
      (waived): LazyReplay => ({
        waived,
        direct: countSkbs(table, options, waived),
        copied: countSkbs(copy.table, options, waived),
        difference: 0,
      }),
    );
  const endless = sets
    .filter((waived) => (waived & OBSTACLE['poll-end']) !== 0)
    .map((waived) => ({ waived, count: countSkbs(table, options, waived) }));
  /** Rows of this block that endless replays have not taken yet. */
  let endlessFrom = 0;
  let endlessTo = 0;
  /** Of all polls that ended. */
  let plainDataSkbs = 0;
  /** Rows of this block that the poll took and `copy` has not. */
  let from = 0;
  let to = 0;
  /** The poll has packets in `copy`, or had: then the lazy replays have taken them. */
  let cut = false;
  let replaying = false;

  function keep(): void {
    for (; from < to; from++) {
      if (copy.table.count === KEPT_PACKETS) replayKept();
      copy.take(table.rows[from]!);
      cut = true;
    }
  }

  function replayKept(): void {
    for (const { copied } of lazy) copied.engine.receive(0, copy.table.count);
    copy.clear();
    replaying = true;
  }

  function takeEndless(): void {
    if (endlessTo > endlessFrom)
      for (const { count } of endless) count.engine.receive(endlessFrom, endlessTo);
    endlessFrom = endlessTo;
  }

  function endPoll(replay: LazyReplay, reason: number): void {
    const count = cut ? replay.copied : replay.direct;
    if (!replaying && (progress.met & replay.waived) === 0) return;
    if (cut) count.engine.receive(0, copy.table.count);
    else count.engine.receive(from, to);
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
      if (first !== to) keep();
      if (from === to) from = first;
      to = end;
    },
    flushAll(reason) {
      if (cut) keep();
      for (const replay of lazy) endPoll(replay, reason);
      plainDataSkbs += progress.dataSkbs;
      if (reason === REASON['capture-end']) {
        takeEndless();
        for (const { count } of endless) count.engine.flushAll(reason);
      }
      if (cut) copy.clear();
      cut = false;
      replaying = false;
      from = to;
    },
    endBlock() {
      keep();
      from = 0;
      to = 0;
      takeEndless();
      endlessFrom = 0;
      endlessTo = 0;
    },
    difference(waived) {
      const whole = endless.find((replay) => replay.waived === waived);
      if (whole !== undefined) return whole.count.dataSkbs - plainDataSkbs;
      return lazy.find((replay) => replay.waived === waived)?.difference ?? null;
    },
  };
}
