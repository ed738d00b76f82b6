/** Whole polls of an engine whose skbs are only counted, taken by the core (wasm/replayed-polls.ts). */
import type { Core, Kernels } from '../capture/core.ts';
import type { Engine, SkbSink } from './engine.ts';
import type { ObstacleSet } from './obstacle.ts';
import { REASON } from './reason.ts';

/** Lets a kernel take polls from `first` on; returns the one of which it leaves a packet over, `count` if none. */
export type TakePolls = (
  kernels: Kernels,
  polls: Int32Array,
  first: number,
  count: number,
  waived: ObstacleSet,
) => number;

/** Words of a poll: the index of the packet after it, and its skbs, which are below 0 where it goes on. */
const POLL_WORDS = 4;
const TO = 1;
const DATA_SKBS = 3;

/** Undefined where the core cannot. */
export function countedPolls(
  core: Core | null,
  { endedInCore }: SkbSink,
  take: TakePolls | null,
  { receive, flushAll }: Pick<Engine, 'receive' | 'flushAll'>,
): Engine['takePolls'] {
  if (core === null || take === null || endedInCore === undefined) return undefined;
  const { kernels } = core;
  return (polls, count, waived) => {
    let plain = 0;
    for (let poll = 0; poll < count; poll++) {
      poll = take(kernels, polls, poll, count, waived);
      endedInCore(kernels.endedInPolls());
      plain += kernels.plainInPolls();
      if (poll === count) break;
      receive(kernels.stoppedAt(), polls[poll * POLL_WORDS + TO]!);
      if (polls[poll * POLL_WORDS + DATA_SKBS]! >= 0) flushAll(REASON['poll-end']);
    }
    return plain;
  };
}
