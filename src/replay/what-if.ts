/**
 * The counterfactual: what one engine would have merged with some obstacles gone, under the same polls.
 *
 * Most replays are lazy. At the end of a poll an engine holds nothing, so that a replay without an obstacle can only differ
 * from the plain run in polls in which the plain run met that obstacle: those alone are replayed, and the difference of
 * their skbs is counted. A poll that the end of a block cuts in two is replayed in any case, because its first rows are gone
 * by the time it is known what happens in it. Replays without poll ends have no such places and take every packet.
 */
import { kernelsFor } from '../capture/record-block.ts';
import type { Engine, SkbSink } from '../coalesce/engine.ts';
import { OBSTACLE, type ObstacleSet } from '../coalesce/obstacle.ts';
import { REASON } from '../coalesce/reason.ts';
import type { PacketTable } from '../packet/table.ts';
import { createEngine, type EngineOptions } from './coalesce.ts';
import {
  ANY_OBSTACLE,
  GOES_ON,
  MOST_POLLS,
  POLL,
  POLL_WORDS,
  type PollProgress,
  PROGRESS,
} from './poll-progress.ts';

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
  const count = { dataSkbs: 0 };
  const engine = createEngine(table, withoutObstacles(options, waived), countingSink(table, count));
  return Object.assign(count, { engine });
}

export function countingSink({ tcpAt, payloadBytes }: PacketTable, count: { dataSkbs: number }): SkbSink {
  return {
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
}

export interface WhatIfs {
  /** Whether there are replays that polls are listed for. */
  readonly listsPolls: boolean;
  /** The plain run takes received packets from here on, … */
  begin(from: number): void;
  /** … and took those up to here. What the core listed in between is not told again. */
  end(to: number): void;
  /** After the plain run's flush, which nobody else listed. */
  flushAll(reason: number): void;
  /** After each block, before its rows are gone. */
  endBlock(): void;
  /** Skbs with payload more (or, below 0, fewer) than in the plain run, for each set; null for sets not asked for. */
  difference(waived: ObstacleSet): number | null;
}

/** Is told of packets and ends of polls in order. */
export interface PollFollower {
  receive(from: number, to: number): void;
  /** After the plain run's flush; `dataSkbs`: what it delivered since the one before, skbs with payload. */
  flushAll(reason: number, dataSkbs: number): void;
  /** Before the rows of a block are gone. */
  endBlock(): void;
}

interface Replay {
  readonly waived: ObstacleSet;
  readonly count: SkbCount;
  difference: number;
}

const { LISTED, FROM, MET, DATA_SKBS } = PROGRESS;

/**
 * @param sets without reordering, which needs another order of packets
 * @param total skbs with payload of the plain run so far
 * @param follower of all polls; null: there is none
 */
export function createWhatIfs(
  table: PacketTable,
  options: EngineOptions,
  sets: readonly ObstacleSet[],
  progress: PollProgress,
  total: { readonly dataSkbs: number },
  follower: PollFollower | null = null,
): WhatIfs {
  const replays = sets.map(
    (waived): Replay => ({ waived, count: countSkbs(table, options, waived), difference: 0 }),
  );
  const endless = replays.filter(({ waived }) => (waived & OBSTACLE['poll-end']) !== 0);
  const lazy = replays.filter((replay) => !endless.includes(replay));
  const listsPolls = lazy.length > 0 || follower !== null;
  const { words, polls } = progress;
  /** Rows of this block that endless replays have not taken yet. */
  let endlessFrom = 0;
  let endlessTo = 0;
  /** The packet after those that the poll took, of which lazy replays have not taken those from `words[FROM]` on. */
  let to = 0;
  /** Lazy replays have taken the first packets of the poll that will be listed first. */
  let begun = false;

  /** @param reason of the last end of a poll that is listed */
  function takeListed(reason: number = REASON['poll-end']): void {
    const listed = words[LISTED]!;
    if (listed === 0) return;
    words[LISTED] = 0;
    if (follower !== null) follow(follower, listed, reason);
    if (begun) polls[POLL.MET] = ANY_OBSTACLE;
    for (const replay of lazy) {
      const { count, waived } = replay;
      replay.difference -= takePolls(count, waived, listed);
      replay.difference += count.dataSkbs;
      count.dataSkbs = 0;
    }
    begun = polls[(listed - 1) * POLL_WORDS + POLL.DATA_SKBS] === GOES_ON;
  }

  function follow({ receive, flushAll }: PollFollower, listed: number, reason: number): void {
    for (let i = 0; i < listed; i++) {
      const at = i * POLL_WORDS;
      const dataSkbs = polls[at + POLL.DATA_SKBS]!;
      if (polls[at + POLL.TO]! > polls[at + POLL.FROM]!)
        receive(polls[at + POLL.FROM]!, polls[at + POLL.TO]!);
      if (dataSkbs !== GOES_ON) flushAll(i === listed - 1 ? reason : REASON['poll-end'], dataSkbs);
    }
  }

  /** Replays the listed polls that met the obstacle; returns the plain run's skbs with payload in them. */
  function takePolls({ engine }: SkbCount, waived: ObstacleSet, listed: number): number {
    if (engine.takePolls !== undefined && polls.buffer === table.core?.buffer && kernelsFor(table) !== null) {
      return engine.takePolls(polls, listed, waived);
    }
    let plain = 0;
    for (let at = 0; at < listed * POLL_WORDS; at += POLL_WORDS) {
      if ((polls[at + POLL.MET]! & waived) === 0) continue;
      if (polls[at + POLL.TO]! > polls[at + POLL.FROM]!)
        engine.receive(polls[at + POLL.FROM]!, polls[at + POLL.TO]!);
      if (polls[at + POLL.DATA_SKBS] === GOES_ON) continue;
      plain += polls[at + POLL.DATA_SKBS]!;
      engine.flushAll(REASON['poll-end']);
    }
    return plain;
  }

  /** The poll that goes on is taken as far as it came, with those before it. */
  function takeBegun(): void {
    if (!listsPolls) return;
    const from = words[FROM]!;
    if (from < to) list(from, ANY_OBSTACLE, GOES_ON);
    takeListed();
    words[FROM] = to;
  }

  function list(from: number, met: number, dataSkbs: number): void {
    polls.set([from, to, met, dataSkbs], words[LISTED]! * POLL_WORDS);
    words[LISTED]!++;
  }

  function takeEndless(): void {
    if (endlessTo > endlessFrom)
      for (const { count } of endless) count.engine.receive(endlessFrom, endlessTo);
    endlessFrom = endlessTo;
  }

  return {
    listsPolls,
    begin(from) {
      // Rows that a full ring dropped lie between.
      if (from !== endlessTo) {
        takeEndless();
        endlessFrom = from;
        endlessTo = from;
      }
      if (from === to) return;
      takeBegun();
      words[FROM] = from;
      to = from;
    },
    end(next) {
      endlessTo = next;
      to = next;
    },
    flushAll(reason) {
      if (listsPolls) {
        if (words[LISTED] === MOST_POLLS) takeListed();
        list(words[FROM]!, words[MET]!, words[DATA_SKBS]!);
      }
      words[FROM] = to;
      words[MET] = 0;
      words[DATA_SKBS] = 0;
      if (reason !== REASON['capture-end']) return;
      takeListed(reason);
      takeEndless();
      for (const replay of endless) {
        replay.count.engine.flushAll(reason);
        replay.difference = replay.count.dataSkbs - total.dataSkbs;
      }
    },
    endBlock() {
      takeBegun();
      follower?.endBlock();
      words[FROM] = 0;
      to = 0;
      takeEndless();
      endlessFrom = 0;
      endlessTo = 0;
    },
    difference: (waived) => replays.find((replay) => replay.waived === waived)?.difference ?? null,
  };
}
