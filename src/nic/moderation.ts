/**
 * Interrupt moderation: when the NIC raises the interrupt for the packets that wait in its ring. Told only what
 * has happened up to an arrival, never what comes after it.
 */
import { createDynamicItr, type DynamicItrSpec } from './dynamic-itr.ts';

export type ModerationSpec =
  /**
   * The interrupt fires when `rxFrames` packets wait, or `rxUsecs` after the first of them (`timer: 'first'`) or after
   * the latest (`'last'`: each packet starts the timer again). As with ethtool, 0 switches one of the two off;
   * with both off it fires at once.
   */
  | {
      readonly kind: 'coalesce';
      readonly rxUsecs: number;
      readonly rxFrames: number;
      readonly timer: 'first' | 'last';
    }
  /** At most one interrupt in `intervalUs`, at once when none came for longer (ITR register). */
  | { readonly kind: 'interval'; readonly intervalUs: number }
  /** The same with an interval that follows the traffic. */
  | { readonly kind: 'dynamic'; readonly itr: DynamicItrSpec };

/** What a moderation remembers, in ns. */
export interface ModerationMemory {
  /** When the timer that runs fires. */
  timerNs: number;
  /** When the interrupt fired last. */
  lastNs: number;
}

export interface Moderation {
  readonly memory: ModerationMemory;
  /**
   * A packet came to wait, the `waiting`-th since the interrupt was last served. Returns when the interrupt
   * fires if nothing else comes, in ns; infinity if it does not.
   */
  arrived(arrivalNs: number, waiting: number): number;
  fired(firedNs: number): void;
  /** The poll found the ring empty. What it took since the interrupt fired, in all its rounds. */
  completed(packets: number, bytes: number): void;
}

const NS_PER_US = 1000;
const NS_PER_SECOND = 1e9;

export function createModeration(spec: ModerationSpec): Moderation {
  switch (spec.kind) {
    case 'coalesce':
      return createCoalescing(spec.rxUsecs * NS_PER_US, spec.rxFrames, spec.timer === 'last');
    case 'interval':
      return createInterval(() => spec.intervalUs * NS_PER_US, null);
    case 'dynamic': {
      const itr = createDynamicItr(spec.itr);
      return createInterval(() => NS_PER_SECOND / itr.ratePerSecond(), itr.update);
    }
  }
}

function createCoalescing(delayNs: number, rxFrames: number, restarts: boolean): Moderation {
  const immediate = delayNs === 0 && rxFrames === 0;
  const memory = { timerNs: Number.POSITIVE_INFINITY, lastNs: Number.NEGATIVE_INFINITY };
  return {
    memory,
    arrived(arrivalNs, waiting) {
      if (immediate || (rxFrames > 0 && waiting >= rxFrames)) return arrivalNs;
      if (delayNs === 0) return Number.POSITIVE_INFINITY;
      if (waiting === 1 || restarts) memory.timerNs = arrivalNs + delayNs;
      return memory.timerNs;
    },
    fired() {},
    completed() {},
  };
}

function createInterval(
  intervalNs: () => number,
  update: ((packets: number, bytes: number, elapsedNs: number) => void) | null,
): Moderation {
  const memory = { timerNs: 0, lastNs: Number.NEGATIVE_INFINITY, elapsedNs: 0 };
  return {
    memory,
    arrived(arrivalNs, waiting) {
      if (waiting === 1) memory.timerNs = Math.max(arrivalNs, memory.lastNs + intervalNs());
      return memory.timerNs;
    },
    fired(firedNs) {
      memory.elapsedNs = firedNs - memory.lastNs;
      memory.lastNs = firedNs;
    },
    completed(packets, bytes) {
      update?.(packets, bytes, memory.elapsedNs);
    },
  };
}
