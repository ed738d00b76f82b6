/**
 * The poll that goes on, and the polls that ended in this block: what what-ifs are replayed from. The core writes there too
 * (wasm/explain-lane.ts).
 */
import { type Core, reserveWords } from '../capture/core.ts';

export interface PollProgress {
  /** Indices as below. */
  readonly words: Int32Array;
  /** Of each poll, see `POLL`. */
  readonly polls: Int32Array;
}

export const PROGRESS = {
  /** Polls listed. */
  LISTED: 0,
  /** First received packet of this block that the poll took. */
  FROM: 1,
  /** Obstacles that may be behind the plain run's decisions in it so far. */
  MET: 2,
  /** Its skbs with payload so far. */
  DATA_SKBS: 3,
} as const;
const PROGRESS_WORDS = 4;

/** First received packet, the one after the last, obstacles met, skbs with payload. */
export const POLL = { FROM: 0, TO: 1, MET: 2, DATA_SKBS: 3 } as const;
export const POLL_WORDS = 4;

/** Instead of a poll's skbs: it goes on after the packets that are listed, … */
export const GOES_ON = -1;
/** … and is replayed in any case, then as now. */
export const ANY_OBSTACLE = -1;

/** No block has more rows, each poll has a packet, one may be of the block before, and one goes on. */
export const MOST_POLLS = 2050;

export function createPollProgress(core: Core | null): PollProgress {
  return {
    words: reserveWords(core, PROGRESS_WORDS),
    polls: reserveWords(core, POLL_WORDS * MOST_POLLS),
  };
}
