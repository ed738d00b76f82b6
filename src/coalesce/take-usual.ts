import type { EngineCounters } from './engine.ts';

/**
 * Lets a kernel take packets from `from` on until it leaves one over, which is returned.
 * @param take takes packets from the given one on, up to one that fills an skb; returns the first not taken
 * @param filled the slot of the skb that was filled, -1 if none
 * @param endFilled delivers it
 * @param told is told of the packets that were taken, before their skb is ended; null if nobody is
 */
export function takeUsual(
  counters: EngineCounters,
  from: number,
  take: (from: number) => number,
  filled: () => number,
  endFilled: (slot: number) => void,
  told: ((from: number, to: number) => void) | null,
): number {
  for (;;) {
    const next = take(from);
    counters.aggregated += next - from;
    if (told !== null && next > from) told(from, next);
    const slot = filled();
    if (slot < 0) return next;
    endFilled(slot);
    from = next;
  }
}
