/**
 * What keeps packets from merging, as people name it: for each obstacle an engine can be told to do as if it were gone.
 * A closed list; sets of obstacles are bit sets.
 */
import { REASON, REASONS, type Reason } from './reason.ts';

export const OBSTACLES = [
  /** PSH finishes an skb, and a packet that has it is not held. */
  'psh',
  'ack-changed',
  'window-changed',
  /** linux-gro: the timestamp option differs; inet_lro: it goes back, or echoes 0. */
  'timestamp',
  /** A segment smaller or larger than the first of its skb. */
  'segment-size',
  /** The largest skb that the engine makes, in packets or bytes. */
  'size-limit',
  /** More flows at once than the engine holds. */
  'table-full',
  /** Packets of a flow that do not arrive in sequence order. */
  'reordering',
  'poll-end',
] as const;

export type Obstacle = (typeof OBSTACLES)[number];

/** A set of obstacles: the sum of their bits. */
export type ObstacleSet = number;

export const OBSTACLE = Object.fromEntries(OBSTACLES.map((name, index) => [name, 1 << index])) as Readonly<
  Record<Obstacle, number>
>;

export function obstacleSet(obstacles: readonly Obstacle[]): ObstacleSet {
  return obstacles.reduce((set, name) => set | OBSTACLE[name], 0);
}

export function obstaclesIn(set: ObstacleSet): Obstacle[] {
  return OBSTACLES.filter((name) => (set & OBSTACLE[name]) !== 0);
}

/** Where a decision has one of these reasons it could be another one without the obstacle; nowhere else. */
const REASONS_OF: Readonly<Record<Obstacle, readonly Reason[]>> = {
  psh: ['psh'],
  'ack-changed': ['ack-changed'],
  'window-changed': ['window-changed'],
  timestamp: ['options-changed', 'timestamp-backwards', 'timestamp-echo-zero'],
  'segment-size': ['size-smaller', 'size-larger'],
  'size-limit': ['max-aggr', 'max-length', 'max-size'],
  'table-full': ['table-full'],
  reordering: ['sequence'],
  'poll-end': ['poll-end'],
};

/** For each index of REASONS the obstacles that may be behind it. */
export const OBSTACLES_OF_REASON: Int32Array = (() => {
  const sets = new Int32Array(REASONS.length);
  for (const name of OBSTACLES)
    for (const reason of REASONS_OF[name]) sets[REASON[reason]]! |= OBSTACLE[name];
  return sets;
})();

/** Slots in lists of this many stand for a table without limit: flows are numbered, so that lists fill evenly. */
export const SPREAD_LIST = 16;
