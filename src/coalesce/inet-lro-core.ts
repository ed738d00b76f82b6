/** The packets of inet_lro that kernels of the core take. */
import { type Core, type CoreMerge, type Kernels, reserveWords } from '../capture/core.ts';
import { countedPolls, type TakePolls } from './counted-polls.ts';
import type { CoreSlots, Engine, EngineCounters, SkbSink } from './engine.ts';
import { SPREAD_LIST } from './obstacle.ts';
import { takeUsual } from './take-usual.ts';

/** Words of a session: one cache line a slot. */
export const WORDS = 16;

/** Of the options of inet_lro, what says whether kernels may take packets, and of how many sessions. */
interface SessionOptions {
  readonly maxDesc: number;
  readonly mode: 'skb' | 'frags';
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
  readonly pshBlocks?: boolean;
}

/** Only the plain rules apply: no in-band tags, checksums and PSH not looked at, packets counted. */
export function isPlain({ vlan, mode, verifyChecksums, pshBlocks }: SessionOptions): boolean {
  return vlan !== 'inband' && mode !== 'frags' && !verifyChecksums && pshBlocks !== true;
}

/** What the engine holds. */
export function reserveSessions(core: Core | null, options: SessionOptions): Int32Array {
  return reserveWords(isPlain(options) ? core : null, options.maxDesc * WORDS);
}

/** Takes packets from the given one on; returns the first that is left over. */
export type TakeInCore = (kernels: Kernels, from: number, to: number) => number;

/** Ends all sessions at once, and returns how many; null where the sink wants more than their number. */
export function endInetLro(
  { slots, maxDesc }: CoreMerge,
  core: Core | null,
  { endedInCore }: SkbSink,
): (() => number) | null {
  if (endedInCore === undefined || slots === null || core === null) return null;
  return () => {
    const ended = core.kernels.endSessions(slots.byteOffset, maxDesc);
    endedInCore(ended);
    return ended;
  };
}

/**
 * Null where the sink wants to be told of each packet.
 * @param spread sessions stand in lists that the flow's number chooses
 * @param endFilled delivers a full session
 */
export function takeInetLro(
  { slots, maxDesc, maxAggr, lengthLimit }: CoreMerge,
  spread: boolean,
  counters: EngineCounters,
  { hold, holdTaken, endedInCore }: SkbSink,
  endFilled: (slot: number) => void,
): TakeInCore | null {
  const at = slots?.byteOffset ?? 0;
  if (endedInCore !== undefined) {
    const list = spread ? SPREAD_LIST : 0;
    return (kernels, from, to) => {
      const next = kernels.countInetLro(at, maxDesc, list, maxAggr, lengthLimit, from, to);
      const ended = kernels.endedSessions();
      counters.aggregated += next - from;
      counters.flushed += ended;
      endedInCore(ended);
      return next;
    };
  }
  if (spread || (hold !== undefined && holdTaken === undefined)) return null;
  const held: CoreSlots = { slots: at, lastSlots: 0 };
  const told = holdTaken === undefined ? null : (from: number, to: number) => holdTaken(from, to, held);
  return (kernels, from, to) => {
    const take = (first: number) => kernels.mergeInetLro(at, maxDesc, maxAggr, lengthLimit, first, to);
    return takeUsual(counters, from, take, kernels.filledSession, endFilled, told);
  };
}

/** Takes whole polls, for a sink that only counts; `spread` as above, `engine` takes what is left over. */
export function countInetLroPolls(
  merge: CoreMerge | null,
  spread: boolean,
  core: Core | null,
  sink: SkbSink,
  engine: Pick<Engine, 'receive' | 'flushAll'>,
): Engine['takePolls'] {
  if (merge === null) return undefined;
  const { slots, maxDesc, maxAggr, lengthLimit } = merge;
  const at = slots?.byteOffset ?? 0;
  const list = spread ? SPREAD_LIST : 0;
  const take: TakePolls = (kernels, { byteOffset }, first, count, waived) =>
    kernels.countInetLroPolls(at, maxDesc, list, maxAggr, lengthLimit, byteOffset, first, count, waived);
  return countedPolls(core, sink, take, engine);
}
