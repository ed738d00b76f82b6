/** Whole polls of an engine whose skbs are only counted, taken by the core (wasm/replayed-polls.ts). */
import type { Core, Kernels } from '../capture/core.ts';
import type { Engine, SkbSink } from './engine.ts';
import { REASON } from './reason.ts';

/** Lets a kernel take polls from `first` on; returns the one of which it leaves a packet over, `count` if none. */
export type TakePolls = (kernels: Kernels, polls: Int32Array, first: number, count: number) => number;

/** Undefined where the core cannot. */
export function countedPolls(
  core: Core | null,
  { endedInCore }: SkbSink,
  take: TakePolls | null,
  { receive, flushAll }: Pick<Engine, 'receive' | 'flushAll'>,
): Engine['takePolls'] {
  if (core === null || take === null || endedInCore === undefined) return undefined;
  const { kernels } = core;
  return (polls, count) => {
    for (let first = 0; first < count; first++) {
      first = take(kernels, polls, first, count);
      endedInCore(kernels.endedInPolls());
      if (first === count) return;
      receive(kernels.stoppedAt(), polls[2 * first + 1]!);
      flushAll(REASON['poll-end']);
    }
  };
}
