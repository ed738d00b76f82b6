/** What a person can change about each obstacle, in one sentence: only what holds. */
import {
  OBSTACLE,
  OBSTACLES,
  type Obstacle,
  type ObstacleSet,
  obstacleSet,
  obstaclesIn,
} from '../coalesce/obstacle.ts';
import type { EngineName } from './coalesce.ts';

/** The obstacles that the rules of an engine know. */
const APPLICABLE: Readonly<Record<EngineName, readonly Obstacle[]>> = {
  none: [],
  inet_lro: ['timestamp', 'size-limit', 'table-full', 'reordering', 'poll-end'],
  'linux-gro': OBSTACLES,
  // Their rules cannot be left out one by one; polls can.
  s2io: ['poll-end'],
  freebsd: ['poll-end'],
  'windows-rsc': ['poll-end'],
  'dpdk-gro': ['poll-end'],
  wireguard: ['poll-end'],
  gvisor: ['poll-end'],
};

export function applicableObstacles(engine: EngineName): readonly Obstacle[] {
  return APPLICABLE[engine];
}

/** Every obstacle of the engine at once: the upper bound. */
export function allObstacles(engine: EngineName): ObstacleSet {
  return obstacleSet(APPLICABLE[engine]);
}

/** `--poll end` and a table without limit. */
export const NO_POLLS: ObstacleSet = OBSTACLE['poll-end'] | OBSTACLE['table-full'];

const ADVICE: Readonly<Record<Obstacle, string>> = {
  psh: 'Senders set PSH where a write ends: larger writes set it less often; no receiver setting changes it.',
  'ack-changed':
    'ACK numbers move when this host sends data on the same connection: fewer, larger answers move them less often.',
  'window-changed':
    "The sender's receive window moves as its application reads what this host sends: a sender that reads at once moves it less.",
  timestamp:
    "The sender's timestamp clock ticks between segments: bursts (TSO at the sender) share a stamp; without timestamps (net.ipv4.tcp_timestamps=0) none ticks, nor protects against old segments.",
  'segment-size':
    'A segment shorter than the first finishes an skb, a longer one begins another: larger writes leave fewer short segments.',
  'size-limit':
    'These skbs are as large as they get: nothing is wrong. Larger ones need a larger limit of the kernel (BIG TCP: gro_max_size).',
  'table-full':
    'More flows at once than the table holds: spread them over more receive queues (RSS); each has a table of its own.',
  reordering:
    'Look for what reorders on the way (balancing by packet, flows that change queues); no receiver setting undoes it.',
  'poll-end': 'Longer polls merge more, and hold packets longer: raise rx-usecs and rx-frames (ethtool -C).',
};

/** Where an engine differs from what is said above. */
const ADVICE_OF_INET_LRO: Partial<Readonly<Record<Obstacle, string>>> = {
  timestamp:
    'Timestamps that go back or echo 0 are rare: look for reordering, or for a middlebox that rewrites them.',
  'size-limit':
    'These skbs are as large as they get: where max-aggr ends them the driver may allow more (--max-aggr), up to 64 KB.',
  'table-full':
    'More flows at once than LRO descriptors: give the driver more (--max-desc), or spread flows over more receive queues (RSS).',
};

/** Advice for one obstacle, what a set of them stands for otherwise. */
export function adviceFor(engine: EngineName, without: ObstacleSet): string {
  if (without === allObstacles(engine))
    return 'Every obstacle gone at once: the upper bound where no packet comes twice.';
  if (without === NO_POLLS) {
    return 'More than this no moderation and no table gives: longer polls (ethtool -C: rx-usecs, rx-frames) come nearer, and hold packets longer.';
  }
  const [first, ...others] = obstaclesIn(without);
  if (first === undefined || others.length > 0) return 'These obstacles together.';
  return (engine === 'inet_lro' ? ADVICE_OF_INET_LRO[first] : undefined) ?? ADVICE[first];
}
