/**
 * Interrupt rates that follow the traffic. After each interrupt the driver looks at what the last one brought,
 * picks a level, and sets the rate of the next ones. Rules as published; docs/polls.md has them as a table.
 */

export const ITR_LEVELS = ['lowest', 'low', 'bulk'] as const;
export type ItrLevel = (typeof ITR_LEVELS)[number];

export interface DynamicItr {
  /** Interrupts a second at which an interrupt may come now. */
  ratePerSecond(): number;
  level(): ItrLevel;
  /** What one interrupt brought: packets and frame bytes, and how long after the one before. */
  update(packets: number, bytes: number, elapsedNs: number): void;
}

export type DynamicItrRule = 'e1000' | 'bytes-per-us';

export interface DynamicItrSpec {
  readonly rule: DynamicItrRule;
  /** Interrupts a second at each level. */
  readonly ratePerSecond: Readonly<Record<ItrLevel, number>>;
  readonly startRatePerSecond: number;
}

/** The level of e1000 after an interrupt that brought `packets` packets with `bytes` bytes (commit 835bb12983). */
export function nextE1000Level(level: ItrLevel, packets: number, bytes: number): ItrLevel {
  if (packets === 0) return level;
  const mean = bytes / packets;
  switch (level) {
    case 'lowest':
      return packets < 5 && bytes > 512 ? 'low' : level;
    case 'low':
      if (bytes > 10_000) {
        if (packets < 10 || mean > 1200) return 'bulk';
        return packets > 35 ? 'lowest' : level;
      }
      if (mean > 2000) return 'bulk';
      return packets <= 2 && bytes < 512 ? 'lowest' : level;
    case 'bulk':
      if (bytes > 25_000) return packets > 35 ? 'low' : level;
      return bytes < 6000 ? 'low' : level;
  }
}

/** The level of ixgbe after an interval with so many bytes a microsecond. */
export function nextBytesPerUsLevel(level: ItrLevel, bytesPerUs: number): ItrLevel {
  switch (level) {
    case 'lowest':
      return bytesPerUs > 10 ? 'low' : level;
    case 'low':
      if (bytesPerUs > 20) return 'bulk';
      return bytesPerUs <= 10 ? 'lowest' : level;
    case 'bulk':
      return bytesPerUs <= 20 ? 'low' : level;
  }
}

/** A higher rate is approached in steps of a quarter of the target, a lower one is taken at once (e1000). */
export function approachRate(rate: number, target: number): number {
  return target > rate ? Math.min(rate + target / 4, target) : target;
}

export function createDynamicItr(spec: DynamicItrSpec): DynamicItr {
  let level: ItrLevel = 'low';
  let rate = spec.startRatePerSecond;
  return {
    ratePerSecond: () => rate,
    level: () => level,
    update(packets, bytes, elapsedNs) {
      if (spec.rule === 'e1000') {
        level = nextE1000Level(level, packets, bytes);
        rate = approachRate(rate, spec.ratePerSecond[level]);
      } else {
        // Nothing is known of the time before the first interrupt.
        if (!Number.isFinite(elapsedNs) || elapsedNs <= 0) return;
        level = nextBytesPerUsLevel(level, (bytes * 1000) / elapsedNs);
        rate = spec.ratePerSecond[level];
      }
    },
  };
}
